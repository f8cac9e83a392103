import type { ChangeContext } from "../../../migrate/step.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { addConstraint, dropConstraint } from "./render.ts";
import { referenceOrder, type Schema } from "./schema.ts";
import type { ConstraintShape, TablePart } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { circleStep, dropStatements, placedTables, tableStatements, tableStep } from "./whole.ts";

/**
 * Tables that are new.
 *
 * @param there those that they may refer to at once
 * @param late when those can be referred to that are not
 */
export function addedTables(
  added: readonly TablePart[],
  to: Schema,
  spec: readonly string[],
  there: readonly string[],
  late: number = rank.addReference,
): readonly Draft[] {
  const parts = referenceOrder(to.tables, spec).filter((part) => added.includes(part));
  const placed = placedTables(parts, there);
  return [
    ...placed.map(({ part, inline }) => ({
      ...tableStep(part, inline),
      rank: rank.createTable,
      title: `${part.table.name} is made, for ${part.entity}`,
      risks: inline.some(({ target }) => target !== undefined && there.includes(target))
        ? (["locks"] as const)
        : (["none"] as const),
    })),
    ...circleStep(placed).map((step) => ({
      ...step,
      rank: late,
      stem: "references-of-new-tables",
      title: "References of new tables",
    })),
  ];
}

/**
 * Tables that no entity has any more. What keeps code of after from deleting rows that theirs refer to goes at once; with those that it
 * deletes, their own rows go on going.
 *
 * @param to what is there after the change
 */
export function droppedTables(
  dropped: readonly TablePart[],
  from: Schema,
  to: Schema,
  { mode }: Pick<ChangeContext, "mode">,
): readonly Draft[] {
  const late = mode === "split";
  const parts = referenceOrder(from.tables, []).filter((part) => dropped.includes(part));
  return parts.toReversed().flatMap((part) => {
    const released = references(part).filter((key) => !late || !staysBeside(key, from, to));
    const kept = part.table.constraints.filter((each) => !released.includes(each));
    const holds = kept.some(({ kind }) => kind === "foreign");
    return [
      ...releasedReferences(part, released),
      draft({
        rank: late ? rank.dropRest : rank.dropTable,
        phase: late ? "contract" : "expand",
        stem: `${part.table.name}-drop`,
        title: `${part.table.name} is dropped with its rows`,
        up: dropStatements(part),
        down: tableStatements(part, kept),
        reversibility: "loses-data",
        risks: late ? [holds ? "locks" : "none"] : ["breaks-old-code"],
        touches: [partName(part.table.name)],
        destroys: partName(part.table.name),
      }),
    ];
  });
}

const references = (part: TablePart): readonly ConstraintShape[] =>
  part.table.constraints.filter(({ kind }) => kind === "foreign");

/** Whether a reference keeps nobody from anything, and what it leads to stays as it is. */
function staysBeside(key: ConstraintShape, from: Schema, to: Schema): boolean {
  const { target, targetColumns = [], onDelete } = key;
  const [before, after] = [from, to].map(({ tables }) => {
    const table = tables.find((each) => each.table.name === target)?.table;
    return (
      table && {
        keys: table.constraints.filter(({ kind }) => kind === "primary" || kind === "unique"),
        columns: table.columns
          .filter(({ name }) => targetColumns.includes(name))
          .map(({ name, type }) => [name, type]),
      }
    );
  });
  return (
    onDelete === "cascade" &&
    before !== undefined &&
    JSON.stringify(before) === JSON.stringify(after)
  );
}

function releasedReferences(
  { table: { name } }: TablePart,
  keys: readonly ConstraintShape[],
): readonly Draft[] {
  if (keys.length === 0) return [];
  return [
    draft({
      rank: rank.dropReference,
      stem: `${name}-release`,
      title: `${name}: what its rows refer to may be deleted`,
      up: keys.map((key) => dropConstraint(name, key.name)),
      down: keys.toReversed().map((key) => addConstraint(name, key)),
      risks: ["locks"],
      touches: [partName(name)],
    }),
  ];
}
