import type { ChangeContext } from "../../../migrate/step.ts";
import type { Json } from "../../../spec/model.ts";
import { boundText } from "./bounds.ts";
import { conversion, storedAlike } from "./convert.ts";
import { converts } from "./converted.ts";
import type { Named } from "./document-change.ts";
import { found, foundBy, type Place, schemaAt, stored } from "./expressions.ts";
import type { JsonObject } from "./state.ts";
import { accepts } from "./validator.ts";

/** Values of one property that are none of its new kind, or beyond its new limits. */
export interface Unfit {
  /** Finds them under the name of before. */
  readonly filter: JsonObject;
  /** `is none of draft, live` */
  readonly reason: string;
  readonly mend: string;
  /** Asked before code of after runs, which does not know them; else code of before may go on writing them until it ends. */
  readonly early: boolean;
  /** Asked before the contract, where nothing else does. */
  readonly late: boolean;
}

/** @param place where they lie before the change; @param now where after it, by which `--set` names them */
export function unfitValues(
  { place, now }: { readonly place: Place; readonly now: Place },
  before: Named,
  after: Named,
  context: ChangeContext,
): readonly Unfit[] {
  // The expression of the user says itself what becomes of every value.
  if (converts(now, before, after, context)) return [];
  const { column, kind } = before;
  if (!storedAlike(kind, after.kind)) {
    const unfit = conversion(kind, after.kind)?.unfit;
    if (unfit === undefined) return [];
    return [
      {
        filter: foundBy(place, (of) => unfit(of(column))),
        reason: `does not become ${after.kind}`,
        mend: `change those values to ones that do, or let it stay ${kind} in the spec`,
        early: true,
        late: true,
      },
    ];
  }
  const moves =
    column !== after.column ||
    place.lists.some((list, at) => list !== now.lists[at]) ||
    place.recordedOf !== undefined;
  return [...otherForm(place, before, after), ...narrower(place, before, after, moves)];
}

/** Texts of one form are among those of all. */
const forms: Readonly<Record<string, string>> = {
  uuid: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  date: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
};

function otherForm(place: Place, { column, kind }: Named, after: Named): readonly Unfit[] {
  const form = forms[after.kind];
  if (form === undefined || kind === after.kind) return [];
  return [
    {
      filter: found(place, { [column]: { $type: "string", $not: { $regex: form } } }),
      reason: `is no ${after.kind}`,
      mend: `change those values to ones that are, or let it stay ${kind} in the spec`,
      early: true,
      late: true,
    },
  ];
}

/** @param moves it has another name in the contract, under which nobody asks for it before it is written */
function narrower(place: Place, before: Named, after: Named, moves: boolean): readonly Unfit[] {
  const { column } = before;
  return Object.entries(after.schema).flatMap(([keyword, limit]): readonly Unfit[] => {
    if (keyword === "bsonType") return [];
    if (keyword === "enum") return otherMembers(place, before, valuesOf(limit), moves);
    // No validator is in force over what was recorded.
    if (place.recordedOf !== undefined) return [];
    if (accepts({ [keyword]: limit }, before.schema)) return [];
    const made = beyond(place, column, keyword, limit);
    return [
      {
        ...made,
        mend: "change those values, or keep the limit that they keep in the spec",
        early: keyword === "maxLength",
        late: moves,
      },
    ];
  });
}

function beyond(
  place: Place,
  column: string,
  keyword: string,
  limit: Json,
): Pick<Unfit, "filter" | "reason"> {
  switch (keyword) {
    case "minimum":
      return {
        filter: found(place, { [column]: { $lt: limit } }),
        reason: `is less than ${boundText(limit)}`,
      };
    case "maximum":
      return {
        filter: found(place, { [column]: { $gt: limit } }),
        reason: `is more than ${boundText(limit)}`,
      };
    default:
      return {
        filter: { $nor: [{ $jsonSchema: schemaAt(place, column, { [keyword]: limit }) }] },
        reason: `is longer than ${String(limit)}`,
      };
  }
}

/** Null is no member, and becomes one elsewhere where it has to. */
const valuesOf = (members: Json | undefined): readonly Json[] =>
  Array.isArray(members) ? members.filter((one: Json) => one !== null) : [];

function otherMembers(
  place: Place,
  { column, kind, schema }: Named,
  values: readonly Json[],
  moves: boolean,
): readonly Unfit[] {
  const known = schema["enum"] !== undefined;
  const gone = valuesOf(schema["enum"]).filter((value) => !values.includes(value));
  if (known && gone.length === 0) return [];
  const others = { $nin: [...values, null] };
  const filter = found(place, { [column]: others });
  const kept = known ? `keep ${list(gone)} among its values` : `let it stay ${kind}`;
  return [
    {
      filter,
      reason: `is none of ${values.join(", ")}`,
      mend: `give those documents a value that stays, in place of "...": ${updateText(place, column, filter, others)}; or ${kept} in the spec`,
      early: true,
      late: moves,
    },
  ];
}

const list = (values: readonly Json[]): string =>
  values.map((value) => JSON.stringify(value)).join(", ");

/** What whoever migrates types into the shell. Source: MongoDB manual, "Filtered Positional Operator". */
function updateText(
  place: Place,
  column: string,
  filter: JsonObject,
  condition: JsonObject,
): string {
  const [first, ...rest] = place.lists;
  const path =
    first === undefined
      ? stored(place, column)
      : [stored(place, first), ...rest.flatMap((name) => ["$[]", name]), "$[item]", column].join(
          ".",
        );
  const options =
    first === undefined ? [] : [{ arrayFilters: [{ [`item.${column}`]: condition }] }];
  const values = [filter, { $set: { [path]: "..." } }, ...options];
  return `db.getCollection(${JSON.stringify(place.collection)}).updateMany(${values.map((one) => JSON.stringify(one)).join(", ")})`;
}
