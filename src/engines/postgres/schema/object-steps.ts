import type { Exchange } from "./copies.ts";
import { only, type TableChange } from "./change.ts";
import { isWiderInteger } from "./convert.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { isRekeyed, type ObjectChange, type TableObject } from "./objects.ts";
import {
  droppedAtOnce,
  droppedConcurrently,
  madeAtOnce,
  madeOnline,
  makeObject,
  renameObject,
  words,
} from "./online.ts";
import { rank } from "./rank.ts";
import { holdsKey } from "./reference-change.ts";
import { replacedObject, widenedUnique } from "./replace.ts";
import type { ColumnShape } from "./shape.ts";
import { mentionsAny } from "./tokens.ts";

/** The steps of constraints and indexes, in the gentlest way that each can take. */
export const objectDrafts = (
  change: TableChange,
  objects: readonly ObjectChange[],
): readonly Draft[] => objects.flatMap((each) => objectDraft(change, each));

function objectDraft(change: TableChange, object: ObjectChange): readonly Draft[] {
  switch (object.kind) {
    case "renamed":
      return [renamedObject(change, object.from, object.to)];
    case "added":
      return change.mode === "direct" || isAtOnce(change, object.to)
        ? [madeAtOnce(change, object.to)]
        : madeOnline(change, object.on, object.copied);
    case "replaced":
      return replacedObject(change, object.from, object.to);
    case "widened":
      return widenedUnique(change, object.from, object.to);
    case "remade":
      return remadeObject(change, object.from, object.to);
    case "dropped":
      return droppedObject(change, object);
  }
}

/** What references lead to comes with the key that it holds. */
const isAtOnce = (change: TableChange, to: TableObject): boolean =>
  to.kind === "constraint" && isRekeyed(change) && holdsKey(change.to, to.shape);

function renamedObject(change: TableChange, from: TableObject, to: TableObject): Draft {
  const table = change.to.name;
  return draft({
    rank: rank.renameObject,
    stem: `${table}-rename-${from.name}`,
    title: `${table}: ${words(from)} is now called ${to.name}`,
    up: [renameObject(table, from, to.name)],
    down: [renameObject(table, to, from.name)],
    touches: [change.part],
  });
}

function remadeObject(change: TableChange, from: TableObject, to: TableObject): readonly Draft[] {
  return change.mode === "split" && from.kind === "index" && to.kind === "index"
    ? [
        ...droppedConcurrently(change, from, "expand", rank.dropFirst),
        ...madeOnline(change, to, false),
      ]
    : [droppedAtOnce(change, from), madeAtOnce(change, to)];
}

function droppedObject(
  change: TableChange,
  { from, until }: Extract<ObjectChange, { readonly kind: "dropped" }>,
): readonly Draft[] {
  if (from.kind === "constraint" && until === "column")
    return [{ ...droppedAtOnce(change, from), phase: "contract" }];
  if (from.kind === "constraint" || change.mode === "direct")
    return until === "now" || until === "beside" ? [droppedAtOnce(change, from)] : [];
  switch (until) {
    case "now":
      return droppedConcurrently(change, from, "expand", rank.dropFirst);
    case "beside":
      return droppedConcurrently(change, from, "expand");
    case "contract":
    case "column":
      return droppedConcurrently(change, from, "contract");
    case "exchange":
      return [];
  }
}

/** What goes with the columns that a copy takes the place of, and what takes its name then. */
export function exchangeOf(change: TableChange, objects: readonly ObjectChange[]): Exchange {
  const table = change.to.name;
  const going = objects.flatMap((each) =>
    each.kind === "dropped" && each.until === "exchange" ? [each.from] : [],
  );
  const named = objects.flatMap((each) =>
    each.kind === "added" && each.on.name !== each.to.name ? [each] : [],
  );
  return {
    phase: phaseOf(change, objects),
    going: going.map(({ name }) => name),
    restored: going.toReversed().flatMap((object) => makeObject(table, object)),
    after: {
      up: named.map(({ on, to }) => renameObject(table, on, to.name)),
      down: named.map(({ on, to }) => renameObject(table, to, on.name)),
    },
  };
}

/**
 * Second columns take over right after their batches where code of before goes on with the new types, else when none runs any more. All of a
 * table together.
 */
function phaseOf(change: TableChange, objects: readonly ObjectChange[]): Draft["phase"] {
  const copies = only(change, "copied");
  const names = copies.map(({ from }) => from.name);
  const built = [...change.from.columns, ...change.to.columns].some(
    ({ value }) => value?.kind === "generated" && mentionsAny(value.expression, names),
  );
  const ruled = objects.some((each) => each.kind === "added" && each.copied === "new");
  const suits = copies.every(({ from, to }) => from.name === to.name && suitsOldCode(from, to));
  return suits && !built && !ruled ? "backfill" : "contract";
}

const suitsOldCode = (from: ColumnShape, to: ColumnShape): boolean =>
  isWiderInteger(from.type, to.type) &&
  (to.nullable || !from.nullable) &&
  (to.value !== undefined || from.value === undefined);
