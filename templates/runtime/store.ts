import type { ChangeListener } from "./changes.ts";
import { Deadlines } from "./deadline.ts";
import type { Dsn } from "./dsn.ts";
import type { Fault } from "./fault.ts";
import type { StoreHealth } from "./health.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { LedgerHost, MigrationTarget } from "./migration.ts";
import type { OpRuntime } from "./op.ts";
import { RetryBucket } from "./retry.ts";
import { StoreTelemetry, type StoreIdentity, type TelemetryOptions } from "./telemetry.ts";
import { TransactionScope } from "./unit-of-work.ts";

export interface PoolConfig {
  /** Connections at most. */
  readonly max?: number | undefined;
  /** Milliseconds a caller waits for a connection before `overloaded`. */
  readonly acquireTimeoutMs?: number | undefined;
  /** Milliseconds after which an idle connection is closed. */
  readonly idleTimeoutMs?: number | undefined;
}

/** Configuration of one store. */
export interface StoreConfig {
  readonly dsn: Dsn;
  readonly pool?: PoolConfig | undefined;
  /** Milliseconds for a call that names no deadline. Default 5,000. */
  readonly deadlineMs?: number | undefined;
}

/** What all stores of a data layer share. */
export interface RuntimeContext {
  readonly lifecycle: Lifecycle;
  readonly telemetry: TelemetryOptions;
  /** Takes what has no caller to reject: a lost idle connection, a listener that failed. Never holds secrets. */
  readonly onError: (error: unknown) => void;
}

/** What every store offers the data layer, whatever its engine. */
export interface OpenedStore {
  readonly name: string;
  readonly engine: string;
  /** True of a store that only caches: readiness does not hang on it. */
  readonly dispensable?: boolean;
  /** Never rejects. */
  health(): Promise<StoreHealth>;
  /** Loads the driver, or starts the database in process, once; reaches for no server. Absent when there is nothing to wait for. */
  load?(): Promise<void>;
  /**
   * Ids of migrations that the code expects and the store has not applied; absent when the store has none. Undefined when they do not
   * come with the code.
   */
  unapplied?(): Promise<readonly string[] | undefined>;
  /** Removes everything that the data layer keeps here, for tests; absent where taking the migrations back does that. */
  clear?(): Promise<void>;
  /**
   * For `migrate`; absent when the store has none.
   *
   * @param host keeps ledger and lock of a store that cannot; another store has no use for it
   */
  migrationTarget?(host?: LedgerHost): MigrationTarget;
  close(): Promise<void>;
  onChanged(listener: ChangeListener): () => void;
}

/** The shared part of a store's calls, made from its configuration. */
export function opRuntime(
  identity: StoreIdentity,
  classify: (error: unknown) => Fault,
  config: Pick<StoreConfig, "deadlineMs">,
  context: RuntimeContext,
): OpRuntime & { readonly scope: TransactionScope } {
  return {
    store: identity.store,
    classify,
    deadlines: new Deadlines(),
    bucket: new RetryBucket(),
    telemetry: new StoreTelemetry(identity, context.telemetry),
    lifecycle: context.lifecycle,
    defaultDeadlineMs: config.deadlineMs ?? 5_000,
    address: addressOf(identity),
    scope: new TransactionScope(identity.store),
  };
}

const addressOf = ({ address, port }: StoreIdentity): string | undefined =>
  address === undefined
    ? undefined
    : `${address.includes(":") ? `[${address}]` : address}${port === undefined ? "" : `:${port}`}`;
