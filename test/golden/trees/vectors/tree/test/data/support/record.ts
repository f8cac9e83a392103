// Runtime of async-db-starter 0.1.0, sha256 0734fd54c5e872d9; a fix comes with a newer version of the generator.
import { before, it } from "node:test";
import { type Aggregate, checkAggregate } from "./aggregating.ts";
import { refused, valueOf } from "./comparing.ts";
import { checkHistory } from "./history.ts";
import { checkGet, checkGetMany, checkHidden, checkList, checkPages } from "./reading.ts";
import type { Listed } from "./reading.ts";
import { given, type Values } from "./samples.ts";
import { callable, type Call, type Rows, rowsOf, type Subject, subjectOf } from "./subject.ts";
import {
  changesOf,
  checkAllStored,
  checkBulk,
  checkDelete,
  checkIncrement,
  checkInsert,
  checkPatch,
  checkReplay,
  checkStored,
  checkUpsert,
  type Increment,
  insertAll,
} from "./writing.ts";

/** What other tenants are asked for a row. */
type Foreign = (row: never) => Promise<unknown>;

/**
 * The tests of one repository: each method here declares one test of one of its methods, in the group that is being declared. A test
 * that makes rows takes ten numbers of samples from `n` on. Everything is told by name and value, so that the compiler need not follow a
 * thousand repositories through generic code.
 */
export class RecordTests {
  readonly #subject: Subject;
  readonly #begin: () => Promise<void>;
  #rows: readonly object[] = [];

  constructor(store: { readonly empty: () => Promise<void> }, repository: object, rows: Rows) {
    const subject = subjectOf(repository, rows);
    this.#subject = subject;
    this.#begin = async () => {
      await store.empty();
      await rows.prepare?.();
    };
    before(async () => {
      await this.#begin();
      this.#rows = await insertAll(subject, subject.rows());
      if (rows.leaveOut !== undefined)
        await subject.method(rows.leaveOut)(subject.keyOf(await subject.store(rows.sample(900))));
    });
    it("stores what is given", () => checkAllStored(subject, this.#rows));
  }

  /** @param row what the last sample, which gives only what it must, is stored with */
  fillsIn(row: object): void {
    this.#only(Infinity, "fills in what is left out", async () =>
      checkStored(given(this.#rows.at(-1)), row),
    );
  }

  get(name: string): void {
    it(`${name} finds each row by its key`, () =>
      checkGet(this.#subject, this.#rows, this.#call(name)));
  }

  getMany(name: string): void {
    it(`${name} gives rows in the order of their keys`, () =>
      checkGetMany(this.#subject, this.#rows, this.#call(name)));
  }

  list(name: string, listed: Listed): void {
    it(`${name} gives what fits, in order`, () => checkList(this.#rows, listed, this.#call(name)));
  }

  pages(name: string, listed: Listed): void {
    it(`${name} gives what fits, in order, page by page`, () =>
      checkPages(this.#rows, listed, this.#call(name)));
  }

  aggregate(name: string, wanted: Aggregate): void {
    it(`${name} groups and measures what fits`, () =>
      checkAggregate(this.#rows, wanted, this.#call(name)));
  }

  /** @param asked calls of another tenant's repository for a row of this one */
  hidden(asked: { readonly reads: readonly Foreign[]; readonly writes: readonly Foreign[] }): void {
    it("are seen by their own tenant only", () =>
      checkHidden(this.#rows, asked.reads.map(callable), asked.writes.map(callable)));
  }

  insert(name: string, n: number): void {
    this.#writing(1, `${name} stores a row once`, () => checkInsert(this.#subject, n));
  }

  bulk(name: string, n: number): void {
    this.#writing(3, `${name} stores many in one call`, () =>
      checkBulk(this.#subject, this.#call(name), n),
    );
  }

  replay(name: string, n: number): void {
    const { sample } = this.#subject;
    this.#replay(name, n, sample(n), sample(n + 1));
  }

  /** The same for a method that takes many rows. */
  replayMany(name: string, n: number): void {
    const { sample } = this.#subject;
    this.#replay(name, n, [sample(n)], [sample(n + 1)]);
  }

  #replay(name: string, n: number, row: unknown, other: unknown): void {
    this.#writing(1, `${name} happens once per operation id`, () =>
      checkReplay(this.#call(name), `${name} ${n}`, row, other),
    );
  }

  /** @param changed what the replacing row has of its own beside the sample's values */
  upsert(name: string, n: number, changed: object): void {
    this.#upsert(
      name,
      async (rows) => rowsOf(await Promise.all(rows.map((row) => this.#call(name)(row)))),
      { n, changed },
    );
  }

  /** The same for a method that takes many rows. */
  upsertMany(name: string, n: number, changed: object): void {
    this.#upsert(name, async (rows) => rowsOf(await this.#call(name)(rows)), { n, changed });
  }

  #upsert(
    name: string,
    upsert: (rows: readonly object[]) => Promise<readonly object[]>,
    { n, changed }: { readonly n: number; readonly changed: object },
  ): void {
    this.#writing(3, `${name} inserts what is new and replaces what is there`, () =>
      checkUpsert(this.#subject, upsert, n, changed),
    );
  }

  /** @param others values that the sample has not: each alone, then the last ones together */
  patch(name: string, n: number, others: Values): void {
    const changes = changesOf(others);
    this.#writing(
      changes.length === 0 ? Infinity : 3,
      `${name} changes the given properties of one row`,
      () => checkPatch(this.#subject, this.#call(name), n, changes),
    );
  }

  remove(name: string, n: number): void {
    this.#writing(3, `${name} removes one row`, () =>
      checkDelete(this.#subject, this.#call(name), n),
    );
  }

  increment(name: string, n: number, wanted: Increment): void {
    this.#writing(3, `${name} adds within its limits`, () =>
      checkIncrement(this.#subject, this.#call(name), n, wanted),
    );
  }

  /** @param past the methods that make it, and for that of changes what it is given */
  history(
    name: string,
    n: number,
    past: { readonly change?: string; readonly remove?: string; readonly others?: Values },
  ): void {
    const { change, remove, others = {} } = past;
    this.#writing(2, `${name} tells every change, asOf every state`, () =>
      checkHistory(
        this.#subject,
        {
          ...(change === undefined ? {} : { change: this.#call(change) }),
          ...(remove === undefined ? {} : { remove: this.#call(remove) }),
          history: this.#call(name),
          asOf: this.#call("asOf"),
        },
        n,
        changesOf(others).slice(0, 2),
      ),
    );
  }

  /** @param groups properties whose values together only one row may have */
  unique(n: number, ...groups: readonly (readonly string[])[]): void {
    const { sample } = this.#subject;
    const rows = groups.map((names) =>
      Object.fromEntries(names.map((name) => [name, given(valueOf(sample(0), name))])),
    );
    it("keep unique values unique", () => this.#refused("conflict", n, rows));
  }

  /** @param rows each of them a value that the rules forbid */
  forbidden(n: number, ...rows: readonly object[]): void {
    this.#writing(1, "keep what their rules forbid out", () =>
      this.#refused("constraint", n, rows),
    );
  }

  async #refused(kind: string, n: number, rows: readonly object[]): Promise<void> {
    const { sample, store } = this.#subject;
    for (const [at, row] of rows.entries())
      await refused(kind, () => store({ ...sample(n + 10 * at), ...row }));
  }

  /** A test that stores rows beside those to read, or where there is no room for both, in their place. */
  #writing(needed: number, title: string, run: () => Promise<void>): void {
    const { few } = this.#subject;
    if (few === undefined) it(title, run);
    else
      this.#only(needed, title, async () => {
        await this.#begin();
        await run();
      });
  }

  #only(needed: number, title: string, run: () => Promise<void>): void {
    const { few } = this.#subject;
    if (few !== undefined && needed > few.rows) it(title, { skip: few.why });
    else it(title, run);
  }

  #call(name: string): Call {
    return this.#subject.method(name);
  }
}
