import { prepared } from "./prepared.ts";
import type {
  ComposedRead,
  DynamicRead,
  DynamicValues,
  OrderTerm,
  Patch,
  Value,
  Write,
} from "./statement.ts";
import { specOf, write } from "./statement.ts";

/** A composed statement with the values of this call. */
export interface Composed<S> {
  readonly statement: S;
  /** Which parts are present: values alone do not tell what they are set to. */
  readonly shape: string;
  readonly values: readonly Value[];
}

/** Where a page starts and how many rows are asked for. */
export interface Window {
  readonly after: readonly (string | null)[] | undefined;
  readonly limit: number;
}

const fill = (fragment: string, parameter: number): string =>
  fragment.replaceAll("{0}", `$${parameter}`);

/** Rows behind the cursor in one term. MySQL puts nulls first ascending, last descending. */
const behind = ({ column, direction, nullable }: OrderTerm, parameter: string): string => {
  const isNull = parameter === "";
  if (direction === "asc") return isNull ? `${column} is not null` : `${column} > ${parameter}`;
  if (isNull) return "false";
  return nullable ? `(${column} < ${parameter} or ${column} is null)` : `${column} < ${parameter}`;
};

/** No row behind the cursor lies before it in the first term: what an index can begin at. */
const bound = (
  { column, direction, nullable }: OrderTerm,
  parameter: string,
): readonly string[] => {
  if (parameter === "") return direction === "asc" ? [] : [`${column} is null`];
  if (direction === "asc") return [`${column} >= ${parameter}`];
  return nullable ? [] : [`${column} <= ${parameter}`];
};

/**
 * The rows behind the cursor, term by term: MySQL uses no index for `(a, b) > (x, y)`. The bound of the first term says nothing new, but
 * is what a range scan can use.
 */
const continueAfter = (
  order: readonly OrderTerm[],
  after: readonly (string | null)[],
  firstParameter: number,
): { readonly conditions: readonly string[]; readonly count: number } => {
  let next = firstParameter;
  const parameters = order.map(({ cast }, at) =>
    after[at] === null ? "" : fill(cast ?? "{0}", next++),
  );
  const equals = order.map(({ column }, at) =>
    parameters[at] === "" ? `${column} is null` : `${column} = ${parameters[at]}`,
  );
  const terms = order.map((term, at) =>
    [...equals.slice(0, at), behind(term, parameters[at] ?? "")].join(" and "),
  );
  const [first] = order;
  const ahead = first === undefined || order.length === 1 ? [] : bound(first, parameters[0] ?? "");
  return {
    conditions: [...ahead, `(${terms.map((term) => `(${term})`).join(" or ")})`],
    count: next - firstParameter,
  };
};

const orderBy = (order: readonly OrderTerm[]): string =>
  order.length === 0
    ? ""
    : ` order by ${order.map((term) => `${term.alias ?? term.column} ${term.direction}`).join(", ")}`;

/** Which parts a call has: the key of its composed text. */
const shapeOf = (optional: DynamicValues["optional"], after: Window["after"]): string => {
  const given = (optional ?? []).map((value) => (value === undefined ? "0" : "1")).join("");
  return `${given}|${after === undefined ? "" : after.map((value) => (value === null ? "n" : "v")).join("")}`;
};

const composeText = <R>(
  statement: DynamicRead<R>,
  { fixed, optional }: DynamicValues,
  after: Window["after"],
): string => {
  let next = fixed.length;
  const conditions = [...statement.where];
  (statement.optional ?? []).forEach((fragment, at) => {
    if (optional?.[at] !== undefined) conditions.push(fill(fragment, (next += 1)));
  });
  if (after !== undefined) {
    const page = continueAfter(statement.order, after, next + 1);
    conditions.push(...page.conditions);
    next += page.count;
  }
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
  const tail = statement.tail === undefined ? "" : ` ${statement.tail}`;
  return `${statement.select}${where}${tail}${orderBy(statement.order)} limit $${next + 1}`;
};

/** The text of this combination of parts, made once, and its values in the text's order. */
export const composeRead = <R>(
  statement: DynamicRead<R>,
  values: DynamicValues,
  window: Window,
): Composed<ComposedRead> => {
  const shape = shapeOf(values.optional, window.after);
  let composed = statement.composed.get(shape);
  if (composed === undefined) {
    const text = composeText(statement, values, window.after);
    const { scoped } = statement;
    composed = { spec: specOf(statement, "read", text), prepared: prepared(text, scoped) };
    statement.composed.set(shape, composed);
  }
  const given = (values.optional ?? []).filter((value) => value !== undefined);
  const after = (window.after ?? []).filter((value) => value !== null);
  return {
    statement: composed,
    shape,
    values: [...values.fixed, ...given, ...after, window.limit],
  };
};

/** The update of the given fields, made once per set of fields. A patch of nothing still raises the version. */
export const composePatch = <R>(
  statement: Patch<R>,
  key: readonly Value[],
  changes: Readonly<Record<string, Value | undefined>>,
  ifVersion: number | undefined,
): Composed<Write<R>> => {
  const fields = Object.keys(statement.sets).filter((field) => changes[field] !== undefined);
  const shape = `${fields.join(",")}|${ifVersion === undefined ? "" : "v"}`;
  let composed = statement.composed.get(shape);
  if (composed === undefined) {
    composed = write(patchWrite(statement, fields, key.length, ifVersion !== undefined));
    statement.composed.set(shape, composed);
  }
  const version = ifVersion === undefined ? [] : [ifVersion];
  return {
    statement: composed,
    shape,
    values: [...key, ...fields.map((field) => changes[field] ?? null), ...version],
  };
};

const patchWrite = <R>(
  statement: Patch<R>,
  fields: readonly string[],
  keyValues: number,
  versioned: boolean,
): Parameters<typeof write<R>>[0] => {
  const sets = fields.map((field, at) => fill(statement.sets[field] ?? "", keyValues + at + 1));
  const version = versioned
    ? [fill(statement.version ?? "true", keyValues + fields.length + 1)]
    : [];
  const all = [...sets, ...(statement.always ?? [])];
  const conditions = [...statement.where, ...version].join(" and ");
  const { name, collection, entity, key, row, select } = statement;
  const { exists, scoped, loose, with: further } = statement;
  // Nothing to set: the key is set to itself, which still says whether the row is there.
  const set = all.length === 0 ? (statement.where[0] ?? "") : all.join(", ");
  return {
    name,
    collection,
    entity,
    key,
    row,
    keyValues,
    absent: "not-found",
    ...(exists === undefined ? {} : { exists }),
    ...(scoped === undefined ? {} : { scoped }),
    ...(loose === undefined ? {} : { loose }),
    ...(further === undefined ? {} : { with: further }),
    text: `${statement.update} set ${set} where ${conditions}`,
    result: { select },
  };
};
