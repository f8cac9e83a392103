import { type Action, readActions, readElement } from "./alter.ts";
import { type ColumnSpec, readColumn } from "./column.ts";
import { keyParts, kindOf } from "./index-spec.ts";
import { Reader } from "./reader.ts";

/** What `algorithm=` and `lock=` say; empty where they say nothing. */
export interface Clauses {
  readonly algorithm: string;
  readonly lock: string;
}

/** What a statement does, as far as rules need it. */
export type Reading =
  | {
      readonly kind: "create-table";
      readonly table: string;
      readonly columns: readonly ColumnSpec[];
      readonly elements: readonly Action[];
      /** `engine`, `charset`, `collate`, in lower case. */
      readonly options: ReadonlyMap<string, string>;
      /** `create table … select`. */
      readonly selects: boolean;
      readonly temporary: boolean;
    }
  /** `create index` and `drop index` too, which the server takes as the same. */
  | {
      readonly kind: "alter-table";
      readonly table: string;
      readonly actions: readonly Action[];
      readonly clauses: Clauses;
      /** The statement has the clauses behind a comma (`alter table`), or behind a blank (`create index`). */
      readonly written: "alter" | "index";
    }
  | { readonly kind: "drop-table"; readonly tables: readonly string[] }
  | { readonly kind: "rename-table"; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly kind: "truncate"; readonly table: string }
  | { readonly kind: "drop-object"; readonly what: string; readonly name: string }
  | { readonly kind: "create-object"; readonly what: string; readonly name: string }
  | {
      readonly kind: "write";
      readonly word: "update" | "delete" | "insert";
      readonly table: string;
      /** Columns that an update sets. */
      readonly sets: readonly string[];
      /** Undefined without a condition. */
      readonly where: string | undefined;
      /** It has a limit, joins another table, or inserts what a query over a table answers. */
      readonly limited: boolean;
      readonly joined: boolean;
      readonly selects: boolean;
    }
  | { readonly kind: "select" }
  | { readonly kind: "transaction"; readonly word: string }
  | { readonly kind: "set"; readonly variables: readonly string[] }
  | { readonly kind: "lock"; readonly word: string }
  | { readonly kind: "table-service"; readonly word: string; readonly table: string }
  | { readonly kind: "code"; readonly word: string }
  | { readonly kind: "other"; readonly word: string };

/** Reads one statement, without the delimiter behind it. */
export function readStatement(text: string): Reading {
  const reader = new Reader(text);
  const word = reader.peek();
  return readers[word]?.(reader) ?? { kind: "other", word };
}

type Read = (reader: Reader) => Reading | undefined;

const readers: Readonly<Record<string, Read>> = {
  create: readCreate,
  alter: readAlter,
  drop: readDrop,
  rename: readRename,
  truncate: (reader) => {
    reader.accept("truncate");
    reader.accept("table");
    return { kind: "truncate", table: reader.name() };
  },
  update: readUpdate,
  delete: readDelete,
  insert: readInsert,
  replace: readInsert,
  load: () => ({ kind: "code", word: "load" }),
  select: () => ({ kind: "select" }),
  with: () => ({ kind: "select" }),
  begin: () => ({ kind: "transaction", word: "begin" }),
  start: () => ({ kind: "transaction", word: "start transaction" }),
  commit: () => ({ kind: "transaction", word: "commit" }),
  rollback: () => ({ kind: "transaction", word: "rollback" }),
  savepoint: () => ({ kind: "transaction", word: "savepoint" }),
  set: readSet,
  lock: () => ({ kind: "lock", word: "lock tables" }),
  flush: () => ({ kind: "lock", word: "flush" }),
  optimize: readService,
  repair: readService,
  call: () => ({ kind: "code", word: "call" }),
  prepare: () => ({ kind: "code", word: "prepare" }),
  execute: () => ({ kind: "code", word: "execute" }),
  do: () => ({ kind: "code", word: "do" }),
};

function readService(reader: Reader): Reading {
  const word = reader.take().toLowerCase();
  reader.accept("table");
  return { kind: "table-service", word, table: reader.name() };
}

function readSet(reader: Reader): Reading {
  reader.accept("set");
  const variables = reader.parts().map((part) => {
    const [target = ""] = part.toLowerCase().split(/:?=/);
    return target.trim().replace(/^(?:@@)?(?:global|session|local|persist)?[.\s]*/, "");
  });
  return { kind: "set", variables };
}

function readCreate(reader: Reader): Reading | undefined {
  reader.accept("create");
  reader.accept("or", "replace");
  const temporary = reader.accept("temporary");
  if (reader.accept("table")) return readCreateTable(reader, temporary);
  const kind = reader.acceptAny("unique", "fulltext", "spatial");
  if (reader.accept("index")) return readCreateIndex(reader, kind);
  for (let ahead = 0; ahead < 12 && !reader.ended; ahead += 1) {
    const what = reader.acceptAny(...objects);
    if (what !== undefined) return { kind: "create-object", what, name: named(reader) };
    reader.take();
  }
  return undefined;
}

const objects = [
  "view",
  "trigger",
  "procedure",
  "function",
  "event",
  "database",
  "schema",
] as const;

function named(reader: Reader): string {
  reader.accept("if", "not", "exists");
  reader.accept("if", "exists");
  return reader.name();
}

function readCreateTable(reader: Reader, temporary: boolean): Reading {
  const table = named(reader);
  const columns: ColumnSpec[] = [];
  const elements: Action[] = [];
  for (const text of reader.brackets() ?? []) {
    const element = readElement(new Reader(text));
    if (element === undefined) columns.push(readColumn(text));
    else elements.push(element);
  }
  const options = new Map<string, string>();
  let selects = false;
  while (!reader.ended) {
    const word = reader.peek();
    if (word === "select" || word === "with") selects = true;
    if (selects || word === "partition") break;
    readTableOption(reader, options);
  }
  return { kind: "create-table", table, columns, elements, options, selects, temporary };
}

function readTableOption(reader: Reader, options: Map<string, string>): void {
  if (reader.acceptAny(",", "default") !== undefined || reader.brackets() !== undefined) return;
  const name = reader.accept("character", "set") ? "charset" : reader.take().toLowerCase();
  if (name === "as") return;
  reader.accept("=");
  const value = reader.peek() === "select" ? "" : reader.take();
  options.set(name, value.toLowerCase().replaceAll(/['"`]/g, ""));
}

function readCreateIndex(reader: Reader, word: string | undefined): Reading {
  const name = named(reader);
  if (reader.accept("using")) reader.take();
  reader.accept("on");
  const table = reader.name();
  const parts = keyParts(reader.brackets() ?? []);
  const index = { kind: kindOf(word), name, parts };
  const actions: readonly Action[] = [{ kind: "add-index", index }];
  return { kind: "alter-table", table, actions, clauses: readClauses(reader), written: "index" };
}

/** `algorithm = inplace lock = none` behind an index. */
function readClauses(reader: Reader): Clauses {
  const found = { algorithm: "", lock: "" };
  while (!reader.ended) {
    const clause = reader.acceptAny("algorithm", "lock");
    if (clause === undefined) reader.take();
    else {
      reader.accept("=");
      found[clause === "lock" ? "lock" : "algorithm"] = reader.take().toLowerCase();
    }
  }
  return found;
}

function readAlter(reader: Reader): Reading | undefined {
  reader.accept("alter");
  reader.acceptAny("online", "ignore");
  if (!reader.accept("table")) {
    const what = reader.take().toLowerCase();
    return what === "view" ? undefined : { kind: "code", word: `alter ${what}` };
  }
  const table = named(reader);
  const clauses = { algorithm: "", lock: "" };
  const texts: string[] = [];
  for (const part of reader.parts()) {
    const clause = /^(algorithm|lock)\s*=?\s*(\w+)$/i.exec(part.trim());
    if (clause === null) texts.push(part);
    else clauses[clause[1]?.toLowerCase() === "lock" ? "lock" : "algorithm"] = lower(clause[2]);
  }
  return { kind: "alter-table", table, actions: readActions(texts), clauses, written: "alter" };
}

const lower = (text: string | undefined): string => (text ?? "").toLowerCase();

function readDrop(reader: Reader): Reading {
  reader.accept("drop");
  const temporary = reader.accept("temporary");
  if (reader.acceptAny("table", "tables")) {
    reader.accept("if", "exists");
    const tables = temporary ? [] : namesOf(reader);
    return { kind: "drop-table", tables };
  }
  if (reader.accept("index")) {
    const name = named(reader);
    reader.accept("on");
    const table = reader.name();
    const actions: readonly Action[] = [
      name.toLowerCase() === "primary" ? { kind: "drop-primary" } : { kind: "drop-index", name },
    ];
    return { kind: "alter-table", table, actions, clauses: readClauses(reader), written: "index" };
  }
  const what = reader.take().toLowerCase();
  return { kind: "drop-object", what, name: named(reader) };
}

function namesOf(reader: Reader): readonly string[] {
  const names: string[] = [];
  do names.push(reader.name());
  while (reader.accept(","));
  return names;
}

function readRename(reader: Reader): Reading | undefined {
  reader.accept("rename");
  if (!reader.acceptAny("table", "tables")) return undefined;
  const pairs: (readonly [string, string])[] = [];
  do {
    const from = named(reader);
    reader.accept("to");
    pairs.push([from, reader.name()]);
  } while (reader.accept(","));
  return { kind: "rename-table", pairs };
}

const modifiers = ["low_priority", "ignore", "quick", "delayed", "high_priority"] as const;

function passModifiers(reader: Reader): void {
  while (reader.acceptAny(...modifiers) !== undefined);
}

/** Where a word stands outside of brackets: its text from there up to the next of `ends`. */
function clauseOf(text: string, word: string, ends: readonly string[]): string | undefined {
  const reader = new Reader(text);
  let from: number | undefined;
  while (!reader.ended) {
    if (from !== undefined && ends.includes(reader.peek())) break;
    if (from === undefined && reader.accept(word)) from = reader.place;
    else if (reader.brackets() === undefined) reader.take();
  }
  return from === undefined ? undefined : text.slice(from, reader.place).trim();
}

const after = ["order", "limit", "returning"];

function readUpdate(reader: Reader): Reading {
  reader.accept("update");
  passModifiers(reader);
  const table = reader.name();
  const joined = clauseBefore(reader, "set");
  const sets = clauseOf(reader.text, "set", ["where", ...after]) ?? "";
  return {
    kind: "write",
    word: "update",
    table,
    sets: new Reader(sets).parts().map((part) => new Reader(part).name()),
    where: clauseOf(reader.text, "where", after),
    limited: clauseOf(reader.text, "limit", []) !== undefined,
    joined,
    selects: false,
  };
}

/** Whether another table stands before the word. */
function clauseBefore(reader: Reader, word: string): boolean {
  while (!reader.ended && reader.peek() !== word) {
    if ([",", "join"].includes(reader.peek())) return true;
    reader.take();
  }
  return false;
}

function readDelete(reader: Reader): Reading {
  reader.accept("delete");
  passModifiers(reader);
  const simple = reader.accept("from");
  const table = reader.name();
  return {
    kind: "write",
    word: "delete",
    table,
    sets: [],
    where: clauseOf(reader.text, "where", after),
    limited: clauseOf(reader.text, "limit", []) !== undefined,
    joined: !simple || ["using", ",", "join"].includes(reader.peek()),
    selects: false,
  };
}

function readInsert(reader: Reader): Reading {
  reader.take();
  passModifiers(reader);
  reader.accept("into");
  const table = reader.name();
  let selects = false;
  while (!reader.ended) {
    if (reader.peek() === "select") selects = clauseOf(reader.text, "from", []) !== undefined;
    if (reader.brackets() === undefined) reader.take();
  }
  const limited = selects && clauseOf(reader.text, "limit", []) !== undefined;
  const where = selects ? clauseOf(reader.text, "where", after) : undefined;
  return { kind: "write", word: "insert", table, sets: [], where, limited, joined: false, selects };
}
