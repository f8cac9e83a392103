import { referenceText } from "../../runtime/described-reference.ts";
import { anyhow, type DescribedObjects } from "../../runtime/migration.ts";
import { enumValue, indexText, typeText } from "./described-text.ts";

/** What is read of a part of the snapshot; the generator's planner writes more. */
export interface WantedPart {
  readonly table?: WantedTable;
  readonly history?: WantedTable;
  readonly operation?: WantedTable;
  readonly triggers?: readonly (Named & { readonly event: string; readonly function: string })[];
  readonly domains?: readonly WantedDomain[];
  readonly functions?: readonly (Named & {
    readonly arguments: string;
    readonly definition: string;
  })[];
  readonly extensions?: readonly string[];
}

interface Named {
  readonly name: string;
}

interface WantedDomain extends Named {
  readonly type: string;
  readonly constraint: string;
  readonly condition: string;
}

export interface WantedTable extends Named {
  readonly columns: readonly WantedColumn[];
  readonly constraints: readonly WantedConstraint[];
  readonly indexes: readonly (Named & { readonly unique: boolean; readonly body: string })[];
  readonly security: "none" | "enabled" | "forced";
  readonly policies: readonly WantedPolicy[];
}

interface WantedColumn extends Named {
  readonly type: string;
  readonly nullable: boolean;
  /** Of an enum type, those that the field names. */
  readonly values?: readonly string[];
  readonly value?:
    | { readonly kind: "default" | "generated"; readonly expression: string }
    | { readonly kind: "identity"; readonly always: boolean };
}

interface WantedConstraint extends Named {
  readonly kind: string;
  readonly definition: string;
  readonly columns?: readonly string[];
  readonly target?: string;
  readonly targetColumns?: readonly string[];
  readonly onDelete?: string;
}

interface WantedPolicy extends Named {
  readonly command?: string;
  readonly using: string;
  readonly check?: string;
}

type Entry = readonly [object: string, text: string];

/** The objects that a part of the snapshot wants, in the words of `foundObjects`. */
export function wantedObjects({
  table,
  history,
  operation,
  triggers = [],
  domains = [],
  functions = [],
  extensions = [],
}: WantedPart): DescribedObjects {
  const tables = [table, history, operation].flatMap((each) => each ?? []);
  return new Map<string, string>([
    ...tables.flatMap(tableEntries),
    ...triggers.map(({ name }): Entry => [`trigger ${table?.name}.${name}`, "enabled"]),
    ...domains.map(({ name, type }): Entry => [`type ${name}`, typeText(type)]),
    ...functions.map((each): Entry => [functionName(each.name, each.arguments), "function"]),
    ...extensions.map((name): Entry => [`extension ${name}`, "installed"]),
  ]);
}

const functionName = (name: string, types: string): string =>
  `function ${name}(${types
    .split(",")
    .map((type) => typeText(type.trim()))
    .join(", ")})`;

const tableEntries = (table: WantedTable): readonly Entry[] => [
  [`table ${table.name}`, securityWords[table.security]],
  ...table.columns.map((each): Entry => [`column ${table.name}.${each.name}`, columnText(each)]),
  ...table.columns.flatMap(({ type, values = [] }) =>
    values.map((value): Entry => [enumValue(typeText(type), value), "there"]),
  ),
  ...table.constraints.map((each): Entry => [
    `constraint ${table.name}.${each.name}`,
    constraintText(each),
  ]),
  ...table.indexes.map(({ name, unique, body }): Entry => [
    `index ${name}`,
    `${unique ? "unique " : ""}${indexText(body)}`,
  ]),
  ...table.policies.map((each): Entry => [`policy ${table.name}.${each.name}`, policyText(each)]),
];

/** One that no tenant asks for may be there beside the snapshot, as others' policies may: an adopted table keeps its own. */
const securityWords = {
  none: anyhow,
  enabled: "with row-level security",
  forced: "with row-level security, forced",
} as const;

const columnText = ({ type, nullable, value }: WantedColumn): string =>
  typeText(type) + (nullable ? "" : " not null") + valueText(value);

function valueText(value: WantedColumn["value"]): string {
  switch (value?.kind) {
    case undefined:
      return "";
    case "identity":
      return value.always ? ", identity always" : ", identity by default";
    case "generated":
      return ", generated";
    default:
      return ", with a default";
  }
}

function constraintText(constraint: WantedConstraint): string {
  const { kind, columns = [], target = "", targetColumns = [], onDelete = "" } = constraint;
  switch (kind) {
    case "primary":
      return `primary key (${columns.join(", ")})`;
    case "unique":
      return `unique (${columns.join(", ")})`;
    case "foreign":
      return referenceText({ columns, target, targetColumns, onDelete });
    default:
      return "check";
  }
}

const policyText = ({ command = "all", using, check }: WantedPolicy): string =>
  `for ${command}${using === "" ? "" : " using …"}${check === undefined ? "" : " with check …"}`;
