import type { FieldIr } from "../ir/types.ts";
import type { FieldType, Json } from "../spec/model.ts";

/** How the values that a type allows compare with those of before. */
export type Span =
  | { readonly kind: "same" }
  /** All of before, and more. */
  | { readonly kind: "wider"; readonly what: string }
  /** Some of before no more, none new. */
  | { readonly kind: "narrower"; readonly what: string }
  /** Neither holds the other. */
  | { readonly kind: "other"; readonly what: string };

/** Compares what a field allows: type, bounds, nullability. Names of types are compared elsewhere. */
export function spanOf(before: FieldIr, after: FieldIr): Span {
  return together([
    typeSpan(before.type, after.type),
    ...(before.type.kind === after.type.kind
      ? [
          limit("min", before.source.min, after.source.min, "lower"),
          // For a text the upper bound is its length, which belongs to its type.
          ...(before.type.kind === "string"
            ? []
            : [limit("max", before.source.max, after.source.max, "upper")]),
        ]
      : []),
    nullSpan(before, after),
  ]);
}

function together(spans: readonly Span[]): Span {
  const changed = spans.filter((span) => span.kind !== "same");
  const [first, ...rest] = changed;
  if (first === undefined) return { kind: "same" };
  const what = changed.map((span) => span.what).join(", ");
  return { kind: rest.every(({ kind }) => kind === first.kind) ? first.kind : "other", what };
}

function nullSpan(before: FieldIr, after: FieldIr): Span {
  if (before.nullable === after.nullable) return { kind: "same" };
  return after.nullable
    ? { kind: "wider", what: "may be null now" }
    : { kind: "narrower", what: "is never null now" };
}

function typeSpan(before: FieldType, after: FieldType): Span {
  if (before.kind === "string" && after.kind === "string")
    return limit("max", before.max, after.max, "upper");
  if (before.kind === "decimal" && after.kind === "decimal")
    return together([
      limit("scale", before.scale, after.scale, "upper"),
      limit("digits", before.precision - before.scale, after.precision - after.scale, "upper"),
    ]);
  if (before.kind === "enum" && after.kind === "enum") return enumSpan(before.values, after.values);
  if (before.kind === "array" && after.kind === "array" && before.of === after.of)
    return limit("max", before.max, after.max, "upper");
  if (before.kind === "json" && after.kind === "json")
    return schemaSpan(before.schema, after.schema);
  if (before.kind === "string" && after.kind === "text")
    return { kind: "wider", what: `${shown(before)} → text` };
  if (before.kind === "text" && after.kind === "string")
    return { kind: "narrower", what: `text → ${shown(after)}` };
  if (shown(before) === shown(after)) return { kind: "same" };
  return { kind: "other", what: `${shown(before)} → ${shown(after)}` };
}

function enumSpan(before: readonly string[], after: readonly string[]): Span {
  const added = after.filter((value) => !before.includes(value));
  const gone = before.filter((value) => !after.includes(value));
  const what = [
    ...(added.length === 0 ? [] : [`values added: ${added.map(quoted).join(", ")}`]),
    ...(gone.length === 0 ? [] : [`values removed: ${gone.map(quoted).join(", ")}`]),
  ].join("; ");
  if (added.length === 0) return gone.length === 0 ? { kind: "same" } : { kind: "narrower", what };
  return gone.length === 0 ? { kind: "wider", what } : { kind: "other", what };
}

const quoted = (text: string): string => JSON.stringify(text);

/** A JSON Schema is compared as a whole: what of it holds what of another is no question that a look can answer. */
function schemaSpan(before: Json | undefined, after: Json | undefined): Span {
  if (sameJson(before, after)) return { kind: "same" };
  if (after === undefined) return { kind: "wider", what: "its JSON Schema is gone" };
  if (before === undefined) return { kind: "narrower", what: "it has a JSON Schema now" };
  return { kind: "other", what: "its JSON Schema changed" };
}

/** Equal whatever the order of the keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([key, one]): readonly [string, unknown] => [key, ordered(one)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

type Bound = number | string | undefined;

/** A bound that is taken away, or moved outwards, lets more through. */
function limit(name: string, before: Bound, after: Bound, side: "lower" | "upper"): Span {
  if (before === after) return { kind: "same" };
  const what = `${name} ${before ?? "none"} → ${after ?? "none"}`;
  if (after === undefined) return { kind: "wider", what };
  if (before === undefined) return { kind: "narrower", what };
  const grows = compareBounds(after, before) > 0;
  return { kind: grows === (side === "upper") ? "wider" : "narrower", what };
}

/** Numbers by value; dates and timestamps, which are ISO text, by their order as text; whole numbers of any length exactly. */
function compareBounds(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const whole = /^-?\d+$/;
  const [left, right] = [String(a), String(b)];
  if (whole.test(left) && whole.test(right)) return BigInt(left) > BigInt(right) ? 1 : -1;
  const numbers = [Number(left), Number(right)] as const;
  if (numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return left > right ? 1 : -1;
}

/** `string(200)`, `decimal(10, 2)`, `array of int`. */
export function shown(type: FieldType): string {
  switch (type.kind) {
    case "string":
      return `string(${type.max})`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "array":
      return `array of ${type.of}`;
    case "vector":
      return `vector(${type.dimensions}, ${type.metric})`;
    default:
      return type.kind;
  }
}
