import { afterAll, afterEach, describe } from "vitest";
import type { Dialect } from "../../templates/engines/mysql/session-settings.ts";
import { mysqlFramer } from "../engines/mysql/frames.ts";
import {
  columnOf,
  isMissing,
  type Missing,
  type PrivateServer,
  privateServer,
  type Server,
  type ServerNeed,
  sharedServer,
} from "../engines/servers.ts";
import { cell } from "../support/closing-table.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";

/** Both have the same driver, and each its own way of failing. */
const engines = ["mysql", "mariadb"] as const satisfies readonly Dialect[];

/** Runs a suite on a server, or records why it cannot run. */
const suiteOn = <S extends Server>(
  server: S | Missing,
  name: string,
  suite: (server: S) => void,
): void => {
  const proof = { port: "driver", engine: columnOf(server), method: name };
  if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });
  describe.skipIf(isMissing(server))(`${server.engine}: ${name}`, () => {
    if (isMissing(server)) return;
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    suite(server);
  });
};

export const onSharedServers = async (
  name: string,
  suite: (server: Server) => void,
): Promise<void> => {
  for (const engine of engines) suiteOn(await sharedServer(engine), name, suite);
};

export const onPrivateServers = async (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => {
  for (const engine of engines) {
    const server = await privateServer(engine, need);
    afterAll(async () => {
      if (!isMissing(server)) await server.stop();
    });
    suiteOn(server, name, suite);
  }
};

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: mysqlFramer, seed });
