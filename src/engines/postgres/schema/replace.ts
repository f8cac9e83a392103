import { isWider } from "./bounds.ts";
import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import {
  concurrently,
  droppedAtOnce,
  droppedConcurrently,
  heldAtOnce,
  isHeldAtOnce,
  madeOnline,
  notValidFirst,
  usingIndex,
  validated,
  words,
} from "./online.ts";
import type { TableObject } from "./objects.ts";
import { rank } from "./rank.ts";
import { isStricter } from "../../families/sql/reference-succession.ts";
import { rankOfAdded, releasedAfter } from "./reference-change.ts";
import { addConstraint, commentOnIndex, dropConstraint } from "./render.ts";
import type { ConstraintShape } from "./shape.ts";
import { alterTable, renameIndex } from "./statement.ts";
import { bodyOf, isUnique } from "./widened-unique.ts";

/** A constraint or an index that gets another definition under its name, while code of before and after writes. */
export function replacedObject(
  change: TableChange,
  from: TableObject,
  to: TableObject,
): readonly Draft[] {
  if (isUnique(from) && isUnique(to)) return replacedUnique(change, from, to);
  if (from.kind === "index" && to.kind === "index") return replacedIndex(change, from, to);
  if (from.kind === "constraint" && to.kind === "constraint") {
    if (from.shape.kind === "foreign" && to.shape.kind === "foreign")
      return replacedReference(change, from.shape, to.shape);
    if (from.shape.kind === "check" && to.shape.kind === "check") {
      return isWider(from.shape.bounds, to.shape.bounds)
        ? exchangedAtOnce(change, from.shape, to.shape)
        : replacedCheck(change, from.shape, to.shape);
    }
  }
  return [droppedAtOnce(change, from), ...madeOnline(change, to, false)];
}

type IndexObject = Extract<TableObject, { readonly kind: "index" }>;

function replacedIndex(change: TableChange, from: IndexObject, to: IndexObject): readonly Draft[] {
  const name = change.temporary(to.name, "next");
  return [
    concurrently(change, { ...to.shape, name }),
    ...droppedConcurrently(change, from, "expand"),
    named(change, to, [renameIndex(name, to.name), comment(to)], [renameIndex(to.name, name)]),
  ];
}

const comment = ({ name, shape }: IndexObject): string => commentOnIndex(name, shape.comment);

function named(
  change: TableChange,
  to: TableObject,
  up: readonly string[],
  down: readonly string[],
): Draft {
  return draft({
    rank: rank.renameIndex,
    stem: `${change.to.name}-exchange-${to.name}`,
    title: `${change.to.name}: the new ${words(to)} takes the name`,
    up,
    down,
    risks: ["locks"],
    touches: [change.part],
  });
}

/** The new one is built before the old one goes, so there is no moment without either. */
function replacedUnique(change: TableChange, from: TableObject, to: TableObject): readonly Draft[] {
  // Of a partitioned table no constraint takes an index over.
  if (change.from.partition !== undefined)
    return [droppedAtOnce(change, from), ...madeOnline(change, to, false)];
  const table = change.to.name;
  const name = change.temporary(to.name, "next");
  const built = concurrently(change, { name, unique: true, body: bodyOf(to) });
  const take =
    to.kind === "index"
      ? [renameIndex(name, to.name), comment(to)]
      : [alterTable(table, `add ${usingIndex(to.name, name)}`)];
  const leave =
    to.kind === "index" ? [renameIndex(to.name, name)] : [dropConstraint(table, to.name)];
  if (from.kind === "index")
    return [built, ...droppedConcurrently(change, from, "expand"), named(change, to, take, leave)];
  return [
    built,
    named(
      change,
      to,
      [dropConstraint(table, from.name), ...take],
      [...leave, addConstraint(table, from.shape)],
    ),
  ];
}

/** Those that come are built while the one that goes still refuses what they would stumble over: there is no moment without either. */
export const widenedUnique = (
  change: TableChange,
  from: TableObject,
  to: readonly TableObject[],
): readonly Draft[] => [
  ...to.flatMap((each) => madeOnline(change, each, "known").map(unfailing)),
  ...(from.kind === "index"
    ? droppedConcurrently(change, from, "expand")
    : [{ ...droppedAtOnce(change, from), rank: rank.dropIndex }]),
];

/** Every row that is there fits. */
function unfailing(step: Draft): Draft {
  const risks = step.risks.filter((risk) => risk !== "depends-on-data");
  return { ...step, risks: risks.length === 0 ? ["none"] : risks };
}

/** Code of before may break one that holds the tenant, so that waits until none runs any more; one without it says less. */
function replacedReference(
  change: TableChange,
  from: ConstraintShape,
  to: ConstraintShape,
): readonly Draft[] {
  if (from.name === to.name) return exchangedAtOnce(change, from, to);
  const phase = isStricter(from, to) ? "contract" : "expand";
  const made = notValidFirst(change, to, { made: phase, checked: phase });
  return releasedAfter(change, from, made);
}

/** Every row of before fits, or is looked at afterwards. */
function exchangedAtOnce(
  change: TableChange,
  from: ConstraintShape,
  to: ConstraintShape,
): readonly Draft[] {
  const table = change.to.name;
  const atOnce = isHeldAtOnce(change, to);
  const made = atOnce ? addConstraint(table, to) : notValid(table, to);
  const exchange = draft({
    rank: rankOfAdded(to),
    stem: `${table}-exchange-${to.name}`,
    title: `${table}: ${to.name} gets another definition`,
    up: [dropConstraint(table, from.name), made],
    down: [dropConstraint(table, to.name), addConstraint(table, from)],
    risks: atOnce ? ["scans"] : ["locks"],
    ...(atOnce && { accepts: { ...heldAtOnce, before: made } }),
    touches: [change.part],
  });
  return atOnce ? [exchange] : [exchange, validated(change, to, "expand")];
}

const notValid = (table: string, constraint: ConstraintShape): string =>
  addConstraint(table, { ...constraint, definition: `${constraint.definition} not valid` });

/** Until no code of before runs, a row has to fit one of the two. */
function replacedCheck(
  change: TableChange,
  from: ConstraintShape,
  to: ConstraintShape,
): readonly Draft[] {
  const table = change.to.name;
  const either: ConstraintShape = {
    name: change.temporary(to.name, "either"),
    kind: "check",
    definition: `check (${conditionOf(from)} or ${conditionOf(to)})`,
  };
  return [
    draft({
      rank: rank.addObject,
      stem: `${table}-widen-${to.name}`,
      title: `${table}: ${to.name} takes what code of before and after writes`,
      up: [dropConstraint(table, from.name), notValid(table, either)],
      down: [dropConstraint(table, either.name), addConstraint(table, from)],
      risks: ["locks"],
      touches: [change.part],
    }),
    draft({
      rank: rank.addObject,
      phase: "contract",
      stem: `${table}-exchange-${to.name}`,
      title: `${table}: ${to.name} takes what code of after writes`,
      up: [notValid(table, to), dropConstraint(table, either.name)],
      down: [notValid(table, either), dropConstraint(table, to.name)],
      risks: ["locks"],
      touches: [change.part],
    }),
    validated(change, to, "contract"),
  ];
}

const conditionOf = ({ definition }: ConstraintShape): string => definition.replace(/^check /, "");
