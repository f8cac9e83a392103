import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Method } from "../../../spec/model.ts";
import { type Doc, hardline, indent } from "../../document.ts";
import { stringLiteral } from "../../encode.ts";
import { entry, openObject } from "../../layout.ts";
import {
  type Entry,
  type Shown,
  arrow,
  declared,
  ofMethod,
  shorthand,
  texts,
  valueLists,
} from "./forms.ts";
import { firstTest, missingSample, unstoredBetween, unstoredSample } from "./sample-numbers.ts";
import type { SampleLayout } from "./scope.ts";
import { type SuiteScope, storing } from "./suite-scope.ts";
import { steadyValues } from "./samples.ts";
import { parentOf } from "./testable.ts";
import { distinctValues, firstNumbers, ownValue, sampleValue } from "./values.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** A test for each method that writes, and for what the store refuses. */
export function writeTests(scope: SuiteScope, layout: SampleLayout): readonly Doc[] {
  const ofMethods = (): readonly Doc[] =>
    scope.repository.methods.flatMap(({ method }) => writeTest(method, scope, layout));
  // The rows to read are there until the first test that writes, where they are few.
  return scope.few === undefined
    ? [...ofMethods(), ...uniqueTest(scope), ...forbiddenTest(scope)]
    : [...uniqueTest(scope), ...ofMethods(), ...forbiddenTest(scope)];
}

function writeTest(method: Method, scope: SuiteScope, layout: SampleLayout): readonly Doc[] {
  switch (method.op) {
    case "insert":
      return insertTests(method, scope);
    case "upsert":
      return upsertTests(method, scope, layout);
    case "patch":
      return [patchTest(method, scope, layout)];
    case "delete":
      return [numbered("remove", method, scope)];
    case "increment":
      return [incrementTest(method, scope)];
    case "history":
      return [historyTest(method, scope, layout)];
    default:
      return [];
  }
}

const numbered = (
  kind: string,
  method: Method,
  scope: SuiteScope,
  rest: readonly Doc[] = [],
): Doc => ofMethod(kind, method.name, [String(scope.number()), ...rest]);

function insertTests(method: Of<"insert">, scope: SuiteScope): readonly Doc[] {
  const first = method === storing(scope.repository)?.method;
  return [
    ...(first ? [declared("insert", [stringLiteral(method.name), String(scope.number())])] : []),
    ...(method.bulk ? [numbered("bulk", method, scope)] : []),
    replayTest(method, scope),
  ];
}

const replayTest = (method: Of<"insert"> | Of<"upsert">, scope: SuiteScope): Doc =>
  numbered(method.bulk ? "replayMany" : "replay", method, scope);

function upsertTests(
  method: Of<"upsert">,
  scope: SuiteScope,
  { steady }: SampleLayout,
): readonly Doc[] {
  const { entity } = scope.repository;
  const changed = steady.flatMap((field): readonly Shown[] => {
    const value = field.key ? undefined : steadyValues(entity, field, scope)[1];
    return value === undefined ? [] : [[field.name, value]];
  });
  return [
    numbered(method.bulk ? "upsertMany" : "upsert", method, scope, [shorthand(changed)]),
    ...(method.bulk ? [numbered("bulk", method, scope)] : []),
    replayTest(method, scope),
  ];
}

/** Beyond every sample's number, and another for each method that stores such values: a unique field may be among them. */
function otherNumber(method: Method, scope: SuiteScope): string {
  const methods = scope.repository.methods.map((one) => one.method);
  const changing = methods.filter(({ op }) => op === "patch" || op === "history");
  return String(901 + changing.indexOf(method));
}

type Others = readonly (readonly [name: string, values: readonly string[]])[];

/** Values other than the sample's, by field. */
function othersOf(
  fields: readonly string[],
  number: string,
  scope: SuiteScope,
  layout: SampleLayout,
): Others {
  const { entity } = scope.repository;
  return entity.fields.flatMap((field) => {
    if (!fields.includes(field.name) || scope.few?.groups.flat().includes(field) === true)
      return [];
    const others = otherValues(entity, field, number, scope, layout);
    const values = [...others, ...(field.nullable ? ["null"] : [])];
    return values.length === 0 ? [] : [[field.name, values] as const];
  });
}

function otherValues(
  entity: EntityIr,
  field: FieldIr,
  number: string,
  scope: SuiteScope,
  { steady, wide }: SampleLayout,
): readonly string[] {
  if (!wide.includes(field) && (steady.includes(field) || field.source.reference !== undefined))
    return unmakable(field, scope)
      ? []
      : steadyValues(entity, field, scope).slice(1, 3).toReversed();
  if (field.type.kind === "enum")
    return field.type.values.slice(0, 3).map(stringLiteral).toReversed();
  if (field.type.kind === "boolean") return ["true", "false"];
  const value = sampleValue(entity, field, number, scope);
  return value === undefined ? [] : [value];
}

/** A reference whose rows the tests have not stored. */
function unmakable(field: FieldIr, scope: SuiteScope): boolean {
  const parent = parentOf(field.source.reference?.entity, scope);
  return (
    field.source.reference !== undefined &&
    (parent === undefined || parent.entity === scope.repository.entity)
  );
}

function patchTest(method: Of<"patch">, scope: SuiteScope, layout: SampleLayout): Doc {
  const others = othersOf(method.fields, otherNumber(method, scope), scope, layout);
  return numbered("patch", method, scope, [valueLists(others)]);
}

function incrementTest(method: Of<"increment">, scope: SuiteScope): Doc {
  const { entity } = scope.repository;
  const field = entity.fields.find(({ name }) => name === method.field);
  const amount = (value: string): string => {
    if (field?.type.kind === "bigint")
      return /^-?\d+$/.test(value) ? `${value}n` : `BigInt(${value})`;
    return field?.type.kind === "decimal" ? `String(${value})` : value;
  };
  const by = method.by === "negative" ? "-2" : "2";
  const floor = nearest(Math.max, method.floor, field?.source.min);
  const ceiling = nearest(Math.min, method.ceiling, field?.source.max);
  const limits = [
    ...(floor === undefined || method.by === "positive"
      ? []
      : [`[${amount(`${floor} - value`)}, ${amount(`${floor - 1} - value`)}]`]),
    ...(ceiling === undefined || method.by === "negative"
      ? []
      : [`[${amount(`${ceiling} - value`)}, ${amount(`${ceiling + 1} - value`)}]`]),
  ];
  const entries: readonly Entry[] = [
    ["field", stringLiteral(method.field)],
    ["by", amount(by)],
    ...(method.by === "any" ? [] : [["wrong", amount(by === "2" ? "-2" : "2")] as const]),
    ...(limits.length === 0 ? [] : [["limits", limitsOf(limits)] as const]),
  ];
  return numbered("increment", method, scope, [
    openObject(entries.map(([name, value]) => entry(name, value))),
  ]);
}

/** `(value) => [[…]]`: the formatter opens a list of several lists. */
const limitsOf = (limits: readonly string[]): Doc =>
  limits.length < 2
    ? arrow("(value)", `[${limits.join("")}]`)
    : ["(value) => [", indent(limits.map((one): Doc => [hardline, one, ","])), hardline, "]"];

/** The nearer of the method's limit and the field's own. */
function nearest(
  of: (...values: readonly number[]) => number,
  ...limits: readonly (number | string | undefined)[]
): number | undefined {
  const given = limits.flatMap((limit) => (limit === undefined ? [] : [Number(limit)]));
  return given.length === 0 ? undefined : of(...given);
}

function historyTest(method: Of<"history">, scope: SuiteScope, layout: SampleLayout): Doc {
  const { entity, methods } = scope.repository;
  const patched = methods.flatMap((one) => (one.method.op === "patch" ? [one.method] : []))[0];
  const removed = methods.find((one) => one.method.op === "delete");
  const others =
    patched === undefined
      ? []
      : othersOf(patched.fields, otherNumber(method, scope), scope, layout).slice(0, 2);
  const entries: readonly Entry[] = [
    ...(patched === undefined ? [] : [["change", stringLiteral(patched.name)] as const]),
    ...(removed === undefined || entity.deletedAt !== undefined
      ? []
      : [["remove", stringLiteral(removed.method.name)] as const]),
    ...(others.length === 0 ? [] : [["others", valueLists(others)] as const]),
  ];
  return numbered("history", method, scope, [
    openObject(entries.map(([name, value]) => entry(name, value))),
  ]);
}

/** A second row with a unique value. Where rows are few, any other row would meet one in the values that make them few. */
function uniqueTest(scope: SuiteScope): readonly Doc[] {
  const { repository, few } = scope;
  const { entity } = repository;
  if (storing(repository)?.method.op !== "insert") return [];
  const unique = entity.unique.flatMap(({ fields }) => {
    if (
      !fields.every(
        (field) => field === entity.tenant || (field.visible && !field.managed && !field.key),
      )
    )
      return [];
    const group = fields.filter((field) => field !== entity.tenant);
    return few === undefined || few.groups.some((tight) => isSame(tight, group))
      ? [texts(group.map(({ name }) => name))]
      : [];
  });
  return refusal("unique", unique, few === undefined ? scope.number : () => firstTest);
}

const isSame = (group: readonly FieldIr[], other: readonly FieldIr[]): boolean =>
  group.length === other.length && group.every((field) => other.includes(field));

/** Amounts beyond their bounds, and references to nothing. */
function forbiddenTest(scope: SuiteScope): readonly Doc[] {
  const { entity } = scope.repository;
  if (storing(scope.repository)?.method.op !== "insert") return [];
  const bounds = entity.fields.flatMap((field) =>
    boundary(field).map((value) => shorthand([[field.name, value]])),
  );
  const references = entity.fields.flatMap((field) => {
    const parent = parentOf(field.source.reference?.entity, scope);
    const key = parent?.entity.fields.find(({ name }) => name === field.source.reference?.field);
    if (parent === undefined || key === undefined || !scope.store.entities.includes(parent.entity))
      return [];
    if (field.managed || !field.visible) return [];
    const unstored = unstoredNumber(parent.entity, key, scope);
    if (unstored === undefined) return [];
    return [shorthand([[field.name, ownValue(parent.entity, key, unstored, scope) ?? ""]])];
  });
  return refusal("forbidden", [...bounds, ...references], scope.number);
}

/** A sample of which no row is stored; undefined where the values of all come again among those that are. */
function unstoredNumber(parent: EntityIr, key: FieldIr, scope: SuiteScope): string | undefined {
  // A row that is deleted softly is there for references.
  const many = scope.manyStored().has(parent.name) || parent.deletedAt !== undefined;
  const turns = distinctValues(parent, key, scope);
  if (turns === Infinity) return String(many ? unstoredSample : missingSample);
  if (many) return String(unstoredBetween);
  return turns > firstNumbers.length ? String(firstNumbers.length) : undefined;
}

/** Every row takes a number of its own. */
function refusal(kind: string, rows: readonly Doc[], number: () => number): readonly Doc[] {
  const [first] = rows.map(() => String(number()));
  return first === undefined ? [] : [declared(kind, [first, ...rows])];
}

function boundary({ type, source, visible, managed }: FieldIr): readonly string[] {
  if (!visible || managed || (type.kind !== "int" && type.kind !== "bigint")) return [];
  const suffix = type.kind === "bigint" ? "n" : "";
  return [
    ...(source.min === undefined ? [] : [`${Number(source.min) - 1}${suffix}`]),
    ...(source.max === undefined ? [] : [`${Number(source.max) + 1}${suffix}`]),
  ];
}
