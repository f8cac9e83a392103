import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { notProven, proving } from "../../support/closing-table.ts";
import { openGenerated, type OpenedProject } from "../layer.ts";
import { specFor, targetsOf } from "../targets.ts";
import type { KeyvalueLayer } from "./layer.ts";
import { cases } from "./suite.ts";

const spec = readFileSync(new URL("workloads.yaml", import.meta.url), "utf8");
const methods = [...new Set(cases.map(({ method }) => method))];

for (const { engine, column, gaps, prepare, dsn } of await targetsOf("keyvalue")) {
  const of = { port: "keyvalue", engine: column };
  if ("missing" in dsn) {
    notProven(of, methods, dsn.missing);
    continue;
  }
  describe(`keyvalue port on ${column}`, () => {
    let opened: OpenedProject<KeyvalueLayer>;
    beforeAll(async () => {
      opened = await openGenerated(
        `keyvalue-${engine}`,
        specFor(spec, engine, "keyvalue"),
        (folder) => ({ MAIN_URL: dsn(folder), CACHE_URL: dsn(folder) }),
        prepare,
      );
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
    });
    for (const [method, why] of Object.entries(gaps)) notProven(of, [method], why);
    for (const { method, name, run } of cases.filter((one) => !(one.method in gaps))) {
      test(
        `${method}: ${name}`,
        proving({ ...of, method }, () => run(opened.data)),
      );
    }
  });
}
