/** When a migration may run, seen from the code of before and after the change: see migrate-code.ts and `migrate deploy-check`. */
export type Phase = "expand" | "backfill" | "contract";

/** What is lost when a step is taken back. */
export type Reversibility = "reversible" | "loses-data" | "irreversible";

/** A statement that runs again and again over a part until every row is done. */
export interface BatchRule {
  /** Number of columns of the key: they come after `done` in the row that a batch answers. */
  readonly keys: number;
  /** Rows per batch. */
  readonly size: number;
  /** Milliseconds between two batches. */
  readonly pauseMs: number;
  /** A query for the rows left to do: one number, for progress and the time left. */
  readonly estimate?: string | undefined;
}

/** A step as the record of its migration describes it. */
export interface StepRecord {
  /** Unique within its migration; `-- step: <name>` begins its text. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** False for what no transaction may hold. */
  readonly transactional: boolean;
  readonly reversibility?: Reversibility | undefined;
  readonly risks?: readonly string[] | undefined;
  /** Outside of a transaction: a query that answers true when the step is done and whole. */
  readonly verify?: string | undefined;
  /** Outside of a transaction: what removes the debris of an attempt that broke off. */
  readonly repair?: string | undefined;
  /** A query that answers true when `repair` would remove nothing but what a broken attempt left. */
  readonly debris?: string | undefined;
  readonly batch?: BatchRule | undefined;
  /** What its down removes with all that was written there since. */
  readonly removes?: string | undefined;
  /** What its up removes for good. */
  readonly destroys?: string | undefined;
}

/** One migration as its files hold it. */
export interface Migration {
  /** `0001-initial` */
  readonly id: string;
  /** Ids that must be applied before. */
  readonly parents: readonly string[];
  /** `migrationHash` of its texts and steps. */
  readonly hash: string;
  readonly up: string;
  readonly down: string;
  /** Absent: expand. */
  readonly phase?: Phase | undefined;
  /** Id of the first migration of the same change. */
  readonly change?: string | undefined;
  /** Parts of the snapshot that it touches; absent in one that was written by hand. */
  readonly touches?: readonly string[] | undefined;
  /** In the order in which they run; absent when the whole text is one step. */
  readonly steps?: readonly StepRecord[] | undefined;
  /** Without `steps`: false when its text cannot run in a transaction. Default true. */
  readonly transactional?: boolean | undefined;
  /** Where it lies, for messages. */
  readonly file: string;
}

/** The text of one step. */
export interface StepText {
  readonly name: string;
  readonly text: string;
  /** Where it begins in its file, from 1. */
  readonly line: number;
  /** What whoever applies it has to know or to do, where the file says it as data. */
  readonly note?: string;
}

/** What a store's catalogue holds: a digest by object, `table orders` → `9f86d081…`. */
export type Objects = Readonly<Record<string, string>>;

/** Objects of a catalogue by name, each with what it is in a line: `column orders.note` → `text not null`. */
export type DescribedObjects = ReadonlyMap<string, string>;

/** What is wanted of an object of which only its presence counts: the rest is none of what migrations make of it. */
export const anyhow = "there, however it is";

/** What the words of a constraint end with that is as wanted and that rows need not hold: a note of `migrate verify`, no difference. */
export const unproven = [", never validated", ", not enforced"] as const;

/** How an engine puts its objects into words: the same for what is there and for what a snapshot wants. */
export interface Described {
  found(): Promise<DescribedObjects>;
  /** @param content of the part of the snapshot, as this engine's planner wrote it */
  wanted(part: string, content: unknown): DescribedObjects;
  /** What only the server puts into words: expressions and bodies. Absent where `found` says all there is. */
  texts?(parts: readonly SnapshotPart[]): Promise<DescribedTexts>;
}

/** A part of a store's snapshot: a table or collection with all that belongs to it, or what belongs to none. */
export interface SnapshotPart {
  readonly part: string;
  readonly content: unknown;
}

/** Expressions and bodies by their objects, as the server prints them; only objects in both are compared. */
export interface DescribedTexts {
  readonly found: DescribedObjects;
  readonly wanted: DescribedObjects;
  /** Parts whose texts cannot be compared here. */
  readonly unmade: readonly { readonly part: string; readonly why: string }[];
}

/** How far a migration has come that is neither applied nor reverted. */
export interface Progress {
  /** The step was begun outside of a transaction: nobody knows how much of it is there. */
  readonly begun: boolean;
  /** Digests of the texts of the steps before it, by name: these must not change any more. */
  readonly applied: Readonly<Record<string, string>>;
  /** Of a step in batches: the last key and the rows done. */
  readonly key?: readonly (string | null)[] | undefined;
  readonly done?: number | undefined;
  readonly drift?: readonly DriftedObject[] | undefined;
}

/** An object that others changed: what the ledger says of it, and what it was when the migration began. */
export interface DriftedObject {
  readonly object: string;
  readonly recorded: string | null;
  readonly found: string | null;
}

/** A row of the ledger. */
export interface LedgerEntry {
  readonly id: string;
  readonly hash: string;
  readonly parents: readonly string[];
  readonly appliedAt: Date;
  readonly phase?: Phase | undefined;
  /** True while it is half-way up or down, and after it broke off there. */
  readonly dirty?: boolean | undefined;
  /** Half-way: the first step that is not known to be there. */
  readonly step?: string | undefined;
  readonly progress?: Progress | undefined;
  /** The catalogue as the last migration left it; in one row at most. */
  readonly objects?: Objects | undefined;
}

/** What the ledger is told of a migration. */
export type LedgerNote =
  | {
      readonly state: "half-way";
      readonly migration: Migration;
      readonly step: string;
      readonly progress: Progress;
    }
  | {
      readonly state: "applied" | "reverted";
      readonly migration: Migration;
      /** From the catalogue as it is now: what the ledger keeps of it. */
      readonly adopt: (now: Objects) => Objects;
    };

/** How long a step waits for a lock. Whoever comes after waits behind it, so each attempt is short. */
export interface LockPatience {
  /** Milliseconds of one attempt. */
  readonly timeoutMs: number;
  /** Milliseconds of all attempts and the pauses between them. */
  readonly totalMs: number;
}

/** What a target has to know to run steps of a migration. */
export interface RunContext {
  /** File of the texts, for messages. */
  readonly file: string;
  readonly lock: LockPatience;
  /** Told after each attempt that got no lock. */
  readonly waiting: (attempt: number) => void;
}

/** Where a batch begins, and how many rows it takes. */
export interface BatchPosition {
  readonly key: readonly (string | null)[];
  readonly size: number;
}

/** What a batch answered: rows done and the last key. */
export interface BatchResult {
  readonly done: number;
  readonly key: readonly (string | null)[];
}

/** A ledger and a lock that an authority keeps for a store without compare-and-set. */
export interface LedgerHost {
  /** As `MigrationTarget.locked`, apart from the host's own lock. */
  locked<T>(work: () => Promise<T>, waitMs: number): Promise<T>;
  /** Oldest first. */
  ledger(): Promise<readonly LedgerEntry[]>;
  /** Writes what became of a migration. @param objects the guest's catalogue; kept with the newest row */
  write(note: LedgerNote, objects: Objects): Promise<void>;
}

/** What is asked of the partitions of every table that is partitioned by time. */
export interface PartitionRequest {
  readonly now: Date;
  /** Periods after the one that `now` lies in; as many as suit their length where none is given. */
  readonly ahead?: number;
  readonly lock: LockPatience;
}

/** What became of one period of a table. */
export interface PartitionNote {
  readonly table: string;
  /** `2026-11` */
  readonly period: string;
  /** The partition that was made, or where rows of the period lie already and stay. */
  readonly partition: string;
  readonly state: "made" | "left";
}

/** What an engine does for migrations. The order of things is the runner's: see migrate-run.ts. */
export interface MigrationTarget {
  /** False where no step can run in a transaction: each is noted before it begins, and may be run again. */
  readonly transactional: boolean;
  /** Runs `work` while no other migrator can; waits at most `waitMs`, then rejects. Makes and upgrades the ledger. */
  locked<T>(work: () => Promise<T>, waitMs: number): Promise<T>;
  /** Oldest first; empty when there is none yet. Reads a ledger of any earlier version. */
  ledger(): Promise<readonly LedgerEntry[]>;
  /** The steps of a text, in the order of the file. @throws DataError programming for text that belongs to no step */
  split(text: string): readonly StepText[];
  /** Runs steps and writes the note: in one transaction where the engine has them. */
  run(steps: readonly StepText[], note: LedgerNote, context: RunContext): Promise<void>;
  /** Runs what no transaction may hold. */
  runAlone(step: StepText, context: RunContext): Promise<void>;
  /** Whether a query of `verify` answers true. */
  holds(query: string): Promise<boolean>;
  /** One batch, with the note that is made of its result; undefined when nothing was left. */
  batch(
    step: StepText,
    position: BatchPosition,
    note: (result: BatchResult) => LedgerNote,
    context: RunContext,
  ): Promise<BatchResult | undefined>;
  /** The one number that a query of `estimate` answers. */
  count(query: string): Promise<number>;
  /** The catalogue; absent where it cannot be read. */
  objects?(): Promise<Objects>;
  /**
   * Digests that objects had, by their names, if all that was done to them since is that their rows were found to hold them: no drift.
   * Absent where no constraint waits for that.
   */
  unprovenObjects?(): Promise<readonly (readonly [object: string, digest: string])[]>;
  /** Makes the partitions of the time to come, under the lock; those that are there are no part of the answer. Absent where no table has such. */
  partitions?(request: PartitionRequest): Promise<readonly PartitionNote[]>;
  /** What the catalogue holds in words; absent where nothing is compared with a snapshot. */
  readonly described?: Described;
  /** Keeps the ledger of another store; absent where nothing compares and sets. */
  host?(store: string): LedgerHost;
}
