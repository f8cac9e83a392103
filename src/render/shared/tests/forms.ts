import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { portVariable } from "../../../ir/names.ts";
import type { Predicate } from "../../../spec/model.ts";
import type { Doc } from "../../document.ts";
import {
  group,
  hardline,
  ifBroken,
  indent,
  join,
  line,
  print,
  printWidth,
} from "../../document.ts";
import { propertyName, stringLiteral } from "../../encode.ts";
import { arrayLiteral, call, entry, openObject } from "../../layout.ts";

/** Forms of TypeScript that the tests are made of. */

export type Entry = readonly [name: string, value: Doc];

/** `it("does", async () => { … });` */
export const test = (title: string, body: readonly Doc[]): Doc => [
  `it(${stringLiteral(title)}, async () => {`,
  indent(body.map((statement): Doc => [hardline, statement])),
  hardline,
  "});",
];

/** `await checkGet(subject, { … });`, the object open as configuration is. */
export const check = (name: string, before: readonly string[], entries: readonly Entry[]): Doc => [
  `await ${name}(${before.map((one) => `${one}, `).join("")}`,
  openObject(entries.map(([key, value]) => entry(key, value))),
  ");",
];

/** `tests.patch("amend", 120, { … });`: a last object or list opens behind the arguments before it, where these fit on its line. */
export function declared(kind: string, args: readonly Doc[]): Doc {
  return [huggingCall(`tests.${kind}`, args, 4), ";"];
}

/** The same for a method of the repository. */
export const ofMethod = (kind: string, name: string, rest: readonly Doc[] = []): Doc =>
  declared(kind, [stringLiteral(name), ...rest]);

/** A call whose last argument, an object or a list behind none of its kind, opens on the line of the call. */
export function huggingCall(callee: string, args: readonly Doc[], depth: number): Doc {
  const before = args.slice(0, -1);
  const last = args.at(-1) ?? "";
  const head = `${callee}(${before.map((one) => `${textOf(one)}, `).join("")}`;
  const opens = opener(last);
  const hugs = opens !== undefined && opens !== opener(args.at(-2) ?? "");
  return hugs && depth + head.length < printWidth ? [head, last, ")"] : call(callee, args);
}

const textOf = (doc: Doc): string => (typeof doc === "string" ? doc : print(doc));

/** The bracket of an object or a list. */
function opener(doc: Doc): "{" | "[" | undefined {
  if (typeof doc === "string")
    return doc.startsWith("{") ? "{" : doc.startsWith("[") ? "[" : undefined;
  if ("kind" in doc) return doc.kind === "group" ? opener(doc.of) : undefined;
  return opener(doc[0] ?? "");
}

/** `(id) => orders.get(id)`, the body below when it does not fit. */
export const arrow = (parameters: string, body: Doc): Doc => [
  `${parameters} =>`,
  group(indent([line, body])),
];

/** `const { orders } = from;`, one name a line where they do not fit. */
export function bindings(ports: readonly string[], from: string): Doc {
  const names = ports.map((port) =>
    portVariable(port) === port ? port : `${port}: ${portVariable(port)}`,
  );
  const flat = `const { ${names.join(", ")} } = ${from};`;
  if (flat.length <= printWidth - 4) return flat;
  const broken = names.map((name): Doc => [hardline, name, ","]);
  return `${flat.slice(0, flat.indexOf(" = "))} =`.length <= printWidth - 4
    ? [`const { ${names.join(", ")} } =`, indent([hardline, `${from};`])]
    : ["const {", indent(broken), hardline, `} = ${from};`];
}

/** `{ id }`, or the pattern of a composite key. */
export const pattern = (names: readonly string[]): Doc =>
  group(["{", indent([line, join([",", line], names)]), ifBroken(","), line, "}"]);

/** `id`, or `{ region: row.region, code: row.code }`. */
export const keyOf = (entity: EntityIr, row: string): string => {
  const [only, ...rest] = entity.key;
  if (only !== undefined && rest.length === 0) return `${row}.${only.name}`;
  return `{ ${entity.key.map(({ name }) => `${name}: ${row}.${name}`).join(", ")} }`;
};

/** `[["placedAt", "desc"], ["id", "desc"]]`: one pair a line where they do not fit. */
export function pairs(items: readonly (readonly string[])[]): Doc {
  const texts = items.map((item): Doc => `[${item.map(stringLiteral).join(", ")}]`);
  if (texts.length > 1)
    return ["[", indent(texts.map((text): Doc => [hardline, text, ","])), hardline, "]"];
  return arrayLiteral(texts);
}

/** `["status", "placedAt.range"]` */
export const texts = (items: readonly string[]): Doc => arrayLiteral(items.map(stringLiteral));

/** `{ status: ["live", "gone"], title: [null] }`; lists of lists are opened as the formatter opens them. */
export const valueLists = (
  entries: readonly (readonly [name: string, values: readonly string[] | string])[],
): Doc =>
  shorthand(
    entries.map(([name, values]) => [name, typeof values === "string" ? values : list(values)]),
  );

function list(values: readonly string[]): Doc {
  const opened = values.length > 1 && values.every((value) => value.startsWith("["));
  if (!opened) return arrayLiteral(values);
  return ["[", indent(values.map((value): Doc => [hardline, value, ","])), hardline, "]"];
}

/**
 * Filters made of what one row holds: each required value with each optional one alone, both ends of each range apart and together,
 * then everything at once.
 */
export function filtersOf(
  entity: EntityIr,
  where: readonly Predicate[],
  optional: readonly Predicate[],
  first: (field: string) => string,
): Doc {
  const fields = entity.fields.filter(({ name }) =>
    [...where, ...optional].some(({ field }) => field === name),
  );
  if (fields.length === 0) return "() => [{}]";
  const parts = optional.length + where.filter(({ operator }) => operator === "range").length;
  const singles = [...where, ...optional].flatMap((one) =>
    alone(one, entity, first, where.includes(one)),
  );
  const base = where.map((one) => whole(one, entity, first));
  const cases = [
    ...(where.some(({ operator }) => operator === "range") ? [] : [base]),
    ...singles.map((single) => [
      ...where.filter(({ field }) => field !== single[0]).map((one) => whole(one, entity, first)),
      single,
    ]),
    ...(parts > 1 || [...where, ...optional].some(({ operator }) => operator === "range")
      ? [[...base, ...optional.map((one) => whole(one, entity, first))]]
      : []),
  ];
  const list = objectList(cases);
  const nullable = fields.filter((field) => field.nullable).map(({ name }) => `${name} === null`);
  const names = fields.map(({ name }) => name);
  if (nullable.length === 0) return ["(", pattern(names), ") => ", list];
  return [
    "(",
    pattern(names),
    ") =>",
    indent([
      hardline,
      nullable.join(" || "),
      indent([hardline, "? []", hardline, ": ", indent(list)]),
    ]),
  ];
}

/** Objects in an array: the formatter opens it where every one of several has several properties. */
export function objectList(items: readonly (readonly Shown[])[]): Doc {
  const literals = items.map((one) => shorthand(one));
  const opened = items.length > 1 && items.every((one) => one.length > 1);
  if (!opened) return arrayLiteral(literals);
  return ["[", indent(literals.map((one): Doc => [hardline, one, ","])), hardline, "]"];
}

export type Shown = readonly [name: string, value: Doc];

function alone(
  { field: name, operator }: Predicate,
  entity: EntityIr,
  first: (field: string) => string,
  required: boolean,
): readonly Shown[] {
  if (operator === "range") {
    return [
      [name, `{ min: ${name} }`],
      [name, `{ max: ${name} }`],
    ];
  }
  return required ? [] : [[name, equal(name, entity, first)]];
}

const whole = (
  { field: name, operator }: Predicate,
  entity: EntityIr,
  first: (field: string) => string,
): Shown => [
  name,
  operator === "range" ? `{ min: ${name}, max: ${name} }` : equal(name, entity, first),
];

function equal(name: string, entity: EntityIr, first: (field: string) => string): string {
  const field: FieldIr | undefined = entity.fields.find((one) => one.name === name);
  return field?.type.kind === "array" ? first(name) : name;
}

/** `{ a, b: 1 }` with the shorthand where it may be. */
export const shorthand = (entries: readonly Shown[]): Doc =>
  entries.length === 0 ? "{}" : shown(entries);

const shown = (entries: readonly Shown[]): Doc =>
  group([
    "{",
    indent([
      line,
      join(
        [",", line],
        entries.map(([name, value]): Doc =>
          value === name ? name : [propertyName(name), ": ", value],
        ),
      ),
    ]),
    ifBroken(","),
    line,
    "}",
  ]);

export const lines = (items: readonly Doc[]): Doc =>
  items.map((item, at): Doc => (at === 0 ? item : [hardline, item]));
