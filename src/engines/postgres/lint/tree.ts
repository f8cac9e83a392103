import type { ColumnDef, Constraint, Node, RangeVar, TypeName } from "libpg-query";
import { identifier } from "../sql/quote.ts";

/** Reading the parser's tree: each node is an object with one property, named after its kind. */

/** Key of a table: its name, with its schema unless that is the usual one. */
export const tableKey = ({ schemaname, relname = "" }: RangeVar): string =>
  schemaname === undefined || schemaname === "public" ? relname : `${schemaname}.${relname}`;

/** The table as SQL. */
export const tableName = (relation: RangeVar): string =>
  [relation.schemaname, relation.relname ?? ""]
    .flatMap((part) => (part === undefined ? [] : [identifier(part)]))
    .join(".");

/** Texts of a list of String nodes: a qualified name, or columns. */
export function strings(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) =>
    "String" in node ? [node.String.sval ?? ""] : "List" in node ? strings(node.List.items) : [],
  );
}

/** Key of a qualified name, like {@link tableKey}. */
export function nameKey(parts: readonly string[]): string {
  const [schema, name] = parts.length > 1 ? parts.slice(-2) : [undefined, parts[0]];
  return tableKey({ ...(schema !== undefined && { schemaname: schema }), relname: name ?? "" });
}

/** A qualified name as SQL. */
export const nameSql = (parts: readonly string[]): string => parts.map(identifier).join(".");

/** A column's type as far as rules need it. */
export interface TypeFacts {
  /** `int4`, `varchar`, `timestamptz`, `text`, or the name of a type that somebody made. */
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

export function typeFacts(type: TypeName | undefined): TypeFacts {
  const modifiers = (type?.typmods ?? []).flatMap((node) =>
    "A_Const" in node ? [node.A_Const.ival?.ival ?? 0] : [],
  );
  const array = (type?.arrayBounds ?? []).length > 0;
  return { name: strings(type?.names).at(-1) ?? "", modifiers, array };
}

/** The constraints written behind a column. */
export const columnConstraints = (column: ColumnDef): readonly Constraint[] =>
  (column.constraints ?? []).flatMap((node) => ("Constraint" in node ? [node.Constraint] : []));

/** The constraint of that kind behind a column. */
export const constraintOf = (
  column: ColumnDef,
  kind: NonNullable<Constraint["contype"]>,
): Constraint | undefined => columnConstraints(column).find(({ contype }) => contype === kind);

/** Names of every function that an expression calls, in lower case and without schema. */
export function calledFunctions(expression: Node | undefined): readonly string[] {
  const called: string[] = [];
  JSON.stringify(expression ?? null, (_, value: unknown) => {
    if (isFuncCall(value))
      called.push((strings(value.FuncCall.funcname).at(-1) ?? "").toLowerCase());
    return value;
  });
  return called;
}

const isFuncCall = (value: unknown): value is { FuncCall: { funcname?: Node[] } } =>
  typeof value === "object" && value !== null && "FuncCall" in value;

/** The column of `column is not null`, when that is the whole condition. */
export function requiredColumn(condition: Node | undefined): string | undefined {
  if (condition === undefined || !("NullTest" in condition)) return undefined;
  const { arg, nulltesttype } = condition.NullTest;
  if (nulltesttype !== "IS_NOT_NULL" || arg === undefined || !("ColumnRef" in arg))
    return undefined;
  return strings(arg.ColumnRef.fields).at(-1);
}
