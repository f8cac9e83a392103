import type { FieldType } from "../spec/model.ts";

/**
 * How the text of a record stands for a value. Texts of one encoding are read as what they say, or told as none of the type; one of another
 * encoding may look like a value that nobody wrote: a number like the milliseconds of a moment, a word like base64.
 */
export function keptEncoding(type: Pick<FieldType, "kind"> & { readonly of?: string }): string {
  switch (type.kind) {
    case "timestamp":
      return "milliseconds since 1970";
    case "json":
      return "JSON";
    case "binary":
      return "base64";
    case "vector":
      return "base64 of 32-bit floats";
    case "array":
      return type.of === "timestamp" ? "a list of milliseconds since 1970" : "a list of texts";
    default:
      return "the value's own text";
  }
}

/** Significant digits that a double gives back as they were written. Source: IEEE 754, binary64; C's `DBL_DIG`. */
const floatDigits = 15;

/** Whether a value of one type is read as the other without a word although it may be another value: text of another encoding, or a number that is rounded. */
export const isMisread = (from: FieldType, to: FieldType): boolean =>
  keptEncoding(from) !== keptEncoding(to) || isRounded(from, to);

/** A float keeps some digits of a number that was written with more. */
export function isRounded(from: FieldType, to: FieldType): boolean {
  if (from.kind === "array" && to.kind === "array")
    return to.of === "float" && (from.of === "bigint" || from.of === "decimal");
  if (to.kind !== "float") return false;
  return from.kind === "bigint" || (from.kind === "decimal" && from.precision > floatDigits);
}
