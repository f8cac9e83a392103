import { programmingError } from "../../runtime/errors.ts";
import { type Prepared, tenantMissing, tenantPlace } from "./prepared.ts";
import type { Value } from "./statement.ts";

/**
 * A search with its values as literals, for a server that may not run it twice as one prepared statement: see `MysqlConnection`.
 *
 * @throws DataError programming for a scoped statement without a tenant, TypeError for a number that has no literal
 */
export const literalText = (
  { pieces, places, scoped }: Prepared,
  values: readonly Value[],
  tenant: string | undefined,
): string => {
  if (scoped && tenant === undefined) throw tenantMissing();
  const literals = places.map((place) =>
    literal(place === tenantPlace ? (tenant ?? null) : (values[place] ?? null)),
  );
  return pieces.map((piece, at) => piece + (literals[at] ?? "")).join("");
};

const literal = (value: Value): string => {
  if (value === null) return "null";
  if (typeof value === "string") return textLiteral(value);
  if (typeof value === "number") return numberLiteral(value);
  return typeof value === "bigint" ? `${value}` : `x'${Buffer.from(value).toString("hex")}'`;
};

/**
 * The `sql_mode` of each connection is the data layer's own, in which a backslash escapes. A quote is doubled all the same, which ends no
 * text in any mode: MariaDB manual, "String Literals".
 */
const textLiteral = (value: string): string => `'${value.replaceAll(/['\\]/g, "$&$&")}'`;

const numberLiteral = (value: number): string => {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return `${value}`;
  if (!Number.isFinite(value)) throw programmingError(`${value} is no number of SQL`);
  return value.toExponential();
};
