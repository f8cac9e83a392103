import { dsn as rules } from "../../../src/engines/postgres/dsn.ts";
import { openPostgres, type PostgresStore } from "../../../templates/engines/postgres/store.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../../templates/runtime/store.ts";

export interface Opened {
  readonly store: PostgresStore;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: unknown[];
  close(): Promise<void>;
}

/** A store as a generated project opens it, without its signal handlers. */
export const openStore = async (
  dsn: string,
  config: Omit<StoreConfig, "dsn"> = {},
): Promise<Opened> => {
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const stray: unknown[] = [];
  const context = { lifecycle, telemetry: {}, onError: (error: unknown) => stray.push(error) };
  // PGlite starts in the first call, and a busy machine takes its time.
  const deadlineMs = dsn.startsWith("pglite:") ? 25_000 : 5_000;
  const store = openPostgres({ deadlineMs, ...config, dsn: parseDsn(dsn, rules) }, context, {
    name: "main",
    engine: "postgres",
    role: "shop_app",
    operations: true,
  });
  const close = async (): Promise<void> => {
    await lifecycle.close();
    await store.close();
  };
  return { store, lifecycle, stray, close };
};
