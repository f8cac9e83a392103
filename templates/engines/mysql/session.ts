import type {
  Page,
  PageRequest,
  ReadOptions,
  VersionedWriteOptions,
  WriteOptions,
} from "../../runtime/options.ts";
import type { Made } from "./operation.ts";
import type {
  DynamicRead,
  DynamicValues,
  KeyedRead,
  Patch,
  Read,
  Value,
  ValueRow,
  Write,
} from "./statement.ts";

/**
 * Runs declared statements: the root of a store, a tenant's binding and a transaction all implement it, so a generated repository
 * works on each. Every promise settles within its deadline + 250 ms and rejects with a `DataError` only (or the caller's abort reason).
 */
export interface MysqlSession {
  /** The row of a key, or undefined. */
  first<R>(
    statement: KeyedRead<R>,
    values: readonly Value[],
    options?: ReadOptions,
  ): Promise<R | undefined>;
  all<R>(
    statement: Read<R>,
    values: readonly Value[],
    options?: ReadOptions,
  ): Promise<readonly R[]>;
  /** One keyset page. @throws DataError programming for a cursor of another list */
  page<R>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<R>>;
  /** Everything, at most 10,000 rows. @throws DataError programming when there are more */
  list<R>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    options?: ReadOptions,
  ): Promise<readonly R[]>;
  /** The first 100 rows in the statement's order: the values of a facet with most hits. */
  top<R>(
    statement: DynamicRead<R>,
    values: DynamicValues,
    options?: ReadOptions,
  ): Promise<readonly R[]>;
  /**
   * A write that promises one row. `made` are the values that this call made itself (a client-made id): they are no part
   * of what an operation id stands for.
   * @throws DataError not-found (no row), conflict (stale version, unique), constraint, outcome-unknown …
   */
  write<R>(
    statement: Write<R>,
    values: readonly Value[],
    options?: VersionedWriteOptions,
    made?: readonly Made[],
  ): Promise<R>;
  /** A batch as one statement: rows through `json_table`. All or nothing. */
  writeMany<R>(
    statement: Write<R>,
    values: readonly Value[],
    options?: WriteOptions,
    made?: readonly Made[],
  ): Promise<readonly R[]>;
  /** Sets only the fields that are present in `changes`; an absent or undefined one is left alone, null sets null. */
  patch<R>(
    statement: Patch<R>,
    key: readonly Value[],
    changes: Readonly<Record<string, Value | undefined>>,
    options?: VersionedWriteOptions,
  ): Promise<R>;
}

/** A session that also runs text made by the user, with the same deadline, tenant and trace. */
export interface RawSession {
  /**
   * One statement with bound values, `$1…$n`; never retried. For a tenant the text must use `$tenant`: this engine has no row-level
   * security that would keep tenants apart by itself. Refused are BEGIN, COMMIT, EXECUTE and what would stay on the connection (`set`, `use`, `prepare`).
   * In a transaction whatever the server commits by itself is refused too, as DDL; a procedure that commits is not seen: call none there.
   * Read-through caches and `onChanged` hear nothing of what it writes: invalidate what it changed.
   */
  raw(text: string, values?: readonly Value[], options?: RawOptions): Promise<RawResult>;
}

export interface RawOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

export interface RawResult {
  readonly rows: readonly ValueRow[];
  /** Rows the statement returned or found. */
  readonly count: number;
}
