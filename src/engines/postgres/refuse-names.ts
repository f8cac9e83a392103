import type { EntityIr, StoreIr } from "../../ir/types.ts";
import { identifierBytes, primaryKeyName } from "../../ir/names.ts";
import type { Refusal } from "./refuse.ts";

/** Names that the server would cut, or that statements could not hold. */
export function nameProblems(entity: EntityIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const names = [
    { path: `${path}.table`, name: entity.table, key: "table" },
    ...entity.fields.map((field) => ({
      path: `${path}.fields.${field.name}`,
      name: field.column,
      key: "column",
    })),
  ];
  return names.flatMap(({ path: at, name, key }) => {
    const problem = nameProblem(name) ?? (key === "column" ? columnProblem(name) : undefined);
    return problem === undefined
      ? []
      : [
          {
            path: at,
            text: `${key} ${JSON.stringify(name)} ${problem}`,
            hint: `name another: ${key}:`,
          },
        ];
  });
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (Buffer.byteLength(name, "utf8") > identifierBytes)
    return `is longer than ${identifierBytes} bytes, where the server cuts names`;
  // A statement's parameters are found in its text, quoted names included.
  return /\$\d|\{0\}|\0/.test(name) ? "reads like a parameter of a statement" : undefined;
}

/** Every table has these already. Source: manual, "System Columns". */
const systemColumns: ReadonlySet<string> = new Set([
  "tableoid",
  "xmin",
  "cmin",
  "xmax",
  "cmax",
  "ctid",
]);

const columnProblem = (name: string): string | undefined =>
  systemColumns.has(name) ? "is a system column that every table has" : undefined;

/** A transaction has the store's repositories beside two properties of its own. */
export function propertyProblems(store: StoreIr): readonly Refusal[] {
  const own = ["store", "raw"];
  const views = store.views.filter((view) => own.includes(view.property));
  const repositories = store.repositories.filter(({ entity }) => own.includes(entity.property));
  return [
    ...views.map((view) => ({
      path: `workloads.${view.workload}`,
      text: `"${view.property}" is what a transaction calls its own`,
      hint: "name the workload otherwise",
    })),
    ...repositories.map(({ entity }) => ({
      path: `entities.${entity.name}`,
      text: `"${entity.property}" is what a transaction calls its own`,
      hint: "name the entity otherwise",
    })),
  ];
}

interface Relation {
  readonly entity: string;
  readonly name: string;
  /** Of the index of a constraint: the name that would be made for it. */
  readonly made?: string;
}

/**
 * Keys and unique constraints are indexes, which share their names with tables: a table that was renamed keeps those of before, and a new one
 * of its former name wants them.
 */
export function constraintNameProblems(store: StoreIr): readonly Refusal[] {
  const first = new Map<string, Relation>();
  return store.entities.flatMap(relationsOf).flatMap((one): readonly Refusal[] => {
    const other = first.get(one.name);
    if (other === undefined) first.set(one.name, one);
    // Tables and indexes among themselves are told for every engine.
    const made = one.made ?? other?.made;
    if (other === undefined || made === undefined) return [];
    const holder = one.made === undefined ? other.entity : one.entity;
    return [
      {
        path: `entities.${one.entity}`,
        text: `${one.name} would be the name of an index or table of ${other.entity} and of ${one.entity}`,
        hint: `give that of ${holder} another name: constraints: { ${made}: … }, or table: of another one`,
      },
    ];
  });
}

const relationsOf = ({
  name: entity,
  table,
  historyTable,
  indexes,
  unique,
  keyless,
  constraintNames: given = {},
}: EntityIr): readonly Relation[] => [
  ...[table, ...(historyTable === undefined ? [] : [historyTable])].map((name) => ({
    entity,
    name,
  })),
  ...indexes.map(({ name }) => ({ entity, name })),
  ...unique.map(({ name: made }): Relation => {
    const name = given[made];
    return name === undefined ? { entity, name: made } : { entity, name, made };
  }),
  ...(keyless ? [] : [primaryKeyName(table)]).map((made) => ({
    entity,
    name: given[made] ?? made,
    made,
  })),
];
