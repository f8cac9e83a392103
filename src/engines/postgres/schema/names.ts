import { sqlNames, type TableSides, tableSides } from "../../families/sql/names.ts";
import type { NameMatch } from "../../../migrate/reused-names.ts";
import type { ChangeContext, Snapshot } from "../../../migrate/step.ts";
import { schemaOf } from "./schema.ts";
import type { TableShape } from "./shape.ts";

/** What a change does to the names of tables, columns and indexes. */
export function nameMatches(
  from: Snapshot,
  to: Snapshot,
  { store }: ChangeContext,
): readonly NameMatch[] {
  const sides = tableSides(schemaOf(from).tables, schemaOf(to).tables, store);
  return [...sqlNames(sides, store), ...indexNames(sides)];
}

/**
 * Every index of a schema has a name of its own, whichever table it is of: one that a table gives up is there until the contract. Within a
 * table the planner exchanges them.
 */
function indexNames({ kept, added, dropped }: TableSides<TableShape>): readonly NameMatch[] {
  const without = (names: readonly string[], others: readonly string[]): readonly string[] =>
    names.filter((name) => !others.includes(name));
  const gone = [
    ...kept.flatMap(({ before, after }) => without(namesOf(before), namesOf(after))),
    ...dropped.flatMap(namesOf),
  ];
  const come = [
    ...kept.map(({ before, after }) => ({
      holder: after.name,
      names: without(namesOf(after), namesOf(before)),
    })),
    // One under the name that a rename leaves is told as a table.
    ...added
      .filter(({ name }) => !kept.some(({ before }) => before.name === name))
      .map((table) => ({ holder: table.name, names: namesOf(table) })),
  ];
  return come.map(({ holder, names }) => ({
    kind: "index",
    holder,
    before: [],
    kept: [],
    added: names,
    dropped: gone,
  }));
}

/** Of indexes, and of the constraints that are kept by one. */
const namesOf = ({ indexes, constraints }: TableShape): readonly string[] => [
  ...indexes.map(({ name }) => name),
  ...constraints
    .filter(({ kind }) => kind === "primary" || kind === "unique")
    .map(({ name }) => name),
];
