/**
 * What a generated adapter declares: plain data, made once when its module is loaded. Texts take `$1…$n` for values, each as often as it
 * is needed, and `$tenant` for the tenant of the session; the runtime turns them into the `?` of MySQL.
 */

import { keyset, type Keyset } from "../../runtime/keyset.ts";
import type { OpSpec } from "../../runtime/op.ts";
import { toldRow } from "./cut-json.ts";
import { prepared, type Prepared } from "./prepared.ts";

/**
 * One parameter or column. Parameters: a whole number or bigint travels as a 64-bit integer, another number as a double, bytes as a blob.
 * Rows: integers of up to 32 bits and doubles are numbers, BIGINT, DECIMAL, dates and JSON are texts, binary columns are bytes.
 */
export type Value = string | number | bigint | Uint8Array | null;

/** One row, positional: the order of the select list. */
export type ValueRow = readonly Value[];

/** What every statement declares. */
export interface Statement<R> {
  /** `orders.get`: the operation's name in errors, spans and metrics. */
  readonly name: string;
  /** The table it is about: the collection of its span. */
  readonly collection: string;
  /** The entity has tenants: each text must hold `$tenant`, and a session without a tenant refuses it. */
  readonly scoped?: boolean;
  readonly text: string;
  readonly row: (row: ValueRow) => R;
  /** The entity whose rows they are, for errors; absent where they are of none. */
  readonly entity?: string;
  /** Columns of a row that are the entity's key. */
  readonly key?: readonly number[];
}

/** A read of at most one row by key. */
export interface KeyedRead<R> extends Statement<R> {
  readonly kind: "keyed-read";
  readonly spec: OpSpec;
  readonly decode: (rows: readonly ValueRow[]) => R | undefined;
  readonly prepared: Prepared;
}

/** A read of any number of rows (batch get, aggregate). */
export interface Read<R> extends Statement<R> {
  readonly kind: "read";
  readonly spec: OpSpec;
  readonly decode: (rows: readonly ValueRow[]) => readonly R[];
  readonly prepared: Prepared;
}

/** What a write that finds no row means, and how a stale version is told from a missing key. */
export interface RowExpectation {
  /**
   * No row found means that the key is missing. Without it, `write` of no row gives the error `not-found` all the same, since it
   * promises one; `writeMany` gives an empty list. It also says that the write is by key: its first `keyValues` values are the key.
   */
  readonly absent?: "not-found";
  /** Asks for the key alone, `$1…$n` being the first values of the write; a row found means that `ifVersion` was stale. */
  readonly exists?: string;
  /** A limit that a condition of the change itself keeps: when no row was found though `exists` finds the key, this constraint is named. */
  readonly limit?: string;
  /** How many leading values are the key, and what `exists` takes; 1 unless given. */
  readonly keyValues?: number;
}

/** Whose rows a statement gives, and how one is read. */
export interface RowsOf<R> {
  /** `orders.get`: the operation's name in errors, spans and metrics. */
  readonly name: string;
  /** The table it is about: the collection of its span. */
  readonly collection: string;
  /** The entity has tenants: each text must hold `$tenant`, and a session without a tenant refuses it. */
  readonly scoped?: boolean;
  /** The entity whose keys are announced to `onChanged`. */
  readonly entity: string;
  /** Columns of a result row that are the entity's key, for `onChanged`. */
  readonly key: readonly number[];
  /** The server takes texts that differ for one key (a collation that overlooks case): a write announces the whole entity. */
  readonly loose?: boolean;
  readonly row: (row: ValueRow) => R;
}

/**
 * The declaration of an insert, upsert, update, delete or increment of whole rows. All texts share the values `$1…$n`. One text alone
 * runs by itself; several run in one transaction, in the order before, text, otherwise, missing, with, select.
 */
export interface WriteParts extends RowExpectation {
  /** Further entities of which the store itself changes rows with it (`on delete cascade`, `set null`): all of each are announced. */
  readonly cascades?: readonly string[];
  /** Statements before the change: owned children whose triggers must fire before their root goes. Undone when the change finds no row. */
  readonly before?: readonly string[];
  /** Runs when `text` found (matched, not: altered) no row: the insert of an upsert by key. */
  readonly otherwise?: string;
  /** Runs after `text`: the insert of those rows of a batch that it did not find. */
  readonly missing?: string;
  /** Statements after the change, when it found a row: owned children, an outbox row. */
  readonly with?: readonly string[];
  /**
   * Where the result rows come from: a text that reads them in the same transaction; `returning`, from `text` itself (MariaDB's
   * `insert … returning`, `delete … returning`); without it, one row of the first `keyValues` values when `text` found a row.
   *
   * `when: "committed"` lets a write of one text run by itself and reads the row afterwards: two round trips instead of four. The row may
   * show a later change as well, or be gone (`outcome-unknown`, which says that it was applied), so it is for an insert, not for a count that
   * callers must see one by one. Not with `last_insert_id()`.
   */
  readonly result?: { readonly select: string; readonly when?: "committed" } | "returning";
  /** Columns that `text` sets to null where it would strike another row than that of its key: what then fails is a conflict. */
  readonly guards?: readonly string[];
  /** `ifVersion` (or null) is appended as the last value: `… and ($n is null or version = $n)`. */
  readonly versioned?: boolean;
}

export interface WriteStatement<R> extends WriteParts, RowsOf<R> {
  readonly text: string;
}

/** A single write. */
export interface Write<R> extends WriteStatement<R> {
  readonly kind: "write";
  readonly spec: OpSpec;
  readonly steps: WriteSteps;
}

/** The texts of a write, ready to be sent. */
export interface WriteSteps {
  readonly before: readonly Prepared[];
  readonly change: Prepared;
  readonly otherwise: Prepared | undefined;
  readonly missing: Prepared | undefined;
  readonly with: readonly Prepared[];
  readonly select: Prepared | undefined;
  readonly exists: Prepared | undefined;
}

/** One term of an order: what a keyset page continues from. */
export interface OrderTerm {
  /** SQL expression: a quoted column as a rule. May use `$1…$n`, the fixed values, and `$tenant`. */
  readonly column: string;
  readonly direction: "asc" | "desc";
  /** What the cursor's text becomes: `cast({0} as signed)`, `cast({0} as decimal(12,2))`; `{0}` itself unless given. */
  readonly cast?: string;
  /** Nulls come first ascending and last descending, MySQL's own rule. */
  readonly nullable?: boolean;
  /** Name in the select list of what has its value: the server sorts by it instead of working the term out again. */
  readonly alias?: string;
}

/** Ascending. */
export const asc = (column: string, cast?: string, nulls?: "nullable"): OrderTerm =>
  ordered(column, "asc", cast, nulls);

/** Descending. */
export const desc = (column: string, cast?: string, nulls?: "nullable"): OrderTerm =>
  ordered(column, "desc", cast, nulls);

/** A term whose value is in the select list under a name. */
export const selectedAs = (alias: string, term: OrderTerm): OrderTerm => ({ ...term, alias });

const ordered = (
  column: string,
  direction: OrderTerm["direction"],
  cast: string | undefined,
  nulls: "nullable" | undefined,
): OrderTerm => ({
  column,
  direction,
  ...(cast === undefined ? {} : { cast }),
  ...(nulls === undefined ? {} : { nullable: true }),
});

/**
 * A list with optional filters, an order and a page. The text of each combination of parts is composed once from these fragments and
 * kept; values are always bound.
 */
export interface ListParts {
  /** `select … from …`, without `where`; may use `$1…$n`, the fixed values, and `$tenant`. */
  readonly select: string;
  /** Conjuncts that always hold; may use `$1…$n`, the fixed values, and `$tenant`. */
  readonly where: readonly string[];
  /** Conjuncts that hold when their value is given, in the order of `DynamicValues.optional`; `{0}` is that value: `status = {0}`. */
  readonly optional?: readonly string[];
  /** Between the conditions and the order: `group by …`. */
  readonly tail?: string;
  /** Must be total: the key as its last term. Empty only for a `list` whose order is of no concern. */
  readonly order: readonly OrderTerm[];
  /** The values of the order's terms within a row; none where no page follows. */
  readonly cursor: readonly number[];
  /** What the first of them is where it is no column: a score. */
  readonly position?: "score";
}

/** A list with what its rows become. */
export interface DynamicStatement<R> extends ListParts {
  readonly name: string;
  readonly collection: string;
  readonly scoped?: boolean;
  readonly row: (row: ValueRow) => R;
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
  readonly fixed: readonly Value[];
  /** One per optional conjunct, `undefined` where it is not asked for; null is a value. */
  readonly optional?: readonly (Value | undefined)[];
}

/** An update of only the fields that are given. */
export interface PatchParts extends RowExpectation {
  /** `update orders`, without `set`. */
  readonly update: string;
  /** Per field of the patch; `{0}` is its value: `status = {0}`. */
  readonly sets: Readonly<Record<string, string>>;
  /** Set by every patch: `version = version + 1`, `updated_at = now(3)`. */
  readonly always?: readonly string[];
  /** Conjuncts over the key, `$1…$n`, and the tenant: `id = $1`, `branch_id = $tenant`. */
  readonly where: readonly string[];
  /** Added when `ifVersion` is given; `{0}` is the version: `version = {0}`. */
  readonly version?: string;
  /** Statements after the update, over the key `$1…$n`: a row of history. */
  readonly with?: readonly string[];
  /** Reads the result in the same transaction, over the key `$1…$n`. */
  readonly select: string;
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
  prepared: prepared(statement.text, statement.scoped),
});

export const read = <R>(statement: Statement<R>): Read<R> => ({
  ...statement,
  kind: "read",
  decode: (rows) => rows.map(statement.row),
  spec: specOf(statement, "read", statement.text),
  prepared: prepared(statement.text, statement.scoped),
});

export const write = <R>(statement: WriteStatement<R>): Write<R> => ({
  ...statement,
  kind: "write",
  spec: specOf(statement, "write", statement.text),
  steps: stepsOf(statement),
});

const stepsOf = <R>(statement: WriteStatement<R>): WriteSteps => {
  const { scoped, result } = statement;
  const optional = (text: string | undefined): Prepared | undefined =>
    text === undefined ? undefined : prepared(text, scoped);
  return {
    before: (statement.before ?? []).map((text) => prepared(text, scoped)),
    change: prepared(statement.text, scoped),
    otherwise: optional(statement.otherwise),
    missing: optional(statement.missing),
    with: (statement.with ?? []).map((text) => prepared(text)),
    select: typeof result === "object" ? prepared(result.select, scoped) : undefined,
    exists: optional(statement.exists),
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
  keyedRead(method: string, text: string, further?: ReadParts<R>): KeyedRead<R>;
  read(method: string, text: string): Read<R>;
  dynamicRead(method: string, parts: ListParts): DynamicRead<R>;
  write(method: string, text: string, further?: WriteParts): Write<R>;
  patch(method: string, parts: PatchParts): Patch<R>;
  /** A delete by key, of which the key alone comes back. */
  remove(method: string, text: string, further?: WriteParts): Write<undefined>;
}

/** What a read may say beside its text. */
export interface ReadParts<R> {
  /** Where the columns are not those of the table's rows. */
  readonly row?: (row: ValueRow) => R;
}

/** @param rows its `name` is what stands before the dot in the names of the operations */
export function tableOf<R>(rows: RowsOf<R>): Table<R> {
  const row = toldRow(rows.entity, rows.key, rows.row);
  const of = (method: string): RowsOf<R> => ({ ...rows, row, name: `${rows.name}.${method}` });
  return {
    keyedRead: (method, text, further) => keyedRead({ ...of(method), text, ...further }),
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
        row: () => undefined,
      }),
  };
}
