import { httpFramer } from "../engines/opensearch/frames.ts";
import type { PrivateServer, Server, ServerNeed } from "../engines/servers.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { onPrivate, onShared } from "./suite.ts";

/** The run's server with vectors, which conformance uses too. */
export const onSharedServer = (name: string, suite: (server: Server) => void): Promise<void> =>
  onShared("opensearch", name, suite, { need: { features: ["vector"] } });

export const onPrivateServer = (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => onPrivate("opensearch", name, suite, { need });

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: httpFramer, seed });
