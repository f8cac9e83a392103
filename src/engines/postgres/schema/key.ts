import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { addConstraint, dropConstraint } from "./render.ts";
import type { ConstraintShape, TableShape } from "./shape.ts";
import { renameConstraint } from "./statement.ts";

const keyOf = (table: TableShape): ConstraintShape | undefined =>
  table.constraints.find(({ kind }) => kind === "primary");

/** The primary key. Its columns change at once: what finds a row by it cannot have two. */
export function keyDrafts(change: TableChange): readonly Draft[] {
  const [from, to] = [keyOf(change.from), keyOf(change.to)];
  const table = change.to.name;
  if (from?.definition === to?.definition) {
    if (from === undefined || to === undefined || from.name === to.name) return [];
    return [
      draft({
        rank: rank.renameObject,
        stem: `${table}-rename-${from.name}`,
        title: `${table}: key ${from.name} is now called ${to.name}`,
        up: [renameConstraint(table, from.name, to.name)],
        down: [renameConstraint(table, to.name, from.name)],
        touches: [change.part],
      }),
    ];
  }
  return [
    ...(from === undefined
      ? []
      : [
          draft({
            rank: rank.dropGenerated + 1,
            stem: `${table}-drop-${from.name}`,
            title: `${table}: the key of before goes`,
            up: [dropConstraint(table, from.name)],
            down: [addConstraint(table, from)],
            risks: ["locks", "breaks-old-code"],
            touches: [change.part],
          }),
        ]),
    ...(to === undefined
      ? []
      : [
          draft({
            rank: rank.addKey,
            stem: `${table}-add-${to.name}`,
            title: `${table}: rows are found by another key`,
            up: [addConstraint(table, to)],
            down: [dropConstraint(table, to.name)],
            risks: ["scans", "depends-on-data"],
            touches: [change.part],
          }),
        ]),
  ];
}
