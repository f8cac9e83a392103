import type { ChangeContext, Question, Risk } from "../../../migrate/step.ts";
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
  /** Those of before that change when no code of before runs any more: until then an index over them stays. */
  readonly held: readonly string[];
}

export const nothing: DocumentChange = {
  drafts: [],
  removals: [],
  questions: [],
  late: [],
  held: [],
};

export const together = (changes: readonly DocumentChange[]): DocumentChange => ({
  drafts: changes.flatMap(({ drafts }) => drafts),
  removals: changes.flatMap(({ removals }) => removals),
  questions: changes.flatMap(({ questions }) => questions),
  late: changes.flatMap(({ late }) => late),
  held: changes.flatMap(({ held }) => held),
});

/** Steps between the end of code of before and the start of code of after: nobody writes meanwhile, so nothing is done twice. */
export const heldBack = (drafts: readonly Draft[]): readonly Draft[] =>
  drafts
    .filter(({ repeats }) => repeats !== true)
    .map((draft) => ({ ...draft, phase: "contract" }));

/** @param path its name of before */
export const heldChange = (path: string, change: DocumentChange): DocumentChange => ({
  ...change,
  drafts: heldBack(change.drafts),
  held: [...change.held, path],
});

/** What a step does to both codes when they cannot work on the same documents: this engine runs no trigger that would translate. */
export const bothStop = ({ mode }: ChangeContext): readonly Risk[] =>
  mode === "direct" ? ["breaks-old-code"] : ["breaks-old-code", "new-code-waits"];

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
      repeats: true,
    },
  ];
}
