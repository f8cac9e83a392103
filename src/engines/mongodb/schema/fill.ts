import type { FieldIr } from "../../../ir/types.ts";
import { entityOf, type FillColumn } from "../../../migrate/fill-column.ts";
import {
  fillExample,
  type FillExample,
  openPlace,
  wantedText,
} from "../../../migrate/fill-example.ts";
import { fillFault } from "../../../migrate/fill-fault.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import type { Json } from "../../../spec/model.ts";
import { askedPath, overDocument, type Place, type Value } from "./expressions.ts";

/** What documents of before get for a property that they lack, or what has to be asked. */
export type Fill =
  | { readonly value: Value; readonly given: boolean }
  | { readonly question: Question };

/** @param field the field of the property as the spec has it now */
export function fillOf(
  place: Place,
  column: string,
  field: FieldIr | undefined,
  { store, values }: ChangeContext,
): Fill {
  const about = askedPath(place, column);
  const given = values[about];
  const filled = field === undefined ? undefined : { field, entity: entityOf(store, field) };
  if (given !== undefined) return judged(about, parsed(place, about, given), filled);
  const value = field === undefined ? undefined : ownValue(place, field);
  return value === undefined ? { question: needsValue(about, filled) } : { value, given: false };
}

/** A constant that the field itself would not let through is asked about again. */
function judged(about: string, fill: Fill, column: FillColumn | undefined): Fill {
  if ("question" in fill || column === undefined || !("constant" in fill.value)) return fill;
  const value = plain(fill.value.constant);
  // Null stands for a value that is not known yet where two specs are compared.
  const fault = value === null ? undefined : fillFault(value, column);
  return fault === undefined
    ? fill
    : { question: { about, text: `--set ${about}: ${fault.text}`, hint: fault.hint } };
}

/** A number or moment out of its Extended JSON. */
function plain(value: Json): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const [only, ...more] = Object.entries(value);
  return more.length === 0 && /^\$(?:number|date)/.test(only?.[0] ?? "")
    ? (only?.[1] ?? value)
    : value;
}

/** What the spec itself says of a value: its default, or what its role implies. */
function ownValue(place: Place, { source, type }: FieldIr): Value | undefined {
  switch (source.role) {
    case "version":
      return { constant: 1 };
    case "createdAt":
    case "updatedAt":
      // What was recorded was made no later than that.
      return { expression: () => (place.recordedOf === undefined ? "$$NOW" : "$at") };
    default:
      return source.default === undefined
        ? undefined
        : { constant: stored(source.default, type.kind === "array" ? type.of : type.kind) };
  }
}

/** A value of the spec as the data layer stores it, in Extended JSON. */
function stored(value: Json, kind: string): Json {
  if (Array.isArray(value))
    return value.map((one: Json) => (kind === "json" ? one : stored(one, kind)));
  switch (kind) {
    case "bigint":
      return { $numberLong: String(value) };
    case "decimal":
      return { $numberDecimal: String(value) };
    case "float":
      return { $numberDouble: String(value) };
    case "timestamp":
      return { $date: String(value) };
    default:
      return value;
  }
}

/** A value as the user gave it: Extended JSON, or an aggregation expression when it names fields or operators. */
function parsed(place: Place, about: string, text: string): Fill {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return {
      question: {
        about,
        text: `${about}: ${text} is not JSON`,
        hint: `give JSON or an aggregation expression as JSON: --set '${about}="none"'`,
      },
    };
  }
  const constant = !/"\$(?!number|date|binary|oid|uuid)/.test(JSON.stringify(value));
  return {
    value: constant ? { constant: value } : { expression: () => overDocument(place, value) },
    given: true,
  };
}

function needsValue(about: string, column: FillColumn | undefined): Question {
  const example: FillExample = column === undefined ? { wanted: "" } : fillExample(column);
  const shown =
    "constant" in example && column !== undefined
      ? JSON.stringify(stored(example.constant, column.field.type.kind))
      : openPlace;
  return {
    about,
    text: `${about} is required, and the documents that are there have no value for it`,
    hint: `give one as JSON, or an aggregation expression${wantedText(example)}: --set '${about}=${shown.replaceAll("'", String.raw`'\''`)}'; or declare a default, or nullable: true`,
  };
}
