import type { ChangeContext } from "../../../migrate/step.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { addConstraint, dropConstraint } from "./render.ts";
import { referenceOrder, type Schema } from "./schema.ts";
import type { TablePart } from "./shape.ts";
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

/** Tables that no entity has any more: their references go at once, since those would keep new code from deleting. */
export function droppedTables(
  dropped: readonly TablePart[],
  from: Schema,
  { mode }: Pick<ChangeContext, "mode">,
): readonly Draft[] {
  const late = mode === "split";
  const parts = referenceOrder(from.tables, []).filter((part) => dropped.includes(part));
  return parts.toReversed().flatMap((part) => [
    ...releasedReferences(part),
    draft({
      rank: late ? rank.dropRest : rank.dropTable,
      phase: late ? "contract" : "expand",
      stem: `${part.table.name}-drop`,
      title: `${part.table.name} is dropped with its rows`,
      up: dropStatements(part),
      down: tableStatements(part, withoutReferences(part)),
      reversibility: "loses-data",
      risks: late ? ["none"] : ["breaks-old-code"],
      touches: [partName(part.table.name)],
      destroys: partName(part.table.name),
    }),
  ]);
}

const references = (part: TablePart) =>
  part.table.constraints.filter(({ kind }) => kind === "foreign");
const withoutReferences = (part: TablePart) =>
  part.table.constraints.filter(({ kind }) => kind !== "foreign");

function releasedReferences(part: TablePart): readonly Draft[] {
  const { name } = part.table;
  const keys = references(part);
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
