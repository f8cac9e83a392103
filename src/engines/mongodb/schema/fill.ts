import type { FieldIr } from "../../../ir/types.ts";
import { entityOf, type FillColumn } from "../../../migrate/fill-column.ts";
import {
  fillExample,
  type FillExample,
  openPlace,
  wantedText,
} from "../../../migrate/fill-example.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import { stored } from "./constants.ts";
import { askedPath, type Place, type Value } from "./expressions.ts";
import { givenValue } from "./given.ts";

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
  if (given !== undefined) {
    const judged = givenValue(place, given, filled);
    if ("value" in judged) return { ...judged, given: true };
    const { text, hint } = judged.fault;
    return { question: { about, text: `${about}: ${text}`, hint } };
  }
  const value = field === undefined ? undefined : ownValue(place, field);
  return value === undefined ? { question: needsValue(about, filled) } : { value, given: false };
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
