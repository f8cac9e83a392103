import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { notProven, proving } from "../../support/closing-table.ts";
import { openGenerated, type OpenedProject } from "../layer.ts";
import { testRules } from "../ruled.ts";
import { specFor, targetsOf } from "../targets.ts";
import type { RecordLayer } from "./layer.ts";
import { cases } from "./suite.ts";

const spec = readFileSync(new URL("workloads.yaml", import.meta.url), "utf8");
const methods = [...new Set(cases.map(({ method }) => method))];

for (const target of await targetsOf("record")) {
  const { engine, column, gaps, prepare, dsn } = target;
  const of = { port: "record", engine: column };
  if ("missing" in dsn) {
    notProven(of, methods, dsn.missing);
    continue;
  }
  describe(`record port on ${column}`, () => {
    let opened: OpenedProject<RecordLayer>;
    beforeAll(async () => {
      opened = await openGenerated(
        `record-${engine}`,
        specFor(spec, engine, "record"),
        (folder) => ({
          MAIN_URL: dsn(folder),
        }),
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
    testRules(target, of, () => opened.project.folder);
  });
}
