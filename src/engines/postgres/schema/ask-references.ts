import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { askText } from "./ask-text.ts";
import { only, type TableChange } from "./change.ts";
import type { ObjectChange, TableObject } from "./objects.ts";
import { phaseOfRule } from "./online.ts";
import { isForced } from "./owner.ts";
import { rank } from "./rank.ts";
import { isSameReference, isStricter } from "../../families/sql/reference-succession.ts";
import type { ConstraintShape } from "./shape.ts";

/** Rows that refer to nothing are asked about before a foreign key comes, which writers would otherwise meet before anybody knows of them. */
export const orphanDrafts = (
  change: TableChange,
  objects: readonly ObjectChange[],
  tables: readonly TableChange[],
): readonly Draft[] =>
  objects.flatMap((object) => {
    const asked = newReference(change, object);
    return asked === undefined ? [] : [orphanDraft(change, asked, tables)];
  });

interface Asked {
  readonly phase: Draft["phase"];
  readonly reference: ConstraintShape;
}

function newReference(change: TableChange, object: ObjectChange): Asked | undefined {
  if (object.kind === "added") {
    const reference = foreignKey(object.on);
    if (reference === undefined) return undefined;
    if (change.mode === "direct") return { phase: "expand", reference };
    const phase = phaseOfRule(change, reference.definition, object.copied);
    return phase === "contract" ? { phase, reference } : undefined;
  }
  if (object.kind !== "replaced" && object.kind !== "remade") return undefined;
  const [from, reference] = [foreignKey(object.from), foreignKey(object.to)];
  if (reference === undefined || (from !== undefined && refersAlike(from, reference)))
    return undefined;
  if (from === undefined || !isSameReference(from, reference))
    return { phase: "expand", reference };
  // One that lets go of the tenant holds of every row that the one of before held of.
  if (!isStricter(from, reference)) return undefined;
  return { phase: object.kind === "replaced" ? "contract" : "expand", reference };
}

const foreignKey = (object: TableObject): ConstraintShape | undefined =>
  object.kind === "constraint" && object.shape.kind === "foreign" ? object.shape : undefined;

const refersAlike = (one: ConstraintShape, other: ConstraintShape): boolean =>
  [one, other]
    .map(({ columns, target, targetColumns }) => JSON.stringify([columns, target, targetColumns]))
    .every((text, _at, [first]) => text === first);

function orphanDraft(
  change: TableChange,
  { phase, reference: { name, columns = [], target = "", targetColumns = [] } }: Asked,
  tables: readonly TableChange[],
): Draft {
  const table = change.to.name;
  const reason = `what ${columns.join(", ")} of ${table} refers to is not in ${target}`;
  const own = (column: string): string => `${identifier(table)}.${identifier(column)}`;
  const pairs = targetColumns.map(
    (column, at) => `referred.${identifier(column)} = ${own(columns[at] ?? "")}`,
  );
  const where = [
    ...columns.map((column) => `${own(column)} is not null`),
    `not exists (select from ${identifier(target)} as referred where ${pairs.join(" and ")})`,
  ].join(" and ");
  const referred = tables.find((each) => each.to.name === target);
  const stands =
    isThere(change, columns) && referred !== undefined && isThere(referred, targetColumns);
  const first = phase === "contract" || stands;
  const when = phase === "contract" ? "to" : first ? "from" : "meanwhile";
  const past = [...new Set([change, ...(referred === undefined ? [] : [referred])])]
    .filter((each) => isForced(each, when))
    .map((each) => each.to.name);
  const key = change.to.constraints.find(({ kind }) => kind === "primary")?.columns ?? [];
  return draft({
    phase,
    rank: first ? rank.ask : rank.askReference,
    stem: `${table}-ask-${name}`,
    title: `${table}: stops where ${reason}`,
    up: [askText({ table, key, shown: columns, where, reason, past })],
    down: [],
    risks: ["depends-on-data"],
    ...(past.length > 0 && { transactional: false }),
    touches: [...new Set([change.part, target])],
  });
}

/** Whether a table has columns before the change as it has them after: then rows can be asked before anything else is done. */
const isThere = (change: TableChange, columns: readonly string[]): boolean =>
  change.was === change.to.name &&
  columns.every((name) =>
    only(change, "kept").some(
      ({ from, to }) => to.name === name && from.name === name && from.type === to.type,
    ),
  );
