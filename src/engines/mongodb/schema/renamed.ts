import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { conversion } from "./convert.ts";
import { type Changed, nullSafe } from "./converted.ts";
import { type DocumentChange, filled, type Named, nothing } from "./document-change.ts";
import {
  type Place,
  renameEach,
  setEach,
  shownPath,
  unsetEach,
  type Value,
} from "./expressions.ts";
import type { Draft } from "./steps.ts";

/** A property under another name, its values converted on the way where the type changes too. */
export function renamed(
  place: Place,
  before: Named,
  after: Named,
  changed: Exclude<Changed, { readonly question: Question }>,
  { mode }: ChangeContext,
): DocumentChange {
  const [old, now] = [shownPath(place, before.column), shownPath(place, after.column)];
  const late = [now];
  if (mode === "direct" && changed.alike && place.lists.length === 0) {
    const draft: Draft = {
      act: `rename ${old} to ${now}`,
      title: `${old} is renamed to ${now}`,
      phase: "backfill",
      up: [renameEach(place.collection, before.column, after.column)],
      down: [renameEach(place.collection, after.column, before.column)],
      risks: ["breaks-old-code"],
      batched: true,
    };
    return { ...nothing, drafts: [draft], late };
  }
  const condition = {
    [before.column]: { $exists: true },
    [after.column]: { $exists: false },
  };
  const [copy, again] = filled(place, after.column, changed.value, condition, {
    act: `copy ${old} to ${now}`,
    title: `${old} is copied to ${now}`,
    down: [unsetEach(place, after.column)],
  });
  const back = conversion(after.kind, before.kind);
  const restored: Value = {
    expression: (of) =>
      changed.alike || back === undefined
        ? of(after.column)
        : nullSafe(of(after.column), back.expression),
  };
  const drop: Draft = {
    act: `drop ${old}`,
    title: `${old} is removed from every document, its value being in ${now}`,
    phase: "contract",
    up: [unsetEach(place, before.column)],
    down: [
      setEach(place, before.column, restored, {
        [after.column]: { $exists: true },
        [before.column]: { $exists: false },
      }),
    ],
    reversibility: changed.lost ? "loses-data" : "reversible",
    risks: ["breaks-old-code"],
    batched: true,
  };
  const noted: Draft = {
    ...copy,
    note: copiedNote(old, now),
    ...(changed.mayFail ? { risks: ["depends-on-data"] } : {}),
  };
  return { ...nothing, drafts: [noted, again], removals: [drop], late };
}

const copiedNote = (old: string, now: string): string =>
  `This engine runs no trigger: what code of before writes to ${old} of a copied document does not reach ${now}. Keep the time short in which both run.`;
