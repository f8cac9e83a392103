import type {
  BatchPosition,
  BatchResult,
  LedgerEntry,
  LedgerNote,
  Migration,
  MigrationTarget,
  Objects,
  StepText,
} from "../../../templates/runtime/migration.ts";

/** Stands for `kill -9`: nothing of the migrator runs after it. */
export class Killed extends Error {}

/**
 * A store in memory that can be migrated. Its language has a statement per line: `make x`, `drop x`, `clean x` (also what is broken),
 * and `fill n` as a batch over rows 1…n. Without transactions a statement may be run again.
 */
export class MemoryTarget implements MigrationTarget {
  readonly transactional: boolean;
  /** Every statement that was run, in order. */
  readonly steps: string[] = [];
  /** What is there; `!x` is a broken x. */
  made = new Set<string>();
  filled: number[] = [];
  entries: LedgerEntry[] = [];
  failOn: string | undefined;
  /** Effects until it is killed; a statement outside of a transaction may be killed in its middle. */
  effectsLeft = Number.POSITIVE_INFINITY;
  #queue: Promise<unknown> = Promise.resolve();
  #clock = Date.UTC(2026, 0, 1);

  constructor(transactional = true) {
    this.transactional = transactional;
  }

  locked<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work);
    this.#queue = mine.catch(() => {});
    return mine;
  }

  async ledger(): Promise<readonly LedgerEntry[]> {
    return [...this.entries];
  }

  split(text: string): readonly StepText[] {
    return text
      .split(/^-- step: /m)
      .slice(1)
      .map((part) => {
        const [name = "", ...lines] = part.split("\n");
        return { name, text: lines.join("\n").trim(), line: 1 };
      });
  }

  async run(steps: readonly StepText[], note: LedgerNote): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#effect();
    const before = new Set(this.made);
    try {
      for (const { text } of steps) this.#statements(text);
    } catch (error) {
      this.made = before;
      throw error;
    }
    this.#write(note);
  }

  async runAlone({ text }: StepText): Promise<void> {
    this.#effect();
    for (const line of text.split("\n")) {
      const [verb, name] = line.split(" ");
      if (verb === "make" && this.#isLast()) this.made.add(`!${name}`);
      this.#effect();
      this.#statements(line);
    }
  }

  async holds(query: string): Promise<boolean> {
    return this.made.has(query.replace("has ", ""));
  }

  async batch(
    { text }: StepText,
    { key: [last = null], size }: BatchPosition,
    note: (result: BatchResult) => LedgerNote,
  ): Promise<BatchResult | undefined> {
    this.#effect();
    const end = Number(text.replace("fill ", ""));
    const from = Number(last ?? 0) + 1;
    const rows = Array.from(
      { length: Math.max(0, Math.min(size, end - from + 1)) },
      (_, at) => from + at,
    );
    const result = { done: rows.length, key: [rows.length > 0 ? String(rows.at(-1)) : null] };
    if (rows.length > 0) {
      this.filled.push(...rows);
      this.#write(note(result));
    }
    return result;
  }

  async count(query: string): Promise<number> {
    return Number(query.replace("rows ", "")) - this.filled.length;
  }

  async objects(): Promise<Objects> {
    return Object.fromEntries([...this.made].sort().map((name) => [`thing ${name}`, "1"]));
  }

  #isLast(): boolean {
    return this.effectsLeft === 0;
  }

  #effect(): void {
    if (this.effectsLeft === 0) throw new Killed("killed");
    this.effectsLeft -= 1;
  }

  #statements(text: string): void {
    for (const line of text.split("\n").filter((each) => each !== "")) {
      if (line === this.failOn) throw new Error("syntax error");
      const [verb, name = ""] = line.split(" ");
      const there = this.made.has(name) || this.made.has(`!${name}`);
      if (this.transactional && verb === "make" && there) throw new Error(`${name} exists`);
      if (this.transactional && verb === "drop" && !there)
        throw new Error(`${name} does not exist`);
      for (const each of [name, `!${name}`]) this.made.delete(each);
      if (verb === "make") this.made.add(name);
      this.steps.push(line);
    }
  }

  #write(note: LedgerNote): void {
    const { id, hash, parents, phase } = note.migration;
    const others = this.entries.filter((entry) => entry.id !== id);
    const entry = { id, hash, parents, phase, appliedAt: new Date((this.#clock += 1_000)) };
    if (note.state === "half-way") {
      const { step, progress } = note;
      this.entries = [...others, { ...entry, dirty: true, step, progress }];
      return;
    }
    const objects = note.adopt(
      Object.fromEntries([...this.made].sort().map((name) => [`thing ${name}`, "1"])),
    );
    const rest = others.map((other) => ({ ...other, objects: undefined }));
    if (note.state === "applied") this.entries = [...rest, { ...entry, objects }];
    else
      this.entries = rest.map((other, at) =>
        at === rest.length - 1 ? { ...other, objects } : other,
      );
  }
}

export const migration = (
  id: string,
  parents: readonly string[] = [],
  changes: Partial<Migration> = {},
): Migration => ({
  id,
  parents,
  hash: `hash of ${id}`,
  up: `make ${id}`,
  down: `drop ${id}`,
  file: `migrations/main/${id}.up.sql`,
  ...changes,
});
