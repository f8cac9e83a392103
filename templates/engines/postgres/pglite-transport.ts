import type { StoreConfig } from "../../runtime/store.ts";
import { inlineHost, workerHost } from "./pglite-host.ts";
import { PgliteSource } from "./pglite-source.ts";
import type { Transport } from "./transport.ts";

/**
 * PostgreSQL in process, for development, tests and small installations: `pglite:memory`, or `pglite:./folder`. With `?inline=true` it runs
 * in the caller's thread: less start-up, but a long statement then blocks the process and no deadline can strike.
 */
export const pgliteTransport = (
  _name: string,
  { dsn }: StoreConfig,
  _onError: (error: unknown) => void,
): Transport => {
  const folder = dsn.path === "memory" || dsn.path === "" ? undefined : dsn.path;
  const start = dsn.parameters.get("inline") === "true" ? inlineHost : workerHost;
  const source = new PgliteSource(() => start(folder));
  return {
    lanes: { keyedReads: source, keyedWrites: source, pooled: source },
    probe: source,
    source,
    load: () => source.load(),
    get opened() {
      return source.opened;
    },
    poolState: () => source.state,
    close: () => source.close(),
    destroy: () => source.destroy(),
  };
};
