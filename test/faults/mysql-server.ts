import type { Dialect } from "../../templates/engines/mysql/session-settings.ts";
import { mysqlFramer } from "../engines/mysql/frames.ts";
import type { PrivateServer, Server, ServerNeed } from "../engines/servers.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { onPrivate, onShared } from "./suite.ts";

/** Both have the same driver, and each its own way of failing. */
const engines = ["mysql", "mariadb"] as const satisfies readonly Dialect[];

export const onSharedServers = async (
  name: string,
  suite: (server: Server) => void,
): Promise<void> => {
  for (const engine of engines)
    await onShared(engine, name, suite, { title: `${engine}: ${name}` });
};

export const onPrivateServers = async (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => {
  for (const engine of engines)
    await onPrivate(engine, name, suite, { need, title: `${engine}: ${name}` });
};

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: mysqlFramer, seed });
