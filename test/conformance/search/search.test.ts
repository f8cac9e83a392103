import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { notProven, proving } from "../../support/closing-table.ts";
import { openGenerated, type OpenedProject } from "../layer.ts";
import { specFor, targetsOf } from "../targets.ts";
import { openApart, takesCopies } from "../apart.ts";
import { copying, type SearchLayer } from "./layer.ts";
import { cases } from "./suite.ts";

const spec = readFileSync(new URL("workloads.yaml", import.meta.url), "utf8");
const methods = [...new Set(cases.map(({ method }) => method))];

for (const { engine, column, prepare, dsn } of await targetsOf("search")) {
  const of = { port: "search", engine: column };
  if ("missing" in dsn) {
    notProven(of, methods, dsn.missing);
    continue;
  }
  describe(`search port on ${column}`, () => {
    let opened: OpenedProject<SearchLayer>;
    beforeAll(async () => {
      if (takesCopies(engine)) {
        const apart = await openApart<SearchLayer>(spec, engine, "search", dsn);
        opened = { ...apart, data: copying(apart) };
        return;
      }
      const text = specFor(spec, engine, "search");
      const env = (folder: string) => ({ MAIN_URL: dsn(folder) });
      opened = await openGenerated(`search-${engine}`, text, env, prepare);
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
    });
    for (const { method, name, run } of cases) {
      test(
        `${method}: ${name}`,
        proving({ ...of, method }, () => run(opened.data)),
      );
    }
  });
}
