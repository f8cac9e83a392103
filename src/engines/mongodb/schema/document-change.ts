import type { Question } from "../../../migrate/step.ts";
import { type Place, setEach, shownPath, type Value } from "./expressions.ts";
import type { JsonObject, Property } from "./state.ts";
import type { Draft } from "./steps.ts";

/** What has to happen to the documents of a collection. */
export interface DocumentChange {
  readonly drafts: readonly Draft[];
  /** What takes properties away; comes last of all. */
  readonly removals: readonly Draft[];
  readonly questions: readonly Question[];
  /** Properties of the document itself that those of before lack until the backfill: a unique index has to wait for it. */
  readonly late: readonly string[];
}

export const nothing: DocumentChange = { drafts: [], removals: [], questions: [], late: [] };

export const together = (changes: readonly DocumentChange[]): DocumentChange => ({
  drafts: changes.flatMap(({ drafts }) => drafts),
  removals: changes.flatMap(({ removals }) => removals),
  questions: changes.flatMap(({ questions }) => questions),
  late: changes.flatMap(({ late }) => late),
});

/** A property with the name it has in documents. */
export interface Named extends Property {
  readonly column: string;
}

/** Code of before goes on inserting without it, so it is filled once more when that code is gone. */
export function filled(
  place: Place,
  column: string,
  value: Value,
  condition: JsonObject,
  {
    act,
    title,
    down,
  }: { readonly act: string; readonly title: string; readonly down: Draft["down"] },
): readonly [backfill: Draft, contract: Draft] {
  const up = [setEach(place, column, value, condition)];
  const removes =
    down.length === 0 ? {} : { removes: `${place.collection}.${shownPath(place, column)}` };
  return [
    { act, title, phase: "backfill", up, down, batched: true, ...removes },
    {
      act: `${act} again`,
      title: `${title}, where code of before has written since`,
      phase: "contract",
      up,
      down: [],
      batched: true,
    },
  ];
}
