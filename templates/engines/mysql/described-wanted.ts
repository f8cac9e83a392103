import { referenceText } from "../../runtime/described-reference.ts";
import type { DescribedObjects } from "../../runtime/migration.ts";
import { indexText, listedParts, typeText } from "./described-text.ts";
import type { Dialect } from "./session-settings.ts";

/** What is read of a part of the snapshot; the generator's planner writes more. */
export interface WantedPart {
  readonly table?: WantedTable;
  readonly history?: WantedTable;
  readonly operation?: WantedTable;
  readonly triggers?: readonly (Named & { readonly table: string; readonly definition: string })[];
}

interface Named {
  readonly name: string;
}

export interface WantedTable extends Named {
  readonly collation: string;
  readonly columns: readonly WantedColumn[];
  readonly constraints: readonly WantedConstraint[];
  readonly indexes: readonly (Named & {
    readonly kind: "plain" | "unique" | "fulltext";
    readonly body: string;
  })[];
}

interface WantedColumn extends Named {
  readonly type: string;
  readonly nullable: boolean;
  readonly value?:
    | { readonly kind: "default"; readonly expression: string }
    | { readonly kind: "identity" }
    | { readonly kind: "generated"; readonly expression: string; readonly stored: boolean };
}

interface WantedConstraint extends Named {
  readonly kind: string;
  readonly definition: string;
  readonly columns?: readonly string[];
  readonly target?: string;
  readonly targetColumns?: readonly string[];
  readonly onDelete?: string;
}

type Entry = readonly [object: string, text: string];

/** The objects that a part of the snapshot wants, in the words of `foundObjects`. */
export function wantedObjects(
  { table, history, operation, triggers = [] }: WantedPart,
  dialect: Dialect,
): DescribedObjects {
  const tables = [table, history, operation].flatMap((each) => each ?? []);
  return new Map<string, string>([
    ...tables.flatMap((each) => tableEntries(each, dialect)),
    ...triggers.map((each): Entry => [`trigger ${each.table}.${each.name}`, "trigger"]),
  ]);
}

const tableEntries = (table: WantedTable, dialect: Dialect): readonly Entry[] => [
  [`table ${table.name}`, "table"],
  ...table.columns.map((each): Entry => [
    `column ${table.name}.${each.name}`,
    columnText(each, dialect),
  ]),
  ...table.constraints.map((each) => constraintEntry(table.name, each)),
  ...table.indexes.map((each): Entry => [
    `index ${table.name}.${each.name}`,
    indexText(each.kind, listedParts(each.body)),
  ]),
];

const columnText = ({ type, nullable, value }: WantedColumn, dialect: Dialect): string =>
  typeText(type, dialect) + (nullable ? "" : " not null") + valueWords(value?.kind);

function valueWords(kind: string | undefined): string {
  switch (kind) {
    case undefined:
      return "";
    case "identity":
      return ", auto_increment";
    case "generated":
      return ", generated";
    default:
      return ", with a default";
  }
}

/** A primary key is told as the index that it is. */
function constraintEntry(table: string, constraint: WantedConstraint): Entry {
  const { name, kind, columns = [], target = "", targetColumns = [], onDelete = "" } = constraint;
  if (kind === "primary")
    return [
      `index ${table}.PRIMARY`,
      indexText(
        "unique",
        columns.map((column) => ({ column, descending: false })),
      ),
    ];
  const text =
    kind === "foreign" ? referenceText({ columns, target, targetColumns, onDelete }) : "check";
  return [`constraint ${table}.${name}`, text];
}
