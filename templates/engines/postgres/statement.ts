/**
 * What a generated adapter declares: plain data, made once when its module is loaded. Values and rows travel in PostgreSQL's text
 * format both ways, so that a server, PgBouncer and PGlite give equal results and rows need no second mapping.
 */

import { keyset, type Keyset } from "../../runtime/keyset.ts";
import type { OpSpec } from "../../runtime/op.ts";
import { recordedText } from "./operation-text.ts";
import { prepared } from "./prepared.ts";

/** One parameter or column in PostgreSQL's text format. */
export type Text = string | null;

/** One row, positional: the order of the select list or of `returning`. */
export type TextRow = readonly Text[];

/** What every statement declares. */
export interface Statement<R> {
  /** `orders.get`: the operation's name in errors, spans and metrics, and the stem of the prepared statement's name. */
  readonly name: string;
  /** The table it is about: the collection of its span. */
  readonly collection: string;
  /** SQL with `$1…$n`. */
  readonly text: string;
  readonly row: (row: TextRow) => R;
  /** The entity whose rows they are, for errors; absent where they are of none. */
  readonly entity?: string;
  /** Columns of a row that are the entity's key. */
  readonly key?: readonly number[];
}

/** A statement ready to be sent: its prepared name is unique for its text. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** A read of at most one row by key: runs on the pipelined connection for reads. */
export interface KeyedRead<R> extends Statement<R> {
  readonly kind: "keyed-read";
  readonly spec: OpSpec;
  readonly decode: (rows: readonly TextRow[]) => R | undefined;
  readonly prepared: Prepared;
}

/** A read of any number of rows (batch get, aggregate): runs on the pool, so that a long one delays no keyed read. */
export interface Read<R> extends Statement<R> {
  readonly kind: "read";
  readonly spec: OpSpec;
  readonly decode: (rows: readonly TextRow[]) => readonly R[];
  readonly prepared: Prepared;
}

/** What a write that finds no row means, and how a stale version is told from a missing key. */
export interface RowExpectation {
  /**
   * No returned row means that the key is missing. Without it, `write` of no row gives the error `not-found` all the same, since it
   * promises one; `writeMany` gives an empty list. It also says that the write is by key: its first `keyValues` values are the key.
   */
  readonly absent?: "not-found";
  /** Asks for the key alone, `$1…$n` being the first values of the write; a row found means that `ifVersion` was stale. */
  readonly exists?: string;
  /** How many leading values are the key, and what `exists` takes; 1 unless given. */
  readonly keyValues?: number;
}

/** Whose rows a statement gives, and how one is read. */
export interface RowsOf<R> {
  /** `orders.get`: the operation's name in errors, spans and metrics, and the stem of the prepared statement's name. */
  readonly name: string;
  /** The table it is about: the collection of its span. */
  readonly collection: string;
  /** The entity whose keys are announced to `onChanged`. */
  readonly entity: string;
  /** Columns of a returned row that are the entity's key, for `onChanged`. */
  readonly key: readonly number[];
  /** Length of the returned row: needed to store and replay the result of an operation id. */
  readonly columns: number;
  readonly row: (row: TextRow) => R;
}

/** The declaration of an insert, upsert, update, delete or increment of whole rows. */
export interface WriteParts extends RowExpectation {
  /** Further entities of which the store itself changes rows with it (`on delete cascade`, `set null`): all of each are announced. */
  readonly cascades?: readonly string[];
  /**
   * Further members of the statement's `with` list, each `name as (…)`: owned children, an outbox row. Apart from `text`, because a
   * member that writes must stand at the top level when the operation is recorded.
   */
  readonly with?: readonly string[];
  /**
   * Of an upsert: the unique key that holds the primary one and the tenant. The conflict clause watches the primary one alone, so of two
   * upserts of one new key the slower can violate this one; it is tried again, and finds the row.
   */
  readonly raced?: string;
  /** `ifVersion` (or null) is appended as the last value: `… and ($n::integer is null or version = $n::integer)`. */
  readonly versioned?: boolean;
}

export interface WriteStatement<R> extends WriteParts, RowsOf<R> {
  readonly text: string;
}

/** A single write. */
export interface Write<R> extends WriteStatement<R> {
  readonly kind: "write";
  readonly spec: OpSpec;
  readonly prepared: Prepared;
  /** The same with its operation id; four values come first (operation-text.ts). */
  readonly recorded: Prepared;
}

/** One term of an order: what a keyset page continues from. */
export interface OrderTerm {
  /** SQL expression: a quoted column as a rule. */
  readonly column: string;
  readonly direction: "asc" | "desc";
  /** Type of the cursor's text: `uuid`, `timestamptz`, `integer`. */
  readonly cast: string;
  /** Nulls come last ascending and first descending, PostgreSQL's own rule. */
  readonly nullable?: boolean;
}

/** Ascending. */
export const asc = (column: string, cast: string, nulls?: "nullable"): OrderTerm =>
  ordered(column, "asc", cast, nulls);

/** Descending. */
export const desc = (column: string, cast: string, nulls?: "nullable"): OrderTerm =>
  ordered(column, "desc", cast, nulls);

const ordered = (
  column: string,
  direction: OrderTerm["direction"],
  cast: string,
  nulls: "nullable" | undefined,
): OrderTerm => ({ column, direction, cast, ...(nulls === undefined ? {} : { nullable: true }) });

/**
 * A list with optional filters, an order and a page. The text of each combination of parts is composed once from these fragments and
 * kept; values are always bound.
 */
export interface ListParts {
  /** `select … from …`, without `where`; may use `$1…$n`, the fixed values. */
  readonly select: string;
  /** Conjuncts that always hold; may use `$1…$n`, the fixed values. */
  readonly where: readonly string[];
  /** Conjuncts that hold when their value is given, in the order of `DynamicValues.optional`; `{0}` is that value: `status = {0}::text`. */
  readonly optional?: readonly string[];
  /** Between the conditions and the order: `group by …`. */
  readonly tail?: string;
  /** Must be total: the key as its last term. Empty only for a `list` whose order is of no concern. */
  readonly order: readonly OrderTerm[];
  /** Columns of a row that hold the texts of the order's terms; none where no page follows. */
  readonly cursor: readonly number[];
  /** What the first of them is where it is no column: a score. */
  readonly position?: "score";
}

/** A list with what its rows become. */
export interface DynamicStatement<R> extends ListParts {
  readonly name: string;
  readonly collection: string;
  readonly row: (row: TextRow) => R;
  readonly entity?: string;
  readonly key?: readonly number[];
}

/** A dynamic statement with the cache of its composed texts. */
export interface DynamicRead<R> extends DynamicStatement<R> {
  readonly kind: "dynamic-read";
  readonly cursors: Keyset;
  readonly composed: Map<string, ComposedRead>;
}

/** One combination of parts. */
export interface ComposedRead {
  readonly spec: OpSpec;
  readonly prepared: Prepared;
}

/** The values of one call of a dynamic read. */
export interface DynamicValues {
  /** `$1…$n` of `select` and `where`. */
  readonly fixed: readonly Text[];
  /** One per optional conjunct, `undefined` where it is not asked for; null is a value. */
  readonly optional?: readonly (Text | undefined)[];
}

/** An update of only the fields that are given. */
export interface PatchParts extends RowExpectation {
  /** `update "orders"`, without `set`. */
  readonly update: string;
  /** Per field of the patch; `{0}` is its value: `"status" = {0}::text`. */
  readonly sets: Readonly<Record<string, string>>;
  /** Set by every patch: `version = version + 1`, `updated_at = now()`. */
  readonly always?: readonly string[];
  /** Conjuncts over the key, `$1…$n`: `"id" = $1::uuid`. */
  readonly where: readonly string[];
  /** Added when `ifVersion` is given; `{0}` is the version: `"version" = {0}::integer`. */
  readonly version?: string;
  /** The list after `returning`. */
  readonly returning: string;
}

/** A patch with whose rows it is about. */
export interface PatchStatement<R> extends PatchParts, RowsOf<R> {}

/** A patch with the cache of its composed texts. */
export interface Patch<R> extends PatchStatement<R> {
  readonly kind: "patch";
  readonly composed: Map<string, Write<R>>;
}

/** What the calls of a statement have in common. */
export const specOf = (
  statement: { readonly name: string; readonly collection: string },
  effect: OpSpec["effect"],
  text: string,
): OpSpec => ({ operation: statement.name, effect, collection: statement.collection, text });

export const keyedRead = <R>(statement: Statement<R>): KeyedRead<R> => ({
  ...statement,
  kind: "keyed-read",
  decode: ([row]) => (row === undefined ? undefined : statement.row(row)),
  spec: specOf(statement, "read", statement.text),
  prepared: prepared(statement.name, statement.text),
});

export const read = <R>(statement: Statement<R>): Read<R> => ({
  ...statement,
  kind: "read",
  decode: (rows) => rows.map(statement.row),
  spec: specOf(statement, "read", statement.text),
  prepared: prepared(statement.name, statement.text),
});

export const write = <R>(statement: WriteStatement<R>): Write<R> => {
  const members = statement.with ?? [];
  const text =
    members.length === 0 ? statement.text : `with ${members.join(", ")} ${statement.text}`;
  return {
    ...statement,
    kind: "write",
    spec: specOf(statement, "write", text),
    prepared: prepared(statement.name, text),
    recorded: prepared(`${statement.name}.recorded`, recordedText(statement)),
  };
};

export const dynamicRead = <R>(statement: DynamicStatement<R>): DynamicRead<R> => ({
  ...statement,
  kind: "dynamic-read",
  cursors: keyset(
    statement.name,
    statement.order.map(({ column, direction }) => `${column} ${direction}`).join(","),
    statement.order.length,
    statement.position === "score" ? "search" : "list",
  ),
  composed: new Map(),
});

export const patch = <R>(statement: PatchStatement<R>): Patch<R> => ({
  ...statement,
  kind: "patch",
  composed: new Map(),
});

/** The statements about the rows of one entity, each under the name of its method. */
export interface Table<R> {
  keyedRead(method: string, text: string): KeyedRead<R>;
  read(method: string, text: string): Read<R>;
  dynamicRead(method: string, parts: ListParts): DynamicRead<R>;
  write(method: string, text: string, further?: WriteParts): Write<R>;
  patch(method: string, parts: PatchParts): Patch<R>;
  /** A delete by key, of which the key alone comes back. */
  remove(method: string, text: string, further?: WriteParts): Write<undefined>;
}

/** @param rows its `name` is what stands before the dot in the names of the operations */
export function tableOf<R>(rows: RowsOf<R>): Table<R> {
  const of = (method: string): RowsOf<R> => ({ ...rows, name: `${rows.name}.${method}` });
  return {
    keyedRead: (method, text) => keyedRead({ ...of(method), text }),
    read: (method, text) => read({ ...of(method), text }),
    dynamicRead: (method, parts) => dynamicRead({ ...of(method), ...parts }),
    write: (method, text, further) => write({ ...of(method), text, ...further }),
    patch: (method, parts) => patch({ ...of(method), ...parts }),
    remove: (method, text, further) =>
      write({
        ...of(method),
        text,
        absent: "not-found",
        ...further,
        key: rows.key.map((_, at) => at),
        columns: rows.key.length,
        row: () => undefined,
      }),
  };
}
