import type { FieldIr } from "../../../ir/types.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { bsonOf, conversion, storedAlike } from "./convert.ts";
import { bothStop, type DocumentChange, type Named, nothing } from "./document-change.ts";
import { askedPath, type Place, setEach, shownPath, type Value } from "./expressions.ts";
import { fillOf } from "./fill.ts";
import { mentionsAny } from "./given.ts";
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
      /** The user's own expression makes it, whatever that leaves of the former value. */
      readonly given?: true;
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
  const rule = conversion(before.kind, after.kind);
  const types = rule?.from ?? bsonOf(before.kind);
  const moves = before.column !== after.column;
  // A document that has its new value is told from another by the type, or by the name.
  const isTold = moves || (types.length > 0 && !sameTypes(types, bsonOf(after.kind)));
  if (isTold && converts(place, before, after, context)) {
    const fill = fillOf(place, after.column, field, context);
    if ("question" in fill) return fill;
    const { value } = fill;
    return {
      alike: false,
      types,
      value,
      lost: true,
      mayFail: true,
      comparable: false,
      given: true,
    };
  }
  if (rule === undefined)
    return { question: inconvertible(askedPath(place, after.column), before, after, isTold) };
  return {
    alike: false,
    types,
    value: { expression: (of) => nullSafe(of(before.column), rule.expression) },
    lost: rule.reversibility !== "reversible",
    mayFail: rule.mayFail,
    comparable: rule.comparable,
  };
}

/**
 * Whether a value that the user gave makes that of every document, or stands where a document has none: what becomes required and converts
 * by itself needs no conversion, so an expression that does not ask for the value is none.
 */
export function converts(
  place: Place,
  before: Named,
  after: Named,
  { values }: ChangeContext,
): boolean {
  const given = values[askedPath(place, after.column)];
  if (given === undefined || storedAlike(before.kind, after.kind)) return false;
  const fills =
    !before.required &&
    after.required &&
    conversion(before.kind, after.kind) !== undefined &&
    !mentionsAny(given, [before.column, after.column]);
  return !fills;
}

const sameTypes = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((type) => others.includes(type));

/** Null stays null. */
export const nullSafe = (path: string, made: (path: string) => Named["schema"][string]) => ({
  $cond: [{ $in: [{ $type: path }, ["null", "missing"]] }, null, made(path)],
});

const inconvertible = (about: string, before: Named, after: Named, isTold: boolean): Question => ({
  about,
  text: `${about}: ${before.kind} does not become ${after.kind} by a rule of the server`,
  hint: isTold
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
  {
    types,
    value,
    lost,
    mayFail,
    comparable,
    given,
  }: Exclude<Changed, { readonly question: Question }>,
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
      ...(given && { destroys: `${place.collection}.${path}` }),
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
