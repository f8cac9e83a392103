import type { Dialect } from "../../../templates/engines/mysql/session-settings.ts";
import { type MysqlStore, openMysql } from "../../../templates/engines/mysql/store.ts";
import { type DsnRules, parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../../templates/runtime/store.ts";

export interface Opened {
  readonly store: MysqlStore;
  readonly dialect: Dialect;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: unknown[];
  close(): Promise<void>;
}

const parameters = [
  "application_name",
  "connect_timeout",
  "sslmode",
  "sslrootcert",
  "target_session_attrs",
];

export const rules: DsnRules = {
  schemes: [{ scheme: "mysql" }, { scheme: "mariadb" }],
  parameters: parameters.map((name) => ({ name })),
};

/** A store as a generated project opens it, without its signal handlers. */
export const openStore = async (
  dsn: string,
  config: Omit<StoreConfig, "dsn"> = {},
  dialect: Dialect = dsn.startsWith("mariadb") ? "mariadb" : "mysql",
): Promise<Opened> => {
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const stray: unknown[] = [];
  const context = { lifecycle, telemetry: {}, onError: (error: unknown) => stray.push(error) };
  const store = openMysql({ deadlineMs: 5_000, ...config, dsn: parseDsn(dsn, rules) }, context, {
    name: "main",
    engine: dialect,
    dialect,
    tenants: true,
    operations: true,
  });
  const close = async (): Promise<void> => {
    await lifecycle.close();
    await store.close();
  };
  return { store, dialect, lifecycle, stray, close };
};
