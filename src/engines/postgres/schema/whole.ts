import { words } from "../../../ir/words.ts";
import { identifier } from "../sql/quote.ts";
import type { Draft } from "../../families/sql/draft.ts";
import { draft } from "../../families/sql/draft.ts";
import {
  addConstraint,
  createDomain,
  createFunction,
  createTable,
  createTrigger,
  dropConstraint,
  dropDomain,
  dropFunction,
  grant,
  secure,
} from "./render.ts";
import { type Schema, referenceOrder } from "./schema.ts";
import type { ConstraintShape, StorePart, TablePart, TableShape } from "./shape.ts";
import { partName, storePartName } from "./snapshot.ts";

/** Everything that an empty store needs, one step per section. */
export function wholeSteps(schema: Schema, spec: readonly string[]): readonly Draft[] {
  const placed = placedTables(referenceOrder(schema.tables, spec), []);
  return [
    ...(schema.store === undefined ? [] : beforeTables(schema.store)),
    ...placed.map(({ part, inline }) => tableStep(part, inline)),
    ...circleStep(placed),
    ...(schema.store === undefined ? [] : [operationStep(schema.store.operation)]),
  ];
}

interface Placed {
  readonly part: TablePart;
  readonly inline: readonly ConstraintShape[];
  /** Keys whose target comes later: a circle of references. */
  readonly late: readonly ConstraintShape[];
}

/** New tables with the references that they can be made with. @param there tables that exist already */
export function placedTables(
  parts: readonly TablePart[],
  there: readonly string[],
): readonly Placed[] {
  const made = new Set(there);
  return parts.map((part) => {
    made.add(part.table.name);
    const isLate = ({ target }: ConstraintShape): boolean =>
      target !== undefined && !made.has(target);
    return {
      part,
      inline: part.table.constraints.filter((each) => !isLate(each)),
      late: part.table.constraints.filter(isLate),
    };
  });
}

const section = (stem: string, title: string, up: readonly string[], down: readonly string[]) =>
  draft({ rank: 0, stem, title, up, down, touches: [storePartName] });

/** What tables need: the extension stays when all is taken back, since other schemas may use it. */
function beforeTables(store: StorePart): readonly Draft[] {
  const { extensions, functions, role } = store;
  return [
    ...(extensions.length === 0
      ? []
      : [section("extensions", "Extensions", extensions.map(createExtension), [])]),
    ...(functions.length === 0
      ? []
      : [
          section(
            "functions",
            "Functions",
            functions.flatMap(createFunction),
            functions.map(dropFunction).toReversed(),
          ),
        ]),
    ...(role === undefined
      ? []
      : [section("application-role", "Application role", [role.create], [role.drop])]),
  ];
}

export const createExtension = (name: string): string =>
  `create extension if not exists ${identifier(name)};`;

/** A table with its history and all that hangs on them. */
export const tableStep = (part: TablePart, inline: readonly ConstraintShape[]): Draft =>
  draft({
    rank: 0,
    stem: part.table.name,
    title: words(part.entity).length > 0 ? part.entity : part.table.name,
    up: tableStatements(part, inline),
    down: dropStatements(part),
    removes: part.table.name,
    touches: [partName(part.table.name)],
  });

export const tableStatements = (
  part: TablePart,
  inline: readonly ConstraintShape[],
): readonly string[] => [
  ...createTable(part.table, inline),
  ...(part.history === undefined ? [] : createTable(part.history, part.history.constraints)),
  ...part.functions.flatMap(createFunction),
  ...part.triggers.flatMap((trigger) => createTrigger(part.table.name, trigger)),
  ...tablesOf(part).flatMap(secure),
  ...tablesOf(part).flatMap((table) => table.grants.flatMap((each) => grant(table.name, each))),
  ...part.domains.flatMap(createDomain),
];

/** A table and its history. */
export const tablesOf = (part: TablePart): readonly TableShape[] =>
  part.history === undefined ? [part.table] : [part.table, part.history];

export const dropStatements = (part: TablePart): readonly string[] => [
  ...part.domains.map(dropDomain).toReversed(),
  `drop table ${identifier(part.table.name)};`,
  ...part.functions.map(dropFunction).toReversed(),
  ...(part.history === undefined ? [] : [`drop table ${identifier(part.history.name)};`]),
];

/** References that need both of their tables. */
export function circleStep(placed: readonly Placed[]): readonly Draft[] {
  const keys = placed.flatMap(({ part, late }) =>
    late.map((key) => ({ table: part.table.name, key })),
  );
  if (keys.length === 0) return [];
  return [
    draft({
      rank: 0,
      stem: "references-in-circles",
      title: "References in circles",
      up: keys.map(({ table, key }) => addConstraint(table, key)),
      down: keys.map(({ table, key }) => dropConstraint(table, key.name)).toReversed(),
      touches: [...new Set(keys.map(({ table }) => partName(table)))],
    }),
  ];
}

/** What belongs to no table, whole. */
export const storeSteps = (store: StorePart): readonly Draft[] => [
  ...beforeTables(store),
  operationStep(store.operation),
];

const operationStep = (table: TableShape): Draft =>
  section(
    "operation-ids",
    "Operation ids",
    [
      ...createTable(table, table.constraints),
      ...secure(table),
      ...table.grants.flatMap((each) => grant(table.name, each)),
    ],
    [`drop table ${identifier(table.name)};`],
  );
