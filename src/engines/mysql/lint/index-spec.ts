import { Reader } from "./reader.ts";

/** One part of an index. */
export interface KeyPart {
  /** Absent for an expression. */
  readonly column: string | undefined;
  /** Characters of it that are indexed; all when absent. */
  readonly prefix: number | undefined;
}

/** An index as a statement writes it. */
export interface IndexSpec {
  readonly kind: "plain" | "unique" | "fulltext" | "spatial";
  /** Empty when the server is to find one. */
  readonly name: string;
  readonly parts: readonly KeyPart[];
}

/** What stands in the brackets of an index or key. */
export const keyParts = (texts: readonly string[]): readonly KeyPart[] =>
  texts.map((text) => {
    const reader = new Reader(text);
    if (reader.peek() === "(" || reader.peek(1) === ".")
      return { column: undefined, prefix: undefined };
    const column = reader.name();
    const [prefix] = reader.brackets() ?? [];
    return { column, prefix: prefix === undefined ? undefined : Number(prefix) };
  });

/** The columns that are indexed. */
export const indexedColumns = ({ parts }: Pick<IndexSpec, "parts">): readonly string[] =>
  parts.flatMap(({ column }) => column ?? []);

/** Reads from behind `add` or within `create table`: `unique key name (a, b desc)`; undefined when it is no index. */
export function readIndex(reader: Reader): IndexSpec | undefined {
  const kind = reader.acceptAny("unique", "fulltext", "spatial");
  const word = reader.acceptAny("index", "key");
  if (kind === undefined && word === undefined) return undefined;
  reader.accept("if", "not", "exists");
  const named = reader.peek() !== "(" && reader.peek() !== "using";
  const name = named ? reader.name() : "";
  if (reader.accept("using")) reader.take();
  const parts = keyParts(reader.brackets() ?? []);
  return { kind: kindOf(kind), name, parts };
}

export const kindOf = (word: string | undefined): IndexSpec["kind"] =>
  word === "unique" || word === "fulltext" || word === "spatial" ? word : "plain";
