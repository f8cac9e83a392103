import { postgresFramer } from "../engines/postgres/frames.ts";
import type { PrivateServer, Server, ServerNeed } from "../engines/servers.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { onPrivate, onShared } from "./suite.ts";

export const onSharedServer = (name: string, suite: (server: Server) => void): Promise<void> =>
  onShared("postgres", name, suite);

export const onPrivateServer = (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => onPrivate("postgres", name, suite, { need });

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: postgresFramer, seed });
