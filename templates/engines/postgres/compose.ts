import { prepared } from "./prepared.ts";
import type {
  ComposedRead,
  DynamicRead,
  DynamicValues,
  OrderTerm,
  Patch,
  Text,
  Write,
} from "./statement.ts";
import { specOf, write } from "./statement.ts";

/** A composed statement with the values of this call. */
export interface Composed<S> {
  readonly statement: S;
  /** Which parts are present: values alone do not tell what they are set to. */
  readonly shape: string;
  readonly values: readonly Text[];
}

/** Where a page starts and how many rows are asked for. */
export interface Window {
  readonly after: readonly Text[] | undefined;
  readonly limit: number;
}

const fill = (fragment: string, parameter: number): string =>
  fragment.replaceAll("{0}", `$${parameter}`);

/** Rows behind the cursor in one term. PostgreSQL puts nulls last ascending, first descending. */
const behind = (term: OrderTerm, value: Text, parameter: string): string => {
  const { column, nullable } = term;
  if (term.direction === "asc") {
    if (value === null) return "false";
    return nullable
      ? `(${column} > ${parameter} or ${column} is null)`
      : `${column} > ${parameter}`;
  }
  return value === null ? `${column} is not null` : `${column} < ${parameter}`;
};

/** `(a, b) > ($1, $2)` where an index can serve it so, else the terms one by one. */
const continueAfter = (
  order: readonly OrderTerm[],
  after: readonly Text[],
  firstParameter: number,
): { readonly condition: string; readonly values: readonly Text[] } => {
  const values = after.filter((value) => value !== null);
  let next = firstParameter;
  const parameters = order.map((term, at) =>
    after[at] === null ? "" : `$${next++}::${term.cast}`,
  );
  const [first] = order;
  const uniform = order.every((term) => !term.nullable && term.direction === first?.direction);
  if (uniform && values.length === order.length) {
    const sign = first?.direction === "asc" ? ">" : "<";
    const columns = order.map((term) => term.column).join(", ");
    return { condition: `(${columns}) ${sign} (${parameters.join(", ")})`, values };
  }
  const equals = order.map((term, at) =>
    after[at] === null ? `${term.column} is null` : `${term.column} = ${parameters[at]}`,
  );
  const terms = order.map((term, at) =>
    [...equals.slice(0, at), behind(term, after[at] ?? null, parameters[at] ?? "")].join(" and "),
  );
  return { condition: `(${terms.map((term) => `(${term})`).join(" or ")})`, values };
};

const orderBy = (order: readonly OrderTerm[]): string =>
  order.length === 0
    ? ""
    : ` order by ${order.map((term) => `${term.column} ${term.direction}`).join(", ")}`;

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
    conditions.push(page.condition);
    next += page.values.length;
  }
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
  const tail = statement.tail === undefined ? "" : ` ${statement.tail}`;
  return `${statement.select}${where}${tail}${orderBy(statement.order)} limit $${next + 1}::bigint`;
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
    composed = { spec: specOf(statement, "read", text), prepared: prepared(statement.name, text) };
    statement.composed.set(shape, composed);
  }
  const given = (values.optional ?? []).filter((value) => value !== undefined);
  const after = (window.after ?? []).filter((value) => value !== null);
  return {
    statement: composed,
    shape,
    values: [...values.fixed, ...given, ...after, `${window.limit}`],
  };
};

/** The update of the given fields, made once per set of fields. A patch of nothing still raises the version. */
export const composePatch = <R>(
  statement: Patch<R>,
  key: readonly Text[],
  changes: Readonly<Record<string, Text | undefined>>,
  ifVersion: number | undefined,
): Composed<Write<R>> => {
  const fields = Object.keys(statement.sets).filter((field) => changes[field] !== undefined);
  const shape = `${fields.join(",")}|${ifVersion === undefined ? "" : "v"}`;
  let composed = statement.composed.get(shape);
  if (composed === undefined) {
    composed = write(patchWrite(statement, fields, key.length, ifVersion !== undefined));
    statement.composed.set(shape, composed);
  }
  const version = ifVersion === undefined ? [] : [`${ifVersion}`];
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
  const conditions = [...statement.where, ...version].join(" and ");
  const { name, collection, entity, key, columns, row, exists } = statement;
  return {
    name,
    collection,
    entity,
    key,
    columns,
    row,
    keyValues,
    absent: "not-found",
    ...(exists === undefined ? {} : { exists }),
    text: `${statement.update} set ${[...sets, ...(statement.always ?? [])].join(", ")} where ${conditions} returning ${statement.returning}`,
  };
};
