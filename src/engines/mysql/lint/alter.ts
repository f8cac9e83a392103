import { type ColumnSpec, readColumn } from "./column.ts";
import { type IndexSpec, indexedColumns, keyParts, readIndex } from "./index-spec.ts";
import { Reader } from "./reader.ts";

/** One thing that `alter table` does. */
export type Action =
  | { readonly kind: "add-column"; readonly column: ColumnSpec }
  /** `modify`, or `change` with a name that may be another one. */
  | { readonly kind: "modify-column"; readonly from: string; readonly column: ColumnSpec }
  | { readonly kind: "drop-column"; readonly name: string }
  | { readonly kind: "rename-column"; readonly from: string; readonly to: string }
  | { readonly kind: "column-default"; readonly name: string }
  | { readonly kind: "add-index"; readonly index: IndexSpec }
  | { readonly kind: "drop-index" | "rename-index"; readonly name: string }
  | { readonly kind: "add-primary"; readonly columns: readonly string[] }
  | { readonly kind: "drop-primary" }
  | {
      readonly kind: "add-reference";
      readonly name: string;
      readonly columns: readonly string[];
      readonly target: string;
      readonly targetColumns: readonly string[];
    }
  | { readonly kind: "add-check"; readonly name: string; readonly condition: string }
  | { readonly kind: "drop-reference" | "drop-check"; readonly name: string }
  | { readonly kind: "rename-table"; readonly to: string }
  | { readonly kind: "convert"; readonly charset: string }
  | { readonly kind: "option"; readonly name: string; readonly value: string }
  | { readonly kind: "partition"; readonly verb: string }
  | { readonly kind: "force" }
  | { readonly kind: "unknown" };

/** Each of the texts between the commas. */
export const readActions = (texts: readonly string[]): readonly Action[] => {
  let inBrackets: readonly string[] = [];
  return texts.flatMap((text): readonly Action[] => {
    const reader = new Reader(text);
    if (reader.peek() === "add" && (reader.peek(1) === "(" || reader.peek(2) === "(")) {
      const ahead = new Reader(text);
      ahead.accept("add");
      ahead.accept("column");
      inBrackets = ahead.brackets() ?? [];
      if (inBrackets.length > 0)
        return inBrackets.map((one) => ({ kind: "add-column", column: readColumn(one) }));
    }
    return [readAction(reader)];
  });
};

function readAction(reader: Reader): Action {
  const verb = reader.peek();
  if (reader.accept("add")) return readAdded(reader);
  if (reader.accept("drop")) return readDropped(reader);
  if (reader.accept("modify")) {
    passColumn(reader);
    const column = readColumn(rest(reader));
    return { kind: "modify-column", from: column.name, column };
  }
  if (reader.accept("change")) {
    passColumn(reader);
    const from = reader.name();
    return { kind: "modify-column", from, column: readColumn(rest(reader)) };
  }
  if (reader.accept("rename")) return readRenamed(reader);
  if (reader.accept("alter")) return readAltered(reader);
  if (reader.accept("convert", "to")) {
    reader.acceptAny("charset", "character");
    reader.accept("set");
    return { kind: "convert", charset: reader.take().toLowerCase() };
  }
  if (reader.accept("force")) return { kind: "force" };
  if (partitionVerbs.includes(verb)) return { kind: "partition", verb };
  return readOption(reader);
}

const partitionVerbs: readonly string[] = [
  "partition",
  "truncate",
  "reorganize",
  "coalesce",
  "exchange",
  "rebuild",
  "remove",
];

const rest = (reader: Reader): string => reader.text.slice(reader.place);

function passColumn(reader: Reader): void {
  reader.accept("column");
  reader.accept("if", "exists");
  reader.accept("if", "not", "exists");
}

function readAdded(reader: Reader): Action {
  if (reader.peek() === "partition") return { kind: "partition", verb: "add" };
  return readElement(reader) ?? addedColumn(reader);
}

function addedColumn(reader: Reader): Action {
  passColumn(reader);
  return { kind: "add-column", column: readColumn(rest(reader)) };
}

/** An index, key or constraint, as `create table` and `add` write it; undefined for a column. */
export function readElement(reader: Reader): Action | undefined {
  const index = readIndex(reader);
  if (index !== undefined) return { kind: "add-index", index };
  const name = reader.accept("constraint") ? constraintName(reader) : "";
  if (reader.accept("primary", "key")) {
    if (reader.accept("using")) reader.take();
    return {
      kind: "add-primary",
      columns: indexedColumns({ parts: keyParts(reader.brackets() ?? []) }),
    };
  }
  if (reader.accept("foreign", "key")) {
    if (reader.peek() !== "(") reader.name();
    const columns = indexedColumns({ parts: keyParts(reader.brackets() ?? []) });
    reader.accept("references");
    const target = reader.name();
    const targetColumns = indexedColumns({ parts: keyParts(reader.brackets() ?? []) });
    return { kind: "add-reference", name, columns, target, targetColumns };
  }
  if (reader.accept("check"))
    return { kind: "add-check", name, condition: (reader.brackets() ?? []).join(", ") };
  const unique = readIndex(reader);
  return unique === undefined
    ? undefined
    : { kind: "add-index", index: { ...unique, name: unique.name || name } };
}

const constraintName = (reader: Reader): string =>
  ["primary", "foreign", "unique", "check"].includes(reader.peek()) ? "" : reader.name();

function readDropped(reader: Reader): Action {
  if (reader.accept("primary", "key")) return { kind: "drop-primary" };
  if (reader.accept("partition")) return { kind: "partition", verb: "drop" };
  if (reader.accept("foreign", "key")) return { kind: "drop-reference", name: named(reader) };
  const kind = reader.acceptAny("index", "key", "constraint", "check");
  const name = kind === undefined ? "" : named(reader);
  if (kind === "index" || kind === "key") return { kind: "drop-index", name };
  if (kind !== undefined) return { kind: "drop-check", name };
  passColumn(reader);
  return { kind: "drop-column", name: reader.name() };
}

function named(reader: Reader): string {
  reader.accept("if", "exists");
  return reader.name();
}

function readRenamed(reader: Reader): Action {
  if (reader.accept("column")) {
    const from = named(reader);
    reader.accept("to");
    return { kind: "rename-column", from, to: reader.name() };
  }
  if (reader.acceptAny("index", "key")) return { kind: "rename-index", name: named(reader) };
  reader.acceptAny("to", "as");
  return { kind: "rename-table", to: reader.name() };
}

function readAltered(reader: Reader): Action {
  if (reader.acceptAny("index", "key", "check", "constraint"))
    return { kind: "option", name: "visibility", value: reader.name() };
  reader.accept("column");
  return { kind: "column-default", name: named(reader) };
}

function readOption(reader: Reader): Action {
  reader.accept("default");
  const name =
    reader.acceptAny("character") === undefined ? reader.take().toLowerCase() : "charset";
  reader.accept("set");
  reader.accept("=");
  return name === "" ? { kind: "unknown" } : { kind: "option", name, value: reader.take() };
}
