import type { FieldIr } from "../../../ir/types.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { conversion, storedAlike } from "./convert.ts";
import type { Named } from "./document-change.ts";
import { type Place, setEach, shownPath, type Value } from "./expressions.ts";
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
    return { alike: true, types: [], value: copied, lost: false, mayFail: false };
  const about = `${place.collection}.${shownPath(place, after.column)}`;
  const moved = before.column !== after.column;
  if (moved && context.values[about] !== undefined) {
    const fill = fillOf(place, after.column, field, context);
    if ("question" in fill) return fill;
    return { alike: false, types: [], value: fill.value, lost: true, mayFail: true };
  }
  const rule = conversion(before.kind, after.kind);
  if (rule === undefined) return { question: inconvertible(about, before, after, moved) };
  return {
    alike: false,
    types: rule.from,
    value: { expression: (of) => nullSafe(of(before.column), rule.expression) },
    lost: rule.reversibility !== "reversible",
    mayFail: rule.mayFail,
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

const stopsOldCode =
  "This engine runs no trigger: code of before and of after cannot both work on these documents. Stop the old code while it runs.";

/** Values that are converted where they are. */
export function converted(
  place: Place,
  before: Named,
  after: Named,
  { types, value, lost, mayFail }: Exclude<Changed, { readonly question: Question }>,
): readonly Draft[] {
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
  const up = [setEach(place, after.column, value, condition)];
  return [
    {
      act: `convert ${path}`,
      title,
      phase: "backfill",
      up,
      down: restore,
      reversibility: back === undefined ? "irreversible" : lost ? "loses-data" : "reversible",
      risks: mayFail ? ["breaks-old-code", "depends-on-data"] : ["breaks-old-code"],
      note: stopsOldCode,
      batched: true,
    },
    {
      act: `convert ${path} again`,
      title: `${title}, where code of before has written since`,
      phase: "contract",
      up,
      down: [],
      risks: mayFail ? ["depends-on-data"] : ["none"],
      batched: true,
    },
  ];
}
