import { identifier, literal } from "../sql/quote.ts";
import { byteRoom, isInteger, parsed, type ParsedType, secondDigits } from "./parsed-type.ts";

const characters = "longtext character set utf8mb4";

/** `$."line_no"`, as text of the statement. */
export const pathTo = (...names: readonly string[]): string =>
  literal(`$${names.map((name) => `.${JSON.stringify(name)}`).join("")}`);

/** A value as the triggers of a history write it (statements/row.ts), from its column's type. */
export function recordedForm(type: string, value: string): string {
  const own = parsed(type);
  const whole = `cast(${value} as ${own.unsigned ? "unsigned" : "signed"})`;
  const isWhole = isInteger(own) || own.name === "year";
  if (isWhole && own.name !== "bigint") return whole;
  return words(isWhole ? whole : byteRoom(own) === undefined ? exact(own, value) : `hex(${value})`);
}

/** A column as the triggers of a history write it. @param value the column, of that type */
export function columnForm(type: string, value: string): string {
  const own = parsed(type);
  if (byteRoom(own) !== undefined) return `hex(${value})`;
  return (isInteger(own) && own.name !== "bigint") || own.name === "year"
    ? value
    : `cast(${value} as char)`;
}

/** MariaDB takes no two texts of other collations into one array, and keeps JSON under this one. */
const words = (value: string): string => `cast(${value} as char) collate utf8mb4_bin`;

function exact(own: ParsedType, value: string): string {
  const digits = secondDigits(own);
  if (own.name === "decimal") return `cast(${value} as decimal(${own.length},${own.scale}))`;
  if (own.name === "double" || own.name === "float") return `cast(${value} as double)`;
  if (own.name === "date") return `cast(${value} as date)`;
  return digits === undefined ? value : `cast(${value} as datetime(${digits}))`;
}

/** Whether values of two types are recorded alike. */
export const isRecordedAlike = (from: string, to: string): boolean =>
  recordedForm(from, "") === recordedForm(to, "");

/** A value of a recorded row that an expression names. */
export interface ReadColumn {
  readonly name: string;
  readonly type: string;
  /** The property that holds it. */
  readonly under: string;
}

/**
 * The columns of a recorded row for expressions over them; a value that is none of its type is null.
 *
 * @param asText columns that are read as they were written
 */
export const typedColumns = (
  columns: readonly ReadColumn[],
  asText: readonly string[],
): readonly string[] =>
  columns.map(
    ({ name, type, under }) =>
      `${identifier(name)} ${asText.includes(name) ? characters : readType(type)} path ${pathTo(under)}`,
  );

function readType(type: string): string {
  const own = parsed(type);
  if (own.name === "boolean") return "tinyint";
  if (isInteger(own) || own.name === "decimal" || own.name === "date" || own.name === "double")
    return type.replace(own.collated, "");
  return secondDigits(own) === undefined ? characters : `datetime(${own.length})`;
}
