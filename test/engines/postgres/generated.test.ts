import { afterAll, afterEach, describe } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { shopBehaviour } from "../../unit/postgres/behaviour.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "record", engine: columnOf(server), method: "every generated statement" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

describe.skipIf(space === undefined)("the generated shop on a server", () => {
  if (space === undefined) return;
  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });
  afterAll(() => space.drop());
  shopBehaviour("pg-server", () => space.dsn);
});
