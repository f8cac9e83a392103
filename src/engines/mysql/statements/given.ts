import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Dialect } from "../dialect.ts";
import { qualified } from "../sql/quote.ts";
import { isUnlimited, ownType } from "../types.ts";

/**
 * Rows that come as one JSON text: `json_table` makes a table of them, so that a statement has one text however many rows there are.
 * Values are texts until they are inserted, so that what does not fit fails as it does in a statement of one row; parts of a key have
 * their type, so that a join finds them by the index.
 */

/** A list of rows as a table: `place`, then `c0…cn`. */
export interface GivenRows {
  /** Number of the list's parameter. */
  readonly parameter: number;
  /** In the order of a row's values. */
  readonly fields: readonly FieldIr[];
  /** Those that are compared. */
  readonly key: readonly FieldIr[];
  readonly alias: string;
  /** Each row begins with the place of the root that it belongs to: `root_place`. */
  readonly rooted?: boolean;
  /** Nothing is read of them but what is compared. */
  readonly only?: "key";
}

export function givenRows(given: GivenRows): string {
  const { parameter, fields, key, alias, rooted = false, only } = given;
  const first = rooted ? 1 : 0;
  const columns = fields.flatMap((field, at) =>
    only === "key" && !key.includes(field)
      ? []
      : [`c${at} ${key.includes(field) ? pathType(field) : anyText} path '$[${first + at}]'`],
  );
  return table(parameter, [...(rooted ? ["root_place int path '$[0]'"] : []), ...columns], alias);
}

/** The keys of such rows as a list of their own, each a row of its parts: `place`, and the columns that the rows have for them. */
export const givenRowKeys = ({ parameter, fields, key, alias }: GivenRows): string =>
  table(
    parameter,
    key.map((field, at) => `c${fields.indexOf(field)} ${pathType(field)} path '$[${at}]'`),
    alias,
  );

/** Rows that others are joined to: the servers give such a table an index, and none to the rows of a list, which they would read for each. */
export const indexed = (rows: string, alias: string): string =>
  `(\nselect distinct ${alias}.*\nfrom ${rows}\n) ${alias}`;

const table = (parameter: number, columns: readonly string[], alias: string): string =>
  `json_table($${parameter}, '$[*]' columns (\n  ${["place for ordinality", ...columns].join(",\n  ")}\n)) ${alias}`;

/** The keys of a list: each alone, or as a row of its parts. */
export function givenKeys(
  entity: EntityIr,
  alias: string,
  dialect: Dialect,
): { readonly source: string; readonly same: readonly string[] } {
  const single = entity.key.length === 1;
  const columns = entity.key.map(
    (field, at) => `c${at} ${pathType(field)} path '$${single ? "" : `[${at}]`}'`,
  );
  return {
    source: table(1, columns, "given"),
    same: entity.key.map(
      (field, at) => `${qualified(alias, field.column)} = ${keyed(field, `given.c${at}`, dialect)}`,
    ),
  };
}

/** A value of a given row as it is inserted. */
export const givenValue = ({ type }: FieldIr, column: string): string =>
  type.kind === "binary" || type.kind === "vector" ? `unhex(${column})` : column;

/** A part of a key in a comparison: under the column's collation, else no index serves it. */
export function keyed({ type }: FieldIr, value: string, dialect: Dialect): string {
  if (!isCharacters(type)) return value;
  const { characters = "utf8mb4", collation = dialect.collation } = ownCharacters(type);
  const same = characters === "utf8mb4" ? value : `convert(${value} using ${characters})`;
  return `${same} collate ${collation}`;
}

/** Of a column that was there before and names its own. */
function ownCharacters({ native = "" }: FieldIr["type"]): {
  readonly characters?: string;
  readonly collation?: string;
} {
  return / character set (?<characters>\w+) collate (?<collation>\w+)$/.exec(native)?.groups ?? {};
}

/** Collations under which only a text itself is equal to it: no other pads nothing and tells case, accents and invisible characters. */
const exactCollation = /(?:_0900_bin|_nopad_bin)$|^binary$/;

/** Texts that differ are one key to the server: a column that was there before overlooks case, accents or trailing blanks (MY-15). */
export const isLoose = ({ type }: FieldIr): boolean => {
  const { collation } = ownCharacters(type);
  return isCharacters(type) && collation !== undefined && !exactCollation.test(collation);
};

const isCharacters = (type: FieldIr["type"]): boolean => /^(?:var)?char\(/.test(ownType(type));

/** A text says its character set, else it has the database's, in which a character may be a question mark: tried on both servers. */
export const everyCharacter = (type: string): string => `${type} character set utf8mb4`;

const anyText = everyCharacter("longtext");

function pathType({ type }: FieldIr): string {
  if (isUnlimited(type) || type.kind === "vector") return anyText;
  const text = type.kind === "boolean" ? "int" : ownType(type);
  return isCharacters(type) ? everyCharacter(text) : text;
}
