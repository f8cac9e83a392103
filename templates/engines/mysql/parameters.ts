import mysql from "mysql2";
import { type Prepared, tenantMissing, tenantPlace } from "./prepared.ts";
import type { Value } from "./statement.ts";

/**
 * The values of a statement in the order of its `?`, as the driver takes them. Whole numbers go as 64-bit integers: the driver's own
 * choice for a number is a double, which LIMIT refuses and which is inexact beyond 2^53.
 *
 * @throws DataError programming for a scoped statement without a tenant
 */
export const parametersOf = (
  { places, scoped }: Prepared,
  values: readonly Value[],
  tenant: string | undefined,
): unknown[] => {
  if (scoped && tenant === undefined) throw tenantMissing();
  return places.map((place) => (place === tenantPlace ? tenant : parameter(values[place] ?? null)));
};

const parameter = (value: Value): unknown => {
  if (typeof value === "bigint") return mysql.TypedParameter.LONGLONG(value);
  if (typeof value === "number") {
    const whole = Number.isSafeInteger(value) && !Object.is(value, -0);
    return whole ? mysql.TypedParameter.LONGLONG(value) : value;
  }
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value;
};
