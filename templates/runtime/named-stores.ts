import type { DbCliLayer } from "./db-cli.ts";
import { type DsnRules, dsnFromEnv } from "./dsn.ts";
import { programmingError } from "./errors.ts";
import { HealthMonitor } from "./health.ts";
import { Lifecycle } from "./lifecycle.ts";
import { migratedStores } from "./migrated-stores.ts";
import type { OpenedStore, RuntimeContext, StoreConfig } from "./store.ts";

/** A store as a command opens it: with the variable of its DSN, or within the process. */
export type StoreEntry =
  | {
      readonly name: string;
      readonly variable: string;
      readonly rules: DsnRules;
      readonly open: (config: StoreConfig, context: RuntimeContext) => OpenedStore;
    }
  | {
      readonly name: string;
      readonly variable?: undefined;
      readonly open: (config: object, context: RuntimeContext) => OpenedStore;
    };

/** What a command that names one store works on. */
export interface NamedInput {
  readonly entries: readonly StoreEntry[];
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** URL of the module beside which the project lies. */
  readonly from: string;
  /** Milliseconds that a probe waits for an answer. */
  readonly patienceMs: number;
}

/**
 * Opens the one store that a command names, so that it needs the DSN of no other. The others are opened where their DSN is set, for one of
 * them may keep the ledger of this one; none connects before it is asked.
 *
 * @throws DataError programming: there is no such store, or its variable is missing or malformed
 */
export function namedLayer({ entries, name, env, from, patienceMs }: NamedInput): DbCliLayer {
  if (!entries.some((entry) => entry.name === name)) {
    const known = entries.map((entry) => entry.name).join(", ");
    throw programmingError(`there is no store ${name}; there are: ${known}`, {
      operation: "configuration",
    });
  }
  const lifecycle = new Lifecycle();
  const context: RuntimeContext = {
    lifecycle,
    telemetry: {},
    onError: (error) => console.error(String(error)),
  };
  const config: Record<string, StoreConfig> = {};
  const opened = entries.flatMap((entry) => {
    if (entry.variable === undefined) return [entry.open({}, context)];
    if (entry.name !== name && (env[entry.variable] ?? "").trim() === "") return [];
    const own = { dsn: dsnFromEnv(env, entry.variable, entry.rules) };
    config[entry.name] = own;
    return [entry.open(own, context)];
  });
  for (const store of opened) lifecycle.onClose(() => store.close());
  const asked = opened.filter((store) => store.name === name);
  return {
    stores: migratedStores(opened, from, config),
    health: new HealthMonitor(asked, patienceMs),
    close: () => lifecycle.close(),
  };
}
