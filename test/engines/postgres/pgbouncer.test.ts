/** The record port through PgBouncer in transaction mode: no session state may be relied upon. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { openGenerated, type OpenedProject } from "../../conformance/layer.ts";
import type { FullLayer } from "../../conformance/record/full-layer.ts";
import { fullCases } from "../../conformance/record/full-suite.ts";
import { specFor } from "../../conformance/targets.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { isMissing, sharedServer } from "../servers.ts";
import { startPgBouncer, type Pooler } from "./pgbouncer.ts";

const spec = readFileSync(
  new URL("../../conformance/record/full-workloads.yaml", import.meta.url),
  "utf8",
);
const methods = [...new Set(fullCases.map(({ method }) => method))];
const of = { port: "record", engine: "postgres behind PgBouncer" };

const server = await sharedServer("postgres");
const pooler = isMissing(server) ? server : await startPgBouncer((await server.namespace()).dsn);

if ("reason" in pooler) notProven(of, methods, pooler.reason);

describe.skipIf("reason" in pooler)("record port through PgBouncer", () => {
  let opened: OpenedProject<FullLayer>;
  beforeAll(async () => {
    const { dsn } = pooler as Pooler;
    opened = await openGenerated("pgbouncer", specFor(spec, "postgres", "record"), () => ({
      MAIN_URL: dsn,
    }));
  });
  afterAll(async () => {
    await opened?.data.close();
    opened?.project.remove();
    await (pooler as Pooler).stop();
  });
  for (const { method, name, run } of fullCases) {
    test(
      `${method}: ${name}`,
      proving({ ...of, method }, () => run(opened.data)),
    );
  }
});
