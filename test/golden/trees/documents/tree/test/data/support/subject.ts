// Runtime of async-db-starter 0.1.0, sha256 8564d234e353f03f; a fix comes with a newer version of the generator.
import { isDeepStrictEqual } from "node:util";
import { valueOf } from "./comparing.ts";
import { type Differences, rowsLike } from "./samples.ts";

/** A method of a repository, whatever it takes: the tests know its arguments from the spec. */
export type Call = (...values: readonly unknown[]) => Promise<unknown>;

/** One kind of rows under test, and how it is reached; methods of its repository by their names. */
export interface Rows {
  /** Properties of the key. A key of one property is its value, of several an object. */
  readonly key: readonly string[];
  /** A key that no row has. */
  readonly missing: unknown;
  /** A new row; every number makes another one. */
  readonly sample: (n: number) => object;
  /** Rows to read: what makes them, or how they differ from the samples. */
  readonly rows: (() => readonly object[]) | Differences<object>;
  /** For a composite key: rows whose key differs from that of a sample in one part only. */
  readonly beside?: (n: number) => readonly object[];
  /** Stores one row, or `insertMany` a list of them. */
  readonly insert?: string;
  readonly insertMany?: string;
  /** Reads one row anew by its key, or `all` of them. */
  readonly read?: string;
  readonly all?: () => Promise<readonly object[]>;
  /** Stores what the rows refer to. */
  readonly prepare?: () => Promise<void>;
  /** Deletes softly: a row that was deleted lies under the key that is taken for missing, for lists to leave out. */
  readonly leaveOut?: string;
  /** So few rows can be stored beside each other, and why: what needs more is not tested, and each test that writes begins with an empty store. */
  readonly few?: { readonly rows: number; readonly why: string };
  /** Owned children, with the properties of their own key: they come in its order. */
  readonly children?: Children;
}

export type Children = Readonly<Record<string, readonly string[]>>;

/** The same with its calls ready. */
export interface Subject extends Rows {
  readonly rows: () => readonly object[];
  readonly method: (name: string) => Call;
  readonly keyOf: (row: object) => unknown;
  readonly store: (row: object) => Promise<object>;
  readonly find: (key: unknown) => Promise<unknown>;
}

export function subjectOf(repository: object, given: Rows): Subject {
  const { key, sample, rows, insert, insertMany, read, all } = given;
  const keyOf = (row: object): unknown => {
    const [only = "", ...others] = key;
    if (others.length === 0) return valueOf(row, only);
    return Object.fromEntries(key.map((name) => [name, valueOf(row, name)]));
  };
  const method = (name: string): Call => callable(valueOf(repository, name));
  return {
    ...given,
    rows: typeof rows === "function" ? rows : rowsLike(sample, rows),
    method,
    keyOf,
    store: async (row) =>
      insert === undefined
        ? rowOf(rowsOf(await method(insertMany ?? "")([row]))[0])
        : rowOf(await method(insert)(row)),
    find: async (wanted) =>
      read === undefined
        ? (await all?.())?.find((row) => isDeepStrictEqual(keyOf(row), wanted))
        : method(read)(wanted),
  };
}

/** The cast says that the tests give a method what the spec says it takes. */
export function callable(method: unknown): Call {
  if (typeof method !== "function") throw new TypeError("a method that the tests need is missing");
  return method as Call;
}

/** An answer that must be one row. */
export function rowOf(answer: unknown): object {
  if (typeof answer === "object" && answer !== null) return answer;
  throw new TypeError(`a row was expected, not ${typeof answer}`);
}

/** An answer that must be a list of rows. */
export function rowsOf(answer: unknown): readonly object[] {
  if (Array.isArray(answer)) return answer.map(rowOf);
  throw new TypeError(`a list was expected, not ${typeof answer}`);
}

/** An answer that must be a part of a list. */
export function partOf(answer: unknown): {
  readonly items: readonly object[];
  readonly next?: string;
} {
  const { items, next } = rowOf(answer) as { readonly items?: unknown; readonly next?: unknown };
  return { items: rowsOf(items), ...(typeof next === "string" ? { next } : {}) };
}
