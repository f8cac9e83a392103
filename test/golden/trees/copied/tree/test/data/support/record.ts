// Runtime of async-db-starter 0.1.0, sha256 12462f3b40e40ca0; a fix comes with a newer version of the generator.
import { before, it } from "node:test";
import { type Aggregate, checkAggregate } from "./aggregating.ts";
import { type Order, refused } from "./comparing.ts";
import { checkHistory } from "./history.ts";
import { checkGet, checkGetMany, checkHidden, checkList, checkPages } from "./reading.ts";
import type { Filtered } from "./reading.ts";
import { given } from "./samples.ts";
import { callable, type Method, type Rows, rowsOf, type Subject, subjectOf } from "./subject.ts";
import {
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
 * that makes rows takes ten numbers of samples from `n` on.
 */
export class RecordTests {
  readonly #subject: Subject;
  #rows: readonly object[] = [];

  constructor(store: { readonly empty: () => Promise<void> }, rows: Rows) {
    const subject = subjectOf(rows);
    this.#subject = subject;
    before(async () => {
      await store.empty();
      await rows.prepare?.();
      this.#rows = await insertAll(subject, rows.rows());
      if (rows.leaveOut !== undefined)
        await callable(rows.leaveOut)(subject.keyOf(await subject.store(rows.sample(900))));
    });
    it("stores what is given", () => checkAllStored(subject, this.#rows));
  }

  /** @param row what the last sample, which gives only what it must, is stored with */
  fillsIn(row: object): void {
    it("fills in what is left out", () => checkStored(given(this.#rows.at(-1)), row));
  }

  get(name: string, get: Method): void {
    it(`${name} finds each row by its key`, () =>
      checkGet(this.#subject, this.#rows, callable(get)));
  }

  getMany(name: string, getMany: Method): void {
    it(`${name} gives rows in the order of their keys`, () =>
      checkGetMany(this.#subject, this.#rows, callable(getMany)));
  }

  list(name: string, list: Method, listed: Filtered & { readonly order: Order }): void {
    it(`${name} gives what fits, in order`, () => checkList(this.#rows, listed, callable(list)));
  }

  pages(name: string, page: Method, listed: Filtered & { readonly order: Order }): void {
    it(`${name} gives what fits, in order, page by page`, () =>
      checkPages(this.#rows, listed, callable(page)));
  }

  aggregate(name: string, aggregate: Method, wanted: Aggregate): void {
    it(`${name} groups and measures what fits`, () =>
      checkAggregate(this.#rows, wanted, callable(aggregate)));
  }

  /** @param asked calls of another tenant's repository for a row of this one */
  hidden(asked: { readonly reads: readonly Foreign[]; readonly writes: readonly Foreign[] }): void {
    it("are seen by their own tenant only", () =>
      checkHidden(this.#rows, asked.reads.map(callable), asked.writes.map(callable)));
  }

  insert(name: string, n: number): void {
    it(`${name} stores a row once`, () => checkInsert(this.#subject, n));
  }

  bulk(name: string, write: Method, n: number): void {
    it(`${name} stores many in one call`, () => checkBulk(this.#subject, callable(write), n));
  }

  replay(name: string, write: Method, n: number): void {
    const { sample } = this.#subject;
    this.#replay(name, write, n, sample(n), sample(n + 1));
  }

  /** The same for a method that takes many rows. */
  replayMany(name: string, write: Method, n: number): void {
    const { sample } = this.#subject;
    this.#replay(name, write, n, [sample(n)], [sample(n + 1)]);
  }

  #replay(name: string, write: Method, n: number, row: unknown, other: unknown): void {
    it(`${name} happens once per operation id`, () =>
      checkReplay(callable(write), `${name} ${n}`, row, other));
  }

  /** @param changed what the replacing row has of its own beside the sample's values */
  upsert(name: string, upsert: Method, n: number, changed: object): void {
    const one = callable(upsert);
    this.#upsert(name, async (rows) => rowsOf(await Promise.all(rows.map((row) => one(row)))), {
      n,
      changed,
    });
  }

  /** The same for a method that takes many rows. */
  upsertMany(name: string, upsert: Method, n: number, changed: object): void {
    this.#upsert(name, async (rows) => rowsOf(await callable(upsert)(rows)), { n, changed });
  }

  #upsert(
    name: string,
    upsert: (rows: readonly object[]) => Promise<readonly object[]>,
    { n, changed }: { readonly n: number; readonly changed: object },
  ): void {
    it(`${name} inserts what is new and replaces what is there`, () =>
      checkUpsert(this.#subject, upsert, n, changed));
  }

  /** @param changes each property other than the sample has it, then all at once */
  patch(name: string, patch: Method, n: number, ...changes: readonly object[]): void {
    it(`${name} changes the given properties of one row`, () =>
      checkPatch(this.#subject, callable(patch), n, changes));
  }

  remove(name: string, remove: Method, n: number): void {
    it(`${name} removes one row`, () => checkDelete(this.#subject, callable(remove), n));
  }

  increment(name: string, increment: Method, n: number, wanted: Increment): void {
    it(`${name} adds within its limits`, () =>
      checkIncrement(this.#subject, callable(increment), n, wanted));
  }

  history(
    name: string,
    calls: {
      readonly change?: Method;
      readonly remove?: Method;
      readonly history: Method;
      readonly asOf: Method;
    },
    n: number,
    ...changes: readonly object[]
  ): void {
    const { change, remove, history, asOf } = calls;
    it(`${name} tells every change, asOf every state`, () =>
      checkHistory(
        this.#subject,
        {
          ...(change === undefined ? {} : { change: callable(change) }),
          ...(remove === undefined ? {} : { remove: callable(remove) }),
          history: callable(history),
          asOf: callable(asOf),
        },
        n,
        changes,
      ));
  }

  /** @param rows each of them with a value that a stored row has, where it must be the only one */
  unique(...rows: readonly object[]): void {
    this.#refused("keep unique values unique", "conflict", rows);
  }

  /** @param rows each of them with a value that its rules forbid */
  forbidden(...rows: readonly object[]): void {
    this.#refused("keep what their rules forbid out", "constraint", rows);
  }

  #refused(title: string, kind: string, rows: readonly object[]): void {
    it(title, async () => {
      for (const row of rows) await refused(kind, () => this.#subject.store(row));
    });
  }
}
