import { meant } from "../../../spec/nearest.ts";
import { namedPlaces, type NamedPlace } from "../schema/tokens.ts";
import { reservedWords } from "./reserved.ts";

/** Words of an expression that are not reserved: of operators, of types, of what is extracted. Some may be columns, too. */
const otherWords = new Set(
  `at between bit bytes character day days document double epoch escape exists hour hours interval is json keys local minute
  minutes month months nfc nfd nfkc nfkd no normalized object of operator pg_catalog precision row scalar second seconds tableoid
  time timestamp to unknown value varying within without year years zone`.split(/\s+/),
);

/** What an expression may name: the columns of its table, and the fields that people may have in mind. */
export interface KnownNames {
  readonly table: string;
  readonly columns: readonly string[];
  /** By the name of the field, its column. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * The first name in an expression that is no column of its table: the migration would fail on it. Where a query has names of its own,
 * and where a word may be of the grammar, nothing is said.
 */
export function unknownColumn(
  sql: string,
  { table, columns, fields }: KnownNames,
): { readonly text: string; readonly hint: string } | undefined {
  if (sql.length > longest || /\bselect\b/i.test(sql)) return undefined;
  const known = new Set([table, ...columns]);
  const found = namedPlaces(sql).find((place) => !known.has(place.name) && isColumn(place));
  if (found === undefined) return undefined;
  const field = [...fields].find(([name]) => name.toLowerCase() === found.name.toLowerCase());
  const hint =
    field === undefined || field[1] === found.name
      ? meant(found.name, columns, "columns")
      : `the column of field ${field[0]} is ${field[1]}`;
  return { text: `names ${found.text}, which is no column of ${table}`, hint };
}

/** What comes after a name is looked at anew for each: a text longer than any condition is left to the server. */
const longest = 10_000;

/** Not a word of the grammar, a function, a part of a qualified name, a type (`as date`, `date '…'`), a collation, or what `extract` takes. */
const isColumn = ({ name, text, before, after }: NamedPlace): boolean =>
  (text.startsWith('"') || !(reservedWords.has(name) || otherWords.has(name))) &&
  !before.endsWith(".") &&
  !/^\s*(?:[.(]|')/.test(after) &&
  !/(?:::\s*|\b(?:as|collate|operator)\s+|\bextract\s*\(\s*)$/i.test(before.slice(-80));
