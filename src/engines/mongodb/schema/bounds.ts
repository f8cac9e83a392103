import type { FieldIr } from "../../../ir/types.ts";
import { plainDecimal, subtracted } from "../../../../templates/engines/mongodb/codec-decimal.ts";
import type { Json } from "../../../spec/model.ts";
import { plain, stored } from "./constants.ts";
import type { JsonObject } from "./state.ts";

/**
 * `minimum` and `maximum` of a field's values, which a validator knows of numbers: whatever type they are of, the server compares them by
 * value. Source: MongoDB manual, "$jsonSchema", "Comparison/Sort Order".
 */
export function bounds({ type, source }: FieldIr): JsonObject {
  if (type.kind === "string" || type.kind === "date" || type.kind === "timestamp") return {};
  const [minimum, maximum] = [source.min, source.max].map((each) => exact(each, type.kind));
  return {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
}

/** Digits that the server stores; a bound of more is no value of it. Source: BSON specification, "decimal128". */
const storedDigits = 34;

/** A bound without any rounding: 0.1 as a double is more than the decimal 0.1, and a large bigint no double at all. */
function exact(
  value: number | string | undefined,
  kind: FieldIr["type"]["kind"],
): Json | undefined {
  if (value === undefined || kind === "int" || kind === "float") return value;
  if (isExact(value)) return Number(value);
  const text = String(value);
  const digits = text.replace(/^-?0*/, "").replace(".", "").length;
  return digits > storedDigits ? undefined : stored(text, kind);
}

const isExact = (value: number | string): boolean =>
  !String(value).includes(".") && Number.isSafeInteger(Number(value));

/** Less than zero where the first of two bounds is the smaller one, zero where they are of one value. */
export function compared(a: Json, b: Json): number {
  const difference = subtracted(boundText(a), boundText(b));
  if (/^[0.]*$/.test(difference)) return 0;
  return difference.startsWith("-") ? -1 : 1;
}

/** A bound as people write it. */
export const boundText = (bound: Json): string => plainDecimal(String(plain(bound)));
