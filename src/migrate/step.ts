import type { StoreIr } from "../ir/types.ts";
import type { NameMatch } from "./reused-names.ts";

/** What is lost when a step is taken back, or taken at all. */
export type Reversibility =
  /** Down restores schema and rows. */
  | "reversible"
  /** Down restores the schema; values that up removed or narrowed are gone. */
  | "loses-data"
  /** There is no way down. */
  | "irreversible";

/**
 * When a step may run, seen from the code of before and after the change:
 * `expand` before the new code starts, both can run; `backfill` after expand, in batches; `contract` when no old code runs any more. A
 * contract with the risk `new-code-waits` comes between the two: old code stopped, contract, new code.
 */
export type Phase = "expand" | "backfill" | "contract";

/** The phases in the order in which they run. */
export const phases: readonly Phase[] = ["expand", "backfill", "contract"];

/** What a step does to those who use the store meanwhile. */
export type Risk =
  /** A short lock on the catalogue only. */
  | "none"
  /** Waits for, and then briefly blocks, writers or readers of the named part. */
  | "locks"
  /** Reads every row of a part while writers wait. */
  | "scans"
  /** Writes every row of a part again while everybody waits. */
  | "rewrites"
  /** Code of before the change fails on it. */
  | "breaks-old-code"
  /** Code of before runs on, until code of after writes an empty value that it cannot read. */
  | "null-breaks-old-code"
  /** Code of after the change fails until it has run. */
  | "new-code-waits"
  /** Fails when the rows at hand do not fit (duplicates, nulls, a value that does not convert). */
  | "depends-on-data";

/** A statement that runs again and again over a part until every row is done. */
export interface Batch {
  /** Number of key columns: parameters $1…$n are the last key of the batch before as text (null at first), $n+1 is the size of a batch. */
  readonly keys: number;
  /** Rows per batch. */
  readonly size: number;
  /** Milliseconds to wait between two batches. */
  readonly pauseMs: number;
  /** A query for the rows left to do, for progress and time left; one number. */
  readonly estimate?: string;
}

export interface Acceptance {
  readonly rule: string;
  readonly because: string;
  /** The statement that it is for, as it stands in `up`; the first one when absent. */
  readonly before?: string;
}

/** One step of a migration, as a planner made it. Plain data. */
export interface Step {
  /** kebab-case, unique within its migration: `orders-add-note`. The ledger knows a half-done migration by it. */
  readonly name: string;
  /** One line for people: `orders: column note is added`. */
  readonly title: string;
  readonly phase: Phase;
  /** Statements in the engine's own text, each ended as its files want it. */
  readonly up: string;
  /** Empty when there is no way down, or nothing to do. */
  readonly down: string;
  readonly reversibility: Reversibility;
  readonly risks: readonly Risk[];
  /** Why it is done in this way, or what to look out for; written beside it into the file. */
  readonly note?: string;
  /** A rule of the linter that one of its statements cannot keep, and why: no way around it is known. Written into the file, where the linter reads it. */
  readonly accepts?: Acceptance;
  /** False for a statement that no transaction may hold; it is alone in its step then. */
  readonly transactional: boolean;
  /** For a step outside of a transaction: a query that answers true when it is done and whole. */
  readonly verify?: string;
  /** For a step outside of a transaction: what removes the debris of a broken attempt, before it is tried again. */
  readonly repair?: string;
  /** For a step with a `repair`: a query that answers true when that removes nothing but such debris. */
  readonly debris?: string;
  readonly batch?: Batch;
  /** Parts of the snapshot that it touches: a later change of the same part comes after it. */
  readonly touches: readonly string[];
  /** What its down takes away with all that was written there since: `orders.note`, `orders`. */
  readonly removes?: string;
  /** What is lost for good, as `--allow-destructive` names it: `orders.note`, `orders`. */
  readonly destroys?: string;
}

/**
 * What a store looks like when every migration has been applied, by part: a table or collection with all that belongs to it, and one
 * part for the rest (`store`). Each is plain JSON with a stable order; nobody but the engine's planner reads it.
 */
export type Snapshot = ReadonlyMap<string, unknown>;

/** What is known of a change beside the two snapshots. */
export interface ChangeContext {
  readonly store: StoreIr;
  readonly project: string;
  /** `split` keeps code of before and after the change running (the default); `direct` takes each step at once, for a store that stands still. */
  readonly mode: "split" | "direct";
  /** By `<part>.<column>`: the expression that fills a new required column, as the user gave it (`--set orders.note="''"`). */
  readonly values: Readonly<Record<string, string>>;
  /** Names that the store's earlier migrations took away or gave to another thing (`orders.note`): rows may still hold something under them. */
  readonly displaced?: readonly string[];
}

/** Something a planner has to be told before it can plan: exit 1, nothing written. */
export interface Question {
  /** `<part>.<column>` that `--set` takes. */
  readonly about: string;
  readonly text: string;
  /** What to do, with an example that can be typed. */
  readonly hint: string;
}

/** The steps of a change, or what has to be told first. */
export interface PlannedChange {
  readonly steps: readonly Step[];
  readonly questions: readonly Question[];
}

/** A file that a planner wants beside the migrations: the whole schema for people to read. */
export interface SchemaFile {
  /** `schema.sql` */
  readonly name: string;
  readonly text: string;
}

/** A finding of the linter in one step. */
export interface LintFinding {
  /** `add-not-null-without-validation` */
  readonly rule: string;
  /** Line in the file, from 1. */
  readonly line: number;
  readonly message: string;
  /** The way that is safe. */
  readonly recipe: string;
  readonly severity: "error" | "warning";
}

/** The text of one direction of a migration with what its record says of it. */
export interface LintSource {
  readonly text: string;
  readonly steps: readonly {
    readonly name: string;
    readonly transactional: boolean;
    readonly repair?: string;
    readonly batch?: Pick<Batch, "keys" | "size">;
  }[];
  /** Parts made by the same migration, or empty as yet: nobody waits for a lock on them. */
  readonly fresh: readonly string[];
  /** `up` unless said; a down only has to run. */
  readonly direction?: "up" | "down";
  /** As the record has it. In `contract` no code of before runs any more, so what it used may go. */
  readonly phase?: Phase;
  /** The up texts of the migrations before it, oldest first: what they made is known then (types of columns, checks, partitions). */
  readonly history?: readonly string[];
}

/** How an engine plans the changes of its stores. All pure. */
export interface SchemaPlanner {
  /** Ending of the migration files: `sql`, `json`. */
  readonly suffix: string;
  readonly snapshot: (store: StoreIr, project: string) => Snapshot;
  /**
   * A part of a stored snapshot with what no version kept yet when it was written, as the part of now says it: what was not known is no
   * change. Absent where every version kept the same.
   */
  readonly completed?: (stored: unknown, now: unknown) => unknown;
  /**
   * The steps from one snapshot to another, in an order in which each needs earlier ones only. From an empty snapshot: everything, all
   * transactional, all `expand`.
   */
  readonly diff: (from: Snapshot, to: Snapshot, context: ChangeContext) => PlannedChange;
  /** What the change does to names, paired as {@link diff} pairs them. No change may use a name again that it frees itself. */
  readonly names: (from: Snapshot, to: Snapshot, context: ChangeContext) => readonly NameMatch[];
  /** The entities of a snapshot with their fields, as the spec called them; absent where a store keeps nothing but copies. */
  readonly fields?: (snapshot: Snapshot) => ReadonlyMap<string, readonly string[]>;
  /** What is wrong with the expressions that a user gave for columns of this store's parts. */
  readonly judgeValues?: (
    from: Snapshot,
    to: Snapshot,
    context: ChangeContext,
  ) => Promise<readonly Question[]>;
  /** The steps of one migration as the text of its file; the runtime finds each step by its name again. */
  readonly print: (steps: readonly Step[], direction: "up" | "down", purpose: string) => string;
  readonly schemaFile?: (snapshot: Snapshot, context: ChangeContext) => SchemaFile;
  readonly lint?: (source: LintSource) => Promise<readonly LintFinding[]>;
}
