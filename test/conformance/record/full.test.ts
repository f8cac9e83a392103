import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { notProven, notServed, proving } from "../../support/closing-table.ts";
import { cli, projectFolder } from "../../support/generated-project.ts";
import { openGenerated, type OpenedProject } from "../layer.ts";
import { testRules } from "../ruled.ts";
import { specFor, targetsOf } from "../targets.ts";
import type { FullLayer } from "./full-layer.ts";
import { fullCases } from "./full-suite.ts";

const spec = readFileSync(new URL("full-workloads.yaml", import.meta.url), "utf8");
const methods = [...new Set(fullCases.map(({ method }) => method))];

/** What selection says of an engine that does not carry the whole spec. */
async function refusal(engine: string, workloads: string): Promise<string | undefined> {
  const project = projectFolder(`plan-${engine}`);
  project.write("workloads.yaml", workloads);
  const { status, stderr } = await cli(project.folder, "--quiet", "plan");
  project.remove();
  return status === 0
    ? undefined
    : (/requirement ([a-z0-9:-]+)/.exec(stderr)?.[0] ?? stderr.trim());
}

for (const target of await targetsOf("record")) {
  const { engine, column, dsn, gaps, unserved, carried, prepare } = target;
  const of = { port: "record", engine: column };
  const workloads = specFor(carried(spec), engine, "record");
  const refused = await refusal(engine, workloads);
  if (refused !== undefined || "missing" in dsn) {
    const why =
      refused === undefined && "missing" in dsn
        ? dsn.missing
        : `not planned for this: ${refused ?? ""}`;
    notProven(of, methods, why);
    continue;
  }
  describe(`record port beyond the common part on ${column}`, () => {
    let opened: OpenedProject<FullLayer>;
    beforeAll(async () => {
      opened = await openGenerated(
        `full-${engine}`,
        workloads,
        (folder) => ({ MAIN_URL: dsn(folder) }),
        prepare,
      );
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
    });
    const missing = { ...gaps, ...unserved };
    for (const [method, why] of Object.entries(gaps))
      if (methods.includes(method)) notProven(of, [method], why);
    for (const [method, why] of Object.entries(unserved))
      if (methods.includes(method)) notServed(of, [method], why);
    for (const { method, name, run } of fullCases.filter((one) => !(one.method in missing))) {
      test(
        `${method}: ${name}`,
        proving({ ...of, method }, () => run(opened.data)),
      );
    }
    testRules(target, of, () => opened.project.folder);
  });
}
