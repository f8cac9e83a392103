import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { conversion } from "./convert.ts";
import { type Changed, nullSafe } from "./converted.ts";
import { bothStop, type DocumentChange, type Named, nothing } from "./document-change.ts";
import { moveEach, type Place, shownPath, type Value, within } from "./expressions.ts";
import type { Draft } from "./steps.ts";

/**
 * A property under another name, its values converted on the way where the type changes too. A copy beside it would not see what code of
 * before goes on writing, so it moves in one step when that code is stopped.
 */
export function renamed(
  place: Place,
  before: Named,
  after: Named,
  changed: Exclude<Changed, { readonly question: Question }>,
  context: ChangeContext,
): DocumentChange {
  const [old, now] = [shownPath(place, before.column), shownPath(place, after.column)];
  const back = wayBack(before, after, changed);
  const moved: Draft = {
    act: `rename ${old} to ${now}`,
    title: `${old} is renamed to ${now}${changed.alike ? "" : `, ${before.kind} becomes ${after.kind}`}${kept(place, before)}`,
    phase: "contract",
    up: [moveEach(place, before.column, after.column, changed.alike ? undefined : changed.value)],
    down: back === undefined ? [] : [moveEach(place, after.column, before.column, back.value)],
    reversibility: back === undefined ? "irreversible" : changed.lost ? "loses-data" : "reversible",
    risks: [...bothStop(context), ...(changed.mayFail ? (["depends-on-data"] as const) : [])],
    note: movedNote,
    batched: true,
    ...(changed.given && { destroys: `${place.collection}.${old}` }),
  };
  const asked = place.recordedOf === undefined ? [neverBoth(place, before, after)] : [];
  return { ...nothing, drafts: [...asked, moved], late: [now] };
}

const movedNote =
  "This engine runs no trigger that would keep two names alike: stop code of before, run this, then start code of after.";

/** The way without any stop, where the spec has one. */
const kept = ({ recordedOf }: Place, { column, kind }: Named): string =>
  kind === "list" || recordedOf !== undefined
    ? ""
    : `; column: ${column} in the spec would keep the stored name, and need no step`;

/** Code of after that ran before its time has written the new name beside the old one: one of the two would be lost. */
function neverBoth(place: Place, before: Named, after: Named): Draft {
  const [old, now] = [shownPath(place, before.column), shownPath(place, after.column)];
  return {
    act: `ask ${now}`,
    title: `stops where ${now} stands beside ${old}`,
    phase: "contract",
    up: [
      {
        refuse: place.collection,
        filter: within(place.lists, {
          [before.column]: { $exists: true },
          [after.column]: { $exists: true },
        }),
        reason: `${now} stands beside ${old}, and one of the two would be lost: remove the one that is not to stay`,
      },
    ],
    down: [],
    risks: ["depends-on-data"],
  };
}

/** Undefined where no rule leads back. */
function wayBack(
  before: Named,
  after: Named,
  { alike }: Exclude<Changed, { readonly question: Question }>,
): { readonly value?: Value } | undefined {
  if (alike) return {};
  const back = conversion(after.kind, before.kind);
  return back && { value: { expression: (of) => nullSafe(of(after.column), back.expression) } };
}
