import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { openGenerated, type OpenedProject } from "../layer.ts";
import { specFor, targetsOf } from "../targets.ts";
import type { StructuresLayer } from "./layer.ts";
import { cases } from "./suite.ts";

const spec = readFileSync(new URL("workloads.yaml", import.meta.url), "utf8");
const methods = [...new Set(cases.map(({ method }) => method))];
/** Key-value engines that have structures. */
const having = new Set(
  engines.filter(({ capabilities }) => "structures" in capabilities.features).map(({ id }) => id),
);
const targets = (await targetsOf("keyvalue")).filter(({ engine }) => having.has(engine));

for (const { engine, column, dsn } of targets) {
  const of = { port: "structures", engine: column };
  if ("missing" in dsn) {
    notProven(of, methods, dsn.missing);
    continue;
  }
  describe(`structures on ${column}`, () => {
    let opened: OpenedProject<StructuresLayer>;
    beforeAll(async () => {
      opened = await openGenerated(
        `structures-${engine}`,
        specFor(spec, engine, "keyvalue"),
        (folder) => ({ MAIN_URL: dsn(folder) }),
      );
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
    });
    for (const { method, name, run } of cases)
      test(
        `${method}: ${name}`,
        proving({ ...of, method }, () =>
          run(opened.data.live, (tenant) => opened.data.forTenant(tenant).rooms),
        ),
      );
  });
}
