import { programmingError } from "../../runtime/errors.ts";
import { uuidText } from "../../runtime/keys.ts";
import type { Range } from "../../runtime/options.ts";
import { boundOf, type Scalar, soughtOf } from "./columns.ts";
import { type ColumnDefinition, field, type ViewDefinition } from "./definition.ts";

/** One condition of a filter. */
export type Condition =
  | { readonly column: string; readonly equals: unknown }
  | { readonly column: string; readonly within: Range<unknown> };

/** The condition that a column has this value, or holds it; none when it is not given. */
export const equal = (column: string, value: unknown): readonly Condition[] =>
  value === undefined ? [] : [{ column, equals: value }];

/** The same for a UUID in either case, which is kept in lower case. */
export const equalUuid = (column: string, value: string | undefined): readonly Condition[] =>
  equal(column, uuidText(value) ?? value);

/** The condition that a column lies within a range, both ends included; none when it is not given. */
export const between = (column: string, range: Range<unknown> | undefined): readonly Condition[] =>
  range === undefined ? [] : [{ column, within: range }];

/**
 * A text as a literal of Milvus' expressions. Only what ends or continues a literal is escaped, by the escapes that every server version
 * reads; all else stands for itself. Source: `milvus-io/milvus: internal/parser/planparserv2/Plan.g4`, StringLiteral. Bound expression templates
 * would spare this, but Milvus Lite does not know them.
 */
export function textLiteral(text: string): string {
  if (!text.isWellFormed()) throw programmingError("a text holds half of a surrogate pair");
  return `"${text.replaceAll(/["\\\n\r]/g, (one) => escapes[one] ?? one)}"`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
};

const smallest = "-9223372036854775808";

function literal(column: ColumnDefinition, scalar: Scalar): string {
  if (column.kind === "text") return textLiteral(String(scalar));
  // The sign is an operator there, and the number behind it would be too large by one.
  return scalar === smallest ? "(-9223372036854775807 - 1)" : String(scalar);
}

/**
 * The whole filter of a read: what was asked for, the tenant where there is one, and never what is deleted.
 *
 * @throws DataError programming for a value that its column cannot hold; a decimal may have finer digits: the end of a range is compared
 * exactly, and no row is equal to such a value
 */
export function filterExpression(
  definition: Pick<ViewDefinition, "columns">,
  conditions: readonly Condition[],
  tenant: string | undefined,
): string {
  const columns = new Map(definition.columns.map((column) => [column.name, column]));
  const asked = conditions.flatMap((condition) => {
    const column = columns.get(condition.column);
    if (column === undefined) throw programmingError(`the view has no column ${condition.column}`);
    return conditionTexts(column, condition);
  });
  return [
    ...(tenant === undefined ? [] : [`${field.tenant} == ${textLiteral(tenant)}`]),
    ...asked,
    `${field.deleted} == false`,
  ].join(" and ");
}

/** Beside the condition of every filter that a row is not deleted. */
const nothing = `${field.deleted} == true`;

function conditionTexts(column: ColumnDefinition, condition: Condition): readonly string[] {
  const { name } = column;
  if ("equals" in condition) {
    const scalar = soughtOf(column, condition.equals);
    if (scalar === undefined) return [nothing];
    const value = literal(column, scalar);
    if (column.list !== true) return [`${name} == ${value}`];
    // Milvus Lite takes a signed number as an argument in parentheses only.
    const element = value.startsWith("-") ? `(${value})` : value;
    return [`array_contains(${name}, ${element})`];
  }
  const { min, max } = condition.within;
  return [
    ...(min === undefined ? [] : [`${name} >= ${literal(column, boundOf(column, min, "ceil"))}`]),
    ...(max === undefined ? [] : [`${name} <= ${literal(column, boundOf(column, max, "floor"))}`]),
  ];
}

/** `pk in ["a", "b"]` */
export const keysExpression = (keys: readonly string[]): string =>
  `${field.key} in [${keys.map(textLiteral).join(", ")}]`;
