/**
 * What the server does with the commands of a migration, on documents in memory: as much of its language as the planner uses, by the
 * manual's words. Anything else throws, so that no step passes because it was not understood.
 */
import type { MigrationStep } from "../../../templates/engines/mongodb/migration-step.ts";

/** A BSON double; a plain number is an int, a bigint a long. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A BSON decimal128, as its digits. */
export class Decimal {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

export type Value = unknown;
export type Doc = { readonly [key: string]: Value };
type Scope = Readonly<Record<string, Value>>;

const isObject = (value: Value): value is Doc =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Double) &&
  !(value instanceof Decimal) &&
  !(value instanceof Date);

/** Of values that the driver has a class for, and nothing here looks into. */
const driverTypes: Readonly<Record<string, string>> = { Binary: "binData" };

/** Name of a value's BSON type, as `$type` gives it. */
export function bsonType(value: Value): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Double) return "double";
  if (value instanceof Decimal) return "decimal";
  if (value instanceof Date) return "date";
  const own = (value as Doc)["_bsontype"];
  if (typeof own === "string") return driverTypes[own] ?? own;
  const names: Readonly<Record<string, string>> = {
    string: "string",
    number: "int",
    bigint: "long",
    boolean: "bool",
    object: "object",
  };
  return names[typeof value] ?? typeof value;
}

/** Extended JSON of a command as values. */
export function parsed(value: Value): Value {
  if (Array.isArray(value)) return value.map(parsed);
  if (!isObject(value)) return value;
  if (typeof value["$numberLong"] === "string") return BigInt(value["$numberLong"]);
  if (typeof value["$numberDouble"] === "string") return new Double(Number(value["$numberDouble"]));
  if (typeof value["$numberDecimal"] === "string") return new Decimal(value["$numberDecimal"]);
  if (typeof value["$date"] === "string") return new Date(value["$date"]);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, parsed(one)]));
}

const isNumber = (value: Value): boolean => /^(?:int|long|double|decimal)$/.test(bsonType(value));

/** All digits of a number, and how many of them stand after the point. */
function digitsOf(value: Value): readonly [digits: bigint, scale: number] {
  const bare =
    value instanceof Double ? value.value : value instanceof Decimal ? value.digits : value;
  const [whole = "", fraction = ""] = String(bare).split(".");
  return [BigInt(whole + fraction), fraction.length];
}

/** Below zero, zero or above, by value, whatever the types of the two numbers. */
function compare(a: Value, b: Value): number {
  const [[x, m], [y, n]] = [digitsOf(a), digitsOf(b)];
  const scale = Math.max(m, n);
  const difference = x * 10n ** BigInt(scale - m) - y * 10n ** BigInt(scale - n);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** Whether a query finds a document. */
export function finds(query: Doc, doc: Doc): boolean {
  return Object.entries(query).every(([key, test]) => {
    if (key === "$nor") return (test as readonly Doc[]).every((one) => !finds(one, doc));
    if (key === "$jsonSchema") return fits(test as Doc, doc);
    if (key === "$expr") return evaluated(test, { ROOT: doc, CURRENT: doc }) === true;
    return holds(at(doc, key), test);
  });
}

/** What stands under a dotted path of embedded documents. */
const at = (doc: Value, path: string): Value =>
  path.split(".").reduce<Value>((value, name) => (isObject(value) ? value[name] : undefined), doc);

/** A document with another value under a dotted path, none where it is undefined. */
function withAt(doc: Doc, path: string, value: Value): Doc {
  const [name = "", ...rest] = path.split(".");
  const inner = doc[name];
  const made =
    rest.length === 0 ? value : withAt(isObject(inner) ? inner : {}, rest.join("."), value);
  if (made === undefined)
    return Object.fromEntries(Object.entries(doc).filter(([key]) => key !== name));
  return { ...doc, [name]: made };
}

function holds(value: Value, test: Value): boolean {
  if (test === null) return value === null || value === undefined;
  if (!isObject(test)) return value === test;
  return Object.entries(test).every(([operator, operand]) => {
    switch (operator) {
      case "$exists":
        return (value !== undefined) === operand;
      case "$type":
        return [operand].flat().includes(bsonType(value));
      case "$elemMatch":
        return (
          Array.isArray(value) &&
          value.some((item) => isObject(item) && finds(operand as Doc, item))
        );
      case "$nin":
        return !(operand as readonly Value[]).includes(value ?? null);
      case "$not":
        return !holds(value, operand);
      case "$regex":
        return typeof value === "string" && new RegExp(String(operand), "u").test(value);
      case "$lt":
        return isNumber(value) && compare(value, operand) < 0;
      case "$gt":
        return isNumber(value) && compare(value, operand) > 0;
      default:
        throw new Error(`unknown in a query: ${operator}`);
    }
  });
}

/** Whether a document fits a schema of ours. */
export const fits = (schema: Doc, value: Value): boolean => misfits(schema, value).length === 0;

/** Where a document does not fit a schema of ours, one path with the rule for each. */
export function misfits(schema: Doc, value: Value, path = "$"): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, limit]) => {
    switch (keyword) {
      case "required":
        return (limit as readonly string[])
          .filter((name) => !isObject(value) || value[name] === undefined)
          .map((name) => `${path}.${name}: required`);
      case "properties":
        return Object.entries(limit as Doc).flatMap(([name, inner]) =>
          !isObject(value) || value[name] === undefined
            ? []
            : misfits(inner as Doc, value[name], `${path}.${name}`),
        );
      case "items":
        return Array.isArray(value)
          ? value.flatMap((item, at) => misfits(limit as Doc, item, `${path}[${at}]`))
          : [];
      default:
        return allows(keyword, limit, value)
          ? []
          : [`${path}: ${keyword} ${shown({ limit })}, is ${bsonType(value)}`];
    }
  });
}

function allows(keyword: string, limit: Value, value: Value): boolean {
  switch (keyword) {
    case "bsonType":
      return [limit].flat().includes(bsonType(value));
    case "anyOf":
      return (limit as readonly Doc[]).some((one) => fits(one, value));
    case "enum":
      return (limit as readonly Value[]).includes(value);
    case "minimum":
      return !isNumber(value) || compare(value, limit) >= 0;
    case "maximum":
      return !isNumber(value) || compare(value, limit) <= 0;
    case "maxLength":
      return typeof value !== "string" || value.length <= Number(limit);
    case "maxItems":
      return !Array.isArray(value) || value.length <= Number(limit);
    default:
      throw new Error(`unknown in a schema: ${keyword}`);
  }
}

/** The documents of a collection after the commands of a step. @throws for one that refuses them */
export function applied(
  docs: readonly Doc[],
  commands: readonly MigrationStep[],
  collection = "articles",
): readonly Doc[] {
  return commands.reduce<readonly Doc[]>((now, command) => {
    if ("refuse" in command) {
      if (command.refuse !== collection) return now;
      const found = now.find((doc) => finds(parsed(command.filter) as Doc, doc));
      if (found !== undefined) throw new Error(`${command.reason}: ${shown(found)}`);
      return now;
    }
    if (!("updateMany" in command) || command.updateMany !== collection) return now;
    const filter = parsed(command.filter) as Doc;
    const changed = now.map((doc) =>
      finds(filter, doc) ? updated(doc, parsed(command.update)) : doc,
    );
    const again = changed.find((doc) => finds(filter, doc));
    if (again !== undefined)
      throw new Error(`it would be changed again and again: ${shown(again)}`);
    return changed;
  }, docs);
}

const shown = (doc: Doc): string =>
  JSON.stringify(doc, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));

function updated(doc: Doc, update: Value): Doc {
  if (Array.isArray(update))
    return update.reduce<Doc>((now, stage: Doc) => staged(now, stage), doc);
  const { $set = {}, $unset = {}, $rename = {}, ...rest } = update as Readonly<Record<string, Doc>>;
  if (Object.keys(rest).length > 0)
    throw new Error(`unknown in an update: ${Object.keys(rest).join()}`);
  const moved = Object.entries($rename).map(([from, to]) => [String(to), at(doc, from)] as const);
  const overwritten = moved.find(([to]) => at(doc, to) !== undefined);
  if (overwritten !== undefined) throw new Error(`a value would be lost: ${overwritten[0]}`);
  const without = [...Object.keys($unset), ...Object.keys($rename)].reduce<Doc>(
    (now, path) => withAt(now, path, undefined),
    doc,
  );
  return [...moved, ...Object.entries($set)].reduce<Doc>(
    (now, [path, value]) => withAt(now, path, value),
    without,
  );
}

function staged(doc: Doc, stage: Doc): Doc {
  const [[name, set] = ["", {}], ...more] = Object.entries(stage);
  if (name === "$unset" && typeof set === "string" && more.length === 0)
    return withAt(doc, set, undefined);
  if (name !== "$set" || more.length > 0)
    throw new Error(`unknown stage: ${Object.keys(stage).join()}`);
  const scope = { ROOT: doc, CURRENT: doc };
  return Object.entries(set as Doc)
    .map(([key, value]) => [key, evaluated(value, scope)] as const)
    .reduce<Doc>((now, [key, value]) => (value === undefined ? now : withAt(now, key, value)), doc);
}

function evaluated(expression: Value, scope: Scope): Value {
  if (typeof expression === "string" && expression.startsWith("$")) return path(expression, scope);
  if (Array.isArray(expression)) return expression.map((one: Value) => evaluated(one, scope));
  if (!isObject(expression)) return expression;
  const [entry] = Object.entries(expression);
  if (entry === undefined || !entry[0].startsWith("$"))
    return Object.fromEntries(
      Object.entries(expression).map(([key, one]) => [key, evaluated(one, scope)]),
    );
  const [operator, operand] = entry;
  const rule = rules[operator];
  if (rule === undefined) throw new Error(`unknown in an expression: ${operator}`);
  return rule(operand, scope);
}

function path(text: string, scope: Scope): Value {
  const [head = "", ...names] = text.startsWith("$$")
    ? text.slice(2).split(".")
    : ["CURRENT", ...text.slice(1).split(".")];
  if (!(head in scope)) throw new Error(`unknown variable: ${text}`);
  return names.reduce<Value>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    scope[head],
  );
}

type Rule = (operand: Value, scope: Scope) => Value;

const pair = (operand: Value, scope: Scope): readonly [Value, Value] => {
  const [a, b] = operand as readonly Value[];
  return [evaluated(a, scope), evaluated(b, scope)];
};

const rules: Readonly<Record<string, Rule>> = {
  $literal: (operand) => operand,
  $type: (operand, scope) => bsonType(evaluated(operand, scope)),
  $eq: (operand, scope) => {
    const [a, b] = pair(operand, scope);
    return a === b;
  },
  $ne: (operand, scope) => {
    const [a, b] = pair(operand, scope);
    return a !== b;
  },
  $in: (operand, scope) => {
    const [one, list] = pair(operand, scope);
    return (list as readonly Value[]).includes(one);
  },
  $and: (operand, scope) =>
    (operand as readonly Value[]).every((one) => evaluated(one, scope) === true),
  $cond: (operand, scope) => {
    const [test, then, otherwise] = operand as readonly Value[];
    return evaluated(evaluated(test, scope) === true ? then : otherwise, scope);
  },
  $gt: (operand, scope) => {
    const [a, b] = pair(operand, scope);
    return compare(a, b) > 0;
  },
  $ifNull: (operand, scope) => {
    const [value, otherwise] = pair(operand, scope);
    return value ?? otherwise;
  },
  $mergeObjects: (operand, scope) =>
    Object.fromEntries(
      (operand as readonly Value[])
        .flatMap((one) => Object.entries((evaluated(one, scope) ?? {}) as Doc))
        .filter(([, value]) => value !== undefined),
    ),
  $unsetField: (operand, scope) => {
    const { field, input } = operand as { readonly field: string; readonly input: Value };
    return Object.fromEntries(
      Object.entries(evaluated(input, scope) as Doc).filter(([key]) => key !== field),
    );
  },
  $map: (operand, scope) => {
    const {
      input,
      as,
      in: made,
    } = operand as { readonly input: Value; readonly as: string; readonly in: Value };
    const list = evaluated(input, scope);
    return Array.isArray(list)
      ? list.map((item: Value) => evaluated(made, { ...scope, [as]: item }))
      : null;
  },
  $let: (operand, scope) => {
    const { vars, in: made } = operand as { readonly vars: Doc; readonly in: Value };
    const own = Object.entries(vars).map(([name, one]) => [name, evaluated(one, scope)] as const);
    return evaluated(made, { ...scope, ...Object.fromEntries(own) });
  },
  $toUpper: (operand, scope) => String(evaluated(operand, scope)).toUpperCase(),
  $convert: (operand, scope) => {
    const { input, to, onError } = operand as {
      readonly input: Value;
      readonly to: string;
      readonly onError?: Value;
    };
    const value = evaluated(input, scope);
    if (value === null || value === undefined) return null;
    if (onError === undefined) return converted(value, to);
    try {
      return converted(value, to);
    } catch {
      return evaluated(onError, scope);
    }
  },
  $anyElementTrue: (operand, scope) => {
    const [list] = operand as readonly Value[];
    return (evaluated(list, scope) as readonly Value[]).includes(true);
  },
};

/** @throws for what the server refuses: a text that is no number of the type, or one that is out of its range */
function converted(value: Value, to: string): Value {
  const plain =
    value instanceof Double ? value.value : value instanceof Decimal ? value.digits : value;
  switch (to) {
    case "string":
      return String(plain);
    case "int":
    case "long": {
      if (typeof value === "string" && !/^[+-]?\d+$/.test(value)) throw unconverted(to);
      const whole = Math.trunc(Number(plain));
      const bits = to === "int" ? 31 : 63;
      if (!(whole >= -(2 ** bits) && whole < 2 ** bits)) throw unconverted(to);
      return to === "int" ? whole : BigInt(whole);
    }
    case "double":
      if (!Number.isFinite(Number(plain))) throw unconverted(to);
      return new Double(Number(plain));
    default:
      throw new Error(`unknown conversion: ${to}`);
  }
}

const unconverted = (to: string): Error => new Error(`the value does not convert to ${to}`);
