import type { Dialect } from "../dialect.ts";
import { literal } from "../sql/quote.ts";
import type { MysqlColumn } from "./catalogue.ts";
import type { Row } from "./read.ts";

/**
 * A row of the column query without its table.
 *
 * @param checks of the columns themselves: MariaDB keeps JSON as text with such a check
 */
export function columnOf(
  row: Row,
  dialect: Dialect,
  checks: Readonly<Record<string, string>>,
): MysqlColumn {
  const [name = "", full = "", nullable, value, extra = "", charset, collation, computed, comment] =
    row;
  const isJson = full === "longtext" && /^json_valid\(`?[^`]+`?\)$/i.test(checks[name] ?? "");
  const type = isJson ? "json" : withoutWidth(full);
  const isComputed = computed !== undefined && computed !== "";
  const expression = isComputed ? undefined : defaultOf(type, value, extra, dialect);
  return {
    name,
    type: isJson ? type : `${type}${characters(charset, collation, dialect)}`,
    nullable: nullable === "YES",
    ...(expression !== undefined && { default: expression }),
    ...(isComputed && {
      generated: {
        expression: conditionOf(computed, dialect),
        stored: /stored|persistent/i.test(extra),
      },
    }),
    ...(/auto_increment/i.test(extra) && { identity: "by default" as const }),
    ...(comment !== undefined && comment !== "" && { comment }),
    inherited: false,
    invisible: /\binvisible\b/i.test(extra),
  };
}

/** MariaDB prints how wide an integer is shown, which says nothing of what it holds; a boolean is told by its one digit. */
const withoutWidth = (type: string): string =>
  type === "tinyint(1)" || type.includes("zerofill")
    ? type
    : type.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, "$1");

function characters(
  charset: string | undefined,
  collation: string | undefined,
  { collation: own }: Dialect,
): string {
  return charset === undefined || collation === undefined || collation === own
    ? ""
    : ` character set ${charset} collate ${collation}`;
}

/** The expression of a default with what `on update` sets; undefined where there is none. */
function defaultOf(
  type: string,
  value: string | undefined,
  extra: string,
  dialect: Dialect,
): string | undefined {
  const update = /on update (\w+(?:\([1-6]\))?)/i.exec(extra)?.[1];
  const made = expressionOf(type, value, extra, dialect);
  if (update === undefined) return made;
  return `${made ?? "null"} on update ${update.toLowerCase()}`;
}

const moment = /^(?:current_timestamp|now)(?:\((\d*)\))?$/i;

/** MariaDB tells an expression as SQL; MySQL the text of a constant, and says of an expression that it is one. */
function expressionOf(
  type: string,
  value: string | undefined,
  extra: string,
  dialect: Dialect,
): string | undefined {
  if (value === undefined) return undefined;
  const [isMoment, digits = ""] = moment.exec(value) ?? [];
  if (isMoment !== undefined)
    return digits === "" || digits === "0" ? "current_timestamp" : `current_timestamp(${digits})`;
  if (dialect.name === "mariadb") return value.toUpperCase() === "NULL" ? undefined : value;
  if (/DEFAULT_GENERATED/i.test(extra)) return `(${conditionOf(value, dialect)})`;
  if (/^b'[01]*'$|^0x[0-9a-f]*$/i.test(value)) return value;
  const isNumber = /^(?:\w*int|decimal|float|double|year)\b/.test(type);
  return isNumber ? value : literal(value);
}

/**
 * An expression as a statement takes it: MySQL names the character set of each text and escapes the quotes around it. A pair of brackets
 * around the whole goes.
 */
export function conditionOf(clause: string, { name }: Dialect): string {
  const text = name === "mysql" ? unescaped(clause) : clause;
  return isBracketed(text) ? text.slice(1, -1) : text;
}

const unescaped = (clause: string): string =>
  clause
    .replaceAll("\\\\\\'", "''")
    .replaceAll("\\'", "'")
    .replaceAll(/_utf8mb[34](?=')/g, "");

function isBracketed(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  let depth = 0;
  for (const [at, part] of [...text.matchAll(/'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|[\s\S]/g)].map(
    (found) => [found.index, found[0]] as const,
  )) {
    if (part === "(") depth += 1;
    if (part === ")") depth -= 1;
    if (depth === 0 && at < text.length - 1) return false;
  }
  return true;
}
