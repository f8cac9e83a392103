import { callOp } from "../../runtime/call.ts";
import type { ChangeFeed } from "../../runtime/changes.ts";
import { waitAtMost } from "../../runtime/deadline.ts";
import {
  DataError,
  type ErrorDetails,
  isDataError,
  programmingError,
} from "../../runtime/errors.ts";
import { verdictError } from "../../runtime/failure.ts";
import { newUuidKey } from "../../runtime/keys.ts";
import type { OpOptions, OpRuntime, OpSpec } from "../../runtime/op.ts";
import type { ReadOptions, VersionedWriteOptions, WriteOptions } from "../../runtime/options.ts";
import { outOfRange } from "./codec.ts";
import { keptMs } from "./keyed.ts";
import type { Argument, Judge, Reply } from "./op.ts";
import {
  type IncrementDeclaration,
  type MethodDeclaration,
  type PatchDeclaration,
  type RecordDeclaration,
  type Row,
  type UpsertDeclaration,
} from "./record.ts";
import {
  claimOperation,
  deleteRecord,
  incrementRecord,
  patchRecord,
  putRecord,
} from "./record-scripts.ts";
import { fingerprintOf, keyPart, keyText, recordTag, uuidOf } from "./record-key.ts";
import type { RedisRouter } from "./router.ts";
import { runScript, type Script } from "./script.ts";

/** What sessions share: where the records are and who hears of changes. */
export interface RecordHost {
  readonly router: RedisRouter;
  readonly runtime: OpRuntime;
  readonly changes: ChangeFeed;
  readonly namespace: string;
}

type Declared = RecordDeclaration<never, never, unknown>;

const conflict: ErrorDetails = {
  kind: "conflict",
  message: "this operation id was used for other content",
  hint: "use a new operation id for a new request",
};

/** What a script says instead of a result: nothing was done. */
const refusals: Readonly<Record<string, ErrorDetails>> = {
  exists: { kind: "conflict", message: "another record has this key" },
  missing: { kind: "not-found", message: "there is no record with this key" },
  stale: { kind: "conflict", message: "the stored version is another one than ifVersion" },
  operation: conflict,
  floor: { kind: "constraint", message: "the value would fall below its floor" },
  ceiling: { kind: "constraint", message: "the value would rise above its ceiling" },
  range: outOfRange,
};

const judge: Judge = (reply) => {
  const refusal = typeof reply === "string" ? refusals[reply] : undefined;
  if (refusal !== undefined) throw new DataError(refusal);
};

/**
 * Runs declared methods on records, for one tenant or for none. Every change is one script on one server, atomic with the record of its
 * operation id; every promise settles within its deadline and rejects with a `DataError` only (or the caller's abort reason).
 */
export class RedisSession {
  readonly #host: RecordHost;
  readonly #tenant: string | undefined;

  constructor(host: RecordHost, tenant?: string) {
    this.#host = host;
    this.#tenant = tenant;
  }

  /** The record of a key, or undefined. No async function: its own promise would cost the path of every read turns of the queue. */
  get<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    key: K,
    options?: ReadOptions,
  ): Promise<E | undefined> {
    const { of } = method;
    try {
      const args = [this.#key(of, of.key(key)), ...of.columns];
      const row = this.#host.router.call(method, "hmget", args, options);
      return row.then((reply) => decoded(of, reply));
    } catch (error) {
      return Promise.reject(this.#verdict(method, options, error));
    }
  }

  /** In the order of the keys; missing ones are left out. Each is asked where it lies, all at once. */
  getMany<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    keys: readonly K[],
    options?: ReadOptions,
  ): Promise<readonly E[]> {
    const { router, runtime } = this.#host;
    return callOp(runtime, method, options, async (attempt) => {
      const limits = { ...options, deadlineMs: Math.max(1, attempt.remainingMs()) };
      const rows = await Promise.all(
        keys.map((key) => {
          const args = [this.#key(method.of, method.of.key(key)), ...method.of.columns];
          return router.nested.call(method, "hmget", args, limits);
        }),
      );
      return rows.flatMap((row) => decoded(method.of, row) ?? []);
    });
  }

  /** @throws DataError conflict (the key exists), constraint, outcome-unknown */
  insert<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    value: N,
    options?: WriteOptions,
  ): Promise<E> {
    return this.#put(method, "insert", 0, value, options);
  }

  /** Inserts, or replaces the whole record. @throws DataError constraint, outcome-unknown */
  upsert<K, N, E>(
    method: UpsertDeclaration<K, N, E>,
    value: N,
    options?: WriteOptions,
  ): Promise<E> {
    return this.#put(method, "upsert", method.ttlMs ?? 0, value, options);
  }

  /** @throws DataError not-found, conflict (stale version), constraint, outcome-unknown */
  async patch<K, N, E, P>(
    method: PatchDeclaration<K, N, E, P>,
    key: K,
    patch: P,
    options?: VersionedWriteOptions,
  ): Promise<E> {
    const { of } = method;
    const [parts, given] = this.#prepared(method, options, () => [
      of.key(key),
      Object.entries(method.encode(patch)),
    ]);
    const set = given.flatMap(([column, value]) =>
      typeof value === "string" ? [column, value] : [],
    );
    const gone = given.flatMap(([column, value]) => (value === null ? [column] : []));
    const expected = String(options?.ifVersion ?? "");
    const row = await this.#change(
      method,
      patchRecord,
      parts,
      ["patch", expected, set, gone],
      options,
      [
        expected,
        of.version ?? "",
        of.updatedAt ?? "",
        set.length,
        gone.length,
        ...set,
        ...gone,
        ...of.columns,
      ],
    );
    return of.decode(row as Row);
  }

  /** @throws DataError not-found, constraint (bounds), programming (sign), outcome-unknown */
  async increment<K, N, E>(
    method: IncrementDeclaration<K, N, E>,
    key: K,
    by: number | bigint,
    options?: WriteOptions,
  ): Promise<E> {
    const { of, column, kind, floor = "", ceiling = "" } = method;
    const parts = this.#prepared(method, options, () => {
      if ((method.by === "positive" && !(by > 0)) || (method.by === "negative" && !(by < 0)))
        throw programmingError(`the amount must be ${method.by}`);
      if (kind === "integer" && typeof by === "number" && !Number.isSafeInteger(by))
        throw programmingError("the amount must be a whole number");
      return of.key(key);
    });
    const row = await this.#change(
      method,
      incrementRecord,
      parts,
      ["increment", column, String(by)],
      options,
      [
        "",
        of.version ?? "",
        of.updatedAt ?? "",
        column,
        String(by),
        floor,
        ceiling,
        kind,
        ...of.columns,
      ],
    );
    return of.decode(row as Row);
  }

  /** @throws DataError not-found, conflict (stale version), outcome-unknown */
  async delete<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    key: K,
    options?: VersionedWriteOptions,
  ): Promise<void> {
    const { of } = method;
    const parts = this.#prepared(method, options, () => of.key(key));
    const expected = String(options?.ifVersion ?? "");
    await this.#change(method, deleteRecord, parts, ["delete", expected], options, [
      expected,
      of.version ?? "",
    ]);
  }

  async #put<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    mode: "insert" | "upsert",
    ttlMs: number,
    value: N,
    options: WriteOptions | undefined,
  ): Promise<E> {
    const { of } = method;
    const row = this.#prepared(method, options, () =>
      this.#withKey(of, of.encode(value), method, options),
    );
    const pairs = row.flatMap((one, at) =>
      typeof one === "string" ? [of.columns[at] ?? "", one] : [],
    );
    const parts = of.keyAt.map((at) => row[at] ?? "");
    const managed = await this.#change(method, putRecord, parts, [mode, ttlMs, pairs], options, [
      mode,
      ttlMs,
      of.version ?? "",
      of.createdAt ?? "",
      of.updatedAt ?? "",
      ...pairs,
    ]);
    const [version, createdAt, updatedAt] = managed as readonly string[];
    return of.decode([
      ...row,
      ...(of.version === undefined ? [] : [version]),
      ...(of.createdAt === undefined ? [] : [createdAt]),
      ...(of.updatedAt === undefined ? [] : [updatedAt]),
    ]);
  }

  /** One made from the operation id, where there is one: a replay then comes to the same record. */
  #withKey(
    of: Declared,
    row: Row,
    { operation }: { readonly operation: string },
    options: WriteOptions | undefined,
  ): Row {
    const at = of.madeKey === true ? (of.keyAt[0] ?? 0) : -1;
    if (at === -1 || typeof row[at] === "string") return row;
    const made =
      options?.operation === undefined
        ? newUuidKey<string>()
        : uuidOf([this.#host.namespace, this.#tenant ?? "", operation, options.operation]);
    return row.with(at, made);
  }

  /** Runs a script on a record, once per operation id; tells who listens. */
  async #change<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    script: Script,
    parts: readonly string[],
    stands: readonly unknown[],
    options: OpOptions | undefined,
    args: readonly Argument[],
  ): Promise<Reply> {
    const key = this.#prepared(method, options, () => this.#key(method.of, parts));
    const operation = options?.operation;
    if (operation === undefined)
      return this.#applied(method, script, [key], ["", keptMs, ...args], parts, options);
    const record = `${key}:operation:${method.operation}:${operation}`;
    const fingerprint = fingerprintOf([key, ...stands]);
    const rest = await this.#claimed(method, fingerprint, operation, options);
    const given = [fingerprint, keptMs, ...args];
    return this.#applied(method, script, [key, record], given, parts, rest);
  }

  /**
   * Keeps an operation id for one record, wherever that lies: the id's own slot is another one on a cluster, so this comes before the
   * change. The options of the change, with what is left of the deadline.
   *
   * @throws DataError conflict when the id was used for other content
   */
  async #claimed<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    fingerprint: string,
    operation: string,
    options: OpOptions | undefined,
  ): Promise<OpOptions> {
    const { router, runtime, namespace } = this.#host;
    const began = performance.now();
    const names = [this.#tenant ?? "", method.operation, operation].map(keyPart);
    const spec = claimOf(method);
    const claim = [`${namespace}:operation:{${names.join(":")}}`];
    const judgeClaim: Judge = (first) => {
      if (first !== fingerprint) throw new DataError(conflict);
    };
    const args = [fingerprint, keptMs];
    await runScript(router, spec, claimOperation, claim, args, options, judgeClaim);
    const limit = options?.deadlineMs ?? runtime.defaultDeadlineMs;
    return { ...options, deadlineMs: Math.max(1, limit - (performance.now() - began)) };
  }

  async #applied<K, N, E>(
    method: MethodDeclaration<K, N, E>,
    script: Script,
    keys: readonly string[],
    given: readonly Argument[],
    parts: readonly string[],
    options: OpOptions | undefined,
  ): Promise<Reply> {
    const { router, changes, runtime } = this.#host;
    const began = performance.now();
    const tell = () => changes.emit(method.of.entity, [keyText(parts)]);
    let ended = false;
    const judged: Judge = (reply) => {
      judge(reply);
      // A late reply: whoever caches what was there must not keep it.
      if (ended) void tell();
    };
    try {
      return await runScript(router, method, script, keys, given, options, judged);
    } finally {
      ended = true;
      // A write in doubt may have been applied: what was cached of the record must go either way.
      const told = tell();
      const limit = options?.deadlineMs ?? runtime.defaultDeadlineMs;
      if (told !== undefined) await waitAtMost(limit - (performance.now() - began), told);
    }
  }

  /** `shop:sessions:{tenant:key}`: whatever belongs to one record carries its hash tag. */
  #key(of: Declared, parts: readonly string[]): string {
    if (of.tenant === true && (this.#tenant === undefined || this.#tenant === ""))
      throw programmingError(`${of.entity} belongs to a tenant; call it on forTenant(id)`);
    const named = of.tenant === true ? [this.#tenant ?? "", ...parts] : parts;
    return `${this.#host.namespace}:${of.table}:{${recordTag(named)}}`;
  }

  #prepared<T>(
    method: MethodDeclaration<never, never, unknown>,
    options: OpOptions | undefined,
    make: () => T,
  ): T {
    try {
      return make();
    } catch (error) {
      throw this.#verdict(method, options, error);
    }
  }

  /** What is wrong with the caller's values rejects like any other failure of the call. */
  #verdict(
    method: MethodDeclaration<never, never, unknown>,
    options: OpOptions | undefined,
    error: unknown,
  ): unknown {
    if (!isDataError(error)) return error;
    const call = { spec: method, attempts: 0, runtime: this.#host.runtime, options: options ?? {} };
    return verdictError(call, error, 0);
  }
}

const claims = new WeakMap<OpSpec, OpSpec>();

/** Claiming again changes nothing: it is retried like a read. One per method, since telemetry keeps what it publishes with it. */
function claimOf(method: OpSpec): OpSpec {
  const known = claims.get(method);
  if (known !== undefined) return known;
  const spec = { operation: method.operation, effect: "read" } as const;
  claims.set(method, spec);
  return spec;
}

function decoded<K, N, E>(of: RecordDeclaration<K, N, E>, reply: Reply): E | undefined {
  const row = reply as Row;
  return typeof row[of.keyAt[0] ?? 0] === "string" ? of.decode(row) : undefined;
}
