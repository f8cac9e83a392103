import { z } from "zod";
import type { Json } from "./json.ts";

/** How a value of each type is written in JSON that comes from outside; every one of them yields the exact type of the domain. */

/** Any JSON value. */
export const jsonSchema: z.ZodType<Json> = z.json();

/** ISO 8601 with a time zone. */
export const timestampSchema: z.ZodType<Date> = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text));

/** Decimal digits, or a number that JSON holds exactly. */
export const bigintSchema: z.ZodType<bigint> = z
  .union([z.string().regex(/^-?[0-9]{1,20}$/), z.int()])
  .transform((value) => BigInt(value))
  .refine((value) => BigInt.asIntN(64, value) === value, "must fit into 64 bits");

/** Decimal digits with at most `scale` of them after the point and `precision` in all. */
export function decimalSchema(precision: number, scale: number): z.ZodType<string> {
  const whole = precision - scale;
  const fraction = scale === 0 ? "" : `(\\.[0-9]{1,${scale}})?`;
  const form = new RegExp(`^-?(0|[1-9][0-9]{0,${Math.max(whole, 1) - 1}})${fraction}$`);
  return z
    .string()
    .regex(form, `must be a decimal of ${precision} digits, ${scale} after the point`);
}

/** Base64. */
export const binarySchema: z.ZodType<Uint8Array> = z
  .base64()
  .transform((text) => new Uint8Array(Buffer.from(text, "base64")));

/** As many finite numbers as the vector has dimensions. */
export const vectorSchema = (dimensions: number): z.ZodType<Float32Array> =>
  z
    .array(z.number())
    .length(dimensions)
    .transform((numbers) => Float32Array.from(numbers));
