import type { FieldIr } from "../../../ir/types.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { conversion, storedAlike } from "./convert.ts";
import { bothStop, type DocumentChange, type Named, nothing } from "./document-change.ts";
import { askedPath, type Place, setEach, shownPath, type Value } from "./expressions.ts";
import { fillOf } from "./fill.ts";
import type { Draft } from "./steps.ts";

/** How a value of before becomes one of after. */
export type Changed =
  | {
      readonly alike: boolean;
      readonly types: readonly string[];
      readonly value: Value;
      readonly lost: boolean;
      readonly mayFail: boolean;
      /** Code of before and of after both work on values of either type. */
      readonly comparable: boolean;
    }
  | { readonly question: Question };

export function changedValue(
  place: Place,
  before: Named,
  after: Named,
  field: FieldIr | undefined,
  context: ChangeContext,
): Changed {
  const copied: Value = { expression: (of) => of(before.column) };
  if (storedAlike(before.kind, after.kind))
    return { alike: true, types: [], value: copied, lost: false, mayFail: false, comparable: true };
  const about = askedPath(place, after.column);
  const moved = before.column !== after.column;
  if (moved && context.values[about] !== undefined) {
    const fill = fillOf(place, after.column, field, context);
    if ("question" in fill) return fill;
    return {
      alike: false,
      types: [],
      value: fill.value,
      lost: true,
      mayFail: true,
      comparable: false,
    };
  }
  const rule = conversion(before.kind, after.kind);
  if (rule === undefined) return { question: inconvertible(about, before, after, moved) };
  return {
    alike: false,
    types: rule.from,
    value: { expression: (of) => nullSafe(of(before.column), rule.expression) },
    lost: rule.reversibility !== "reversible",
    mayFail: rule.mayFail,
    comparable: rule.comparable,
  };
}

/** Null stays null. */
export const nullSafe = (path: string, made: (path: string) => Named["schema"][string]) => ({
  $cond: [{ $in: [{ $type: path }, ["null", "missing"]] }, null, made(path)],
});

const inconvertible = (about: string, before: Named, after: Named, moved: boolean): Question => ({
  about,
  text: `${about}: ${before.kind} does not become ${after.kind} by a rule of the server`,
  hint: moved
    ? `say how, as an aggregation expression: --set '${about}={"$toString":"$${before.column}"}'`
    : `give the field a new name with was: ${before.field}, and say how its value is made: --set '<collection>.<new name>=<aggregation expression>'`,
});

const convertedNote =
  "This engine runs no trigger that would keep two types alike: stop code of before, run this, then start code of after.";

/** Values that are converted where they are: while both codes run where both can work on either type, else between the two. */
export function converted(
  place: Place,
  before: Named,
  after: Named,
  { types, value, lost, mayFail, comparable }: Exclude<Changed, { readonly question: Question }>,
  context: ChangeContext,
): DocumentChange {
  const path = shownPath(place, after.column);
  const condition = { [after.column]: { $type: [...types] } };
  const back = conversion(after.kind, before.kind);
  const restore =
    back === undefined
      ? []
      : [
          setEach(
            place,
            after.column,
            { expression: (of) => nullSafe(of(after.column), back.expression) },
            { [after.column]: { $type: [...back.from] } },
          ),
        ];
  const title = `${path}: ${before.kind} becomes ${after.kind}`;
  const both: Pick<Draft, "up" | "batched"> = {
    up: [setEach(place, after.column, value, condition)],
    batched: true,
  };
  const fails = mayFail ? (["depends-on-data"] as const) : [];
  const drafts: readonly Draft[] = [
    {
      ...both,
      act: `convert ${path}`,
      title,
      phase: "backfill",
      down: restore,
      reversibility: back === undefined ? "irreversible" : lost ? "loses-data" : "reversible",
      ...(comparable ? {} : { risks: [...bothStop(context), ...fails], note: convertedNote }),
    },
    {
      ...both,
      act: `convert ${path} again`,
      title: `${title}, where code of before has written since`,
      phase: "contract",
      down: [],
      repeats: true,
    },
  ];
  return { ...nothing, drafts };
}
