import { z } from "zod";
import type { Json } from "./json.ts";
import { isStorable, isStorableJson } from "./storable.ts";

/**
 * How a value of each type is written in JSON that comes from outside; each schema yields the exact type of the domain. They are
 * declared by their result alone, so that a thousand of them cost the type checker little.
 */

/**
 * A schema by the type of what it yields, which is the promise of who makes it: a type checker that compares zod's classes with
 * `z.ZodType` needs 40 MB and a third of a second for it.
 */
export const yielding = <T>(schema: unknown): z.ZodType<T> => schema as z.ZodType<T>;

/** A schema with named properties and no others. */
export const object = <T>(properties: Readonly<Record<string, z.ZodType>>): z.ZodType<T> =>
  yielding(z.strictObject(properties));

/** A property that may be left out, but not be undefined. */
export const optional = (schema: z.ZodType): z.ZodType => yielding(z.exactOptional(schema));
export const nullable = (schema: z.ZodType): z.ZodType => yielding(z.nullable(schema));

/** A list of at most `max` items. */
export const array = (item: z.ZodType, max = Number.MAX_SAFE_INTEGER): z.ZodType =>
  yielding(z.array(item).max(max));

/** A key of another entity: its plain form, then its brand. */
export const branded = <T>(schema: z.ZodType<T>, brand: (value: T) => unknown): z.ZodType =>
  yielding(schema.transform(brand));

export const oneOf = (...values: readonly string[]): z.ZodType => yielding(z.enum(values));

const unstorable = "must have no NUL and no half of a character, which no store keeps";

/** A JSON value that every store keeps. @param form any schema of zod's, untyped for the reason that `yielding` has */
export const jsonOf = <T>(form: unknown): z.ZodType<T> =>
  yielding<T>(form).refine((value) => isStorableJson(JSON.stringify(value)), unstorable);

/** Any JSON value. */
export const json: z.ZodType<Json> = jsonOf(z.json());
export const uuid: z.ZodType<string> = yielding(z.guid());
export const boolean: z.ZodType<boolean> = yielding(z.boolean());

const anyText = z.string().refine(isStorable, unstorable);

/** At most `max` characters, as stores count them: one outside of the basic plane is one. */
export const text = (max = Infinity): z.ZodType<string> =>
  yielding(
    max === Infinity
      ? anyText
      : anyText.refine(
          (value) => value.length <= max || [...value].length <= max,
          `must have at most ${max} characters`,
        ),
  );

/** An integer of 32 bits. */
export const int = (min = -2_147_483_648, max = 2_147_483_647): z.ZodType<number> =>
  yielding(z.int().min(min).max(max));

export const float = (min = -Number.MAX_VALUE, max = Number.MAX_VALUE): z.ZodType<number> =>
  yielding(z.number().min(min).max(max));

type Ordered = bigint | string | Date;

/** A schema whose values lie from `min` to `max`; days are compared as text. */
export const within = <T extends Ordered>(schema: z.ZodType<T>, min?: T, max?: T): z.ZodType<T> =>
  ranked(schema, (value) => value, min, max);

const ranked = <T extends Ordered>(
  schema: z.ZodType<T>,
  rank: (value: T) => Ordered,
  min?: T,
  max?: T,
): z.ZodType<T> =>
  schema
    .refine(
      (value) => min === undefined || rank(value) >= rank(min),
      `must be at least ${shown(min)}`,
    )
    .refine(
      (value) => max === undefined || rank(value) <= rank(max),
      `must be at most ${shown(max)}`,
    );

const shown = (bound: Ordered | undefined): string =>
  bound instanceof Date ? bound.toISOString() : String(bound);

/** YYYY-MM-DD. What is no day is told as that, and not as one before the earliest, too. */
export const date: z.ZodType<string> = yielding(z.iso.date({ abort: true }));

/** ISO 8601 with a time zone. */
export const timestamp: z.ZodType<Date> = yielding(
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
);

/** Decimal digits, or a number that JSON holds exactly. */
export const bigint: z.ZodType<bigint> = yielding(
  z
    .union([z.string().regex(/^-?[0-9]{1,20}$/), z.int()])
    .transform((value) => BigInt(value))
    .refine((value) => BigInt.asIntN(64, value) === value, {
      error: "must fit into 64 bits",
      abort: true,
    }),
);

/** Decimal digits with at most `scale` of them after the point and `precision` in all, from `min` to `max`. */
export function decimal(
  precision: number,
  scale: number,
  min?: string,
  max?: string,
): z.ZodType<string> {
  const whole = precision - scale;
  const leading = whole === 0 ? "0" : `(0|[1-9][0-9]{0,${whole - 1}})`;
  const fraction = scale === 0 ? "" : `(\\.[0-9]{1,${scale}})?`;
  const form = new RegExp(`^-?${leading}${fraction}$`);
  const error = `must be a decimal of ${precision} digits, ${scale} after the point`;
  const digits = yielding<string>(z.string().regex(form, { error, abort: true }));
  return ranked(digits, (value) => units(value, scale), min, max);
}

/** A decimal as a whole number of its last digit. */
function units(value: string, scale: number): bigint {
  const [whole = "", part = ""] = value.split(".");
  return BigInt(whole + part.padEnd(scale, "0"));
}

/** Base64. */
export const binary: z.ZodType<Uint8Array> = yielding(
  z.base64().transform((text) => new Uint8Array(Buffer.from(text, "base64"))),
);

/** As many finite numbers as the vector has dimensions. */
export const vector = (dimensions: number): z.ZodType<Float32Array> =>
  yielding(
    z
      .array(z.number())
      .length(dimensions)
      .transform((numbers) => Float32Array.from(numbers))
      .refine((numbers) => numbers.every(Number.isFinite), "must be numbers of 32 bits"),
  );
