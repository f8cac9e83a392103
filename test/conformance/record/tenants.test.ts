import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { notProven, notServed, proving } from "../../support/closing-table.ts";
import { openGenerated, type OpenedProject } from "../layer.ts";
import { testRules } from "../ruled.ts";
import { specFor, targetsOf } from "../targets.ts";
import { tenantsCases, type TenantsLayer } from "./tenants-suite.ts";

const spec = readFileSync(new URL("tenants-workloads.yaml", import.meta.url), "utf8");
const methods = [...new Set(tenantsCases.map(({ method }) => method))];

for (const target of await targetsOf("record")) {
  const { engine, column, dsn, unserved, carried, prepare } = target;
  const of = { port: "record", engine: column };
  const served = tenantsCases.filter(({ method }) => !(method in unserved));
  for (const [method, why] of Object.entries(unserved))
    if (methods.includes(method)) notServed(of, [method], why);
  if (served.length === 0) continue;
  if ("missing" in dsn) {
    notProven(of, methods, dsn.missing);
    continue;
  }
  describe(`references within a tenant on ${column}`, () => {
    let opened: OpenedProject<TenantsLayer>;
    beforeAll(async () => {
      opened = await openGenerated(
        `tenants-${engine}`,
        specFor(carried(spec), engine, "record"),
        (folder) => ({ MAIN_URL: dsn(folder) }),
        prepare,
      );
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
    });
    test.each(served)("$method: $name", async ({ method, run }) =>
      proving({ ...of, method }, () => run(opened.data))(),
    );
    testRules(target, of, () => opened.project.folder);
  });
}
