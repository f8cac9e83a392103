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
