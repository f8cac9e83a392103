import type { ArrayElement, JsonSchema } from "../../../spec/model.ts";
import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { propertyName, stringLiteral, templateText } from "../../encode.ts";
import { idFunction } from "../domain.ts";
import { checkRoom, daysLater } from "./check-rooms.ts";
import { type TestContext, type TestScope, dataValue, searchedFields, support } from "./scope.ts";

/** Sample values as TypeScript expressions: from number to number another one, and no two properties of a row alike. */

/** Samples of a referenced entity that are stored before rows that refer to them. */
export const firstNumbers = [0, 1, 2];

/** More than an entity's key can refer to others' in turn. */
const referenceLevels = 6;

/** The value of a field in sample `n`, an expression; undefined when none can be made up. */
export function sampleValue(
  entity: EntityIr,
  field: FieldIr,
  n: string,
  scope: TestScope,
  levels = referenceLevels,
): string | undefined {
  const { reference } = field.source;
  if (reference === undefined) return ownValue(entity, field, n, scope);
  const parent = scope.entities.get(reference.entity);
  const key = parent?.fields.find(({ name }) => name === reference.field);
  if (parent === undefined || key === undefined || levels === 0) return undefined;
  return sampleValue(parent, key, referredNumber(entity, field, n, scope), scope, levels - 1);
}

/** The sample that is referred to: one of the first, or one of its own. */
function referredNumber(entity: EntityIr, field: FieldIr, n: string, scope: TestScope): string {
  const rows = firstNumbers.length;
  if (known(n) && Number(n) < rows) return n;
  if (scope.layoutOf(entity.name)?.wide.includes(field) === true) return n;
  return known(n) ? String(Number(n) % rows) : `${n} % ${rows}`;
}

/** Sample `n` of the key that a tenant field refers to, as forTenant takes it; undefined when the field refers to nothing that is known. */
export function referredTenant(field: FieldIr, n: string, scope: TestScope): string | undefined {
  const { reference } = field.source;
  const parent = reference === undefined ? undefined : scope.entities.get(reference.entity);
  const key = parent?.fields.find(({ name }) => name === reference?.field);
  if (parent === undefined || key === undefined) return undefined;
  const value = plainValue(parent, key, n, scope);
  const isText = key.type.kind === "uuid" || key.type.kind === "string";
  return isText || value === undefined ? value : `String(${value})`;
}

/** A value that belongs to the field alone, branded where it is a key. */
export function ownValue(
  entity: EntityIr,
  field: FieldIr,
  n: string,
  scope: TestScope,
): string | undefined {
  return branded(field, plainValue(entity, field, n, scope), scope);
}

function branded(field: FieldIr, plain: string | undefined, scope: TestScope): string | undefined {
  const owner = scope.context.idTypes.get(field.tsType);
  if (owner === undefined || plain === undefined) return plain;
  return `${dataValue(scope, `domain/${owner.domainFile}`, idFunction(owner))}(${plain})`;
}

function plainValue(
  entity: EntityIr,
  field: FieldIr,
  n: string,
  scope: TestScope,
): string | undefined {
  const { type } = field;
  const sample = (name: string): string => support(scope, "samples", name);
  const label = stringLiteral(`${entity.name}.${field.name}`);
  switch (type.kind) {
    case "uuid":
      return `${sample("sampleUuid")}(${label}, ${n})`;
    case "text":
      return textOf(entity, field, Infinity, n, scope);
    case "string":
      return textOf(entity, field, type.max, n, scope);
    case "int":
    case "float":
      return number(entity, field, n, type.kind === "float" ? ".25" : "", scope);
    case "bigint":
      return `BigInt(${number(entity, field, n, "", scope)})`;
    case "decimal":
      return decimal(entity, field, type, n, scope);
    case "boolean":
      return `${n} % 2 === 0`;
    case "date":
      return `${sample("sampleDate")}(${sum(firstTime(entity, field), n)})`;
    case "timestamp":
      return `${sample("sampleTime")}(${sum(firstTime(entity, field), n)})`;
    case "enum":
      return `${sample("oneOf")}(${[n, ...type.values.map(stringLiteral)].join(", ")})`;
    case "json":
      return type.schema === undefined
        ? `{ ${propertyName(field.name)}: ${n} }`
        : schemaValue(type.schema, field.name, n);
    case "binary":
      return `new Uint8Array([${place(entity, field)}, ${n} % 256, 0, 255])`;
    case "vector":
      return `${sample("sampleVector")}(${type.dimensions}, ${n})`;
    case "array":
      return `[${elementOf(type.of, field.name, n, scope)}, ${elementOf(type.of, field.name, "0", scope)}]`;
  }
}

const place = (entity: EntityIr, field: FieldIr): number => entity.fields.indexOf(field) + 1;

/** Number of the first date or moment of a field, all about a day apart: forty days from those of the next one, and where checks allow it. */
const firstTime = (entity: EntityIr, field: FieldIr): number =>
  daysLater(entity, field) + place(entity, field) * 40;

/** `100 + n`, or its value where both are known. */
const sum = (base: number, n: string): string => {
  if (known(n)) return String(base + Number(n));
  return base === 0 ? n : `${base} + ${n.includes(" ") ? `(${n})` : n}`;
};

/** Whether the number of the sample is one, not an expression: then its values are told as they are. */
const known = (n: string): boolean => /^\d+$/.test(n);

const numbered = (name: string, n: string): string =>
  known(n) ? stringLiteral(`${name} ${n}`) : `\`${templateText(name)} \${${n}}\``;

/** Texts of a search hold words: one that all rows share, one of their own, and one that another row has in a weightier property. */
function textOf(
  entity: EntityIr,
  field: FieldIr,
  max: number,
  n: string,
  scope: TestScope,
): string {
  const searched = searchedFields(entity, scope);
  const at = searched.indexOf(field);
  const word = field.name.toLowerCase();
  if (isWordy(entity, field, max, scope)) {
    const [heaviest] = searched;
    const other =
      at === 0 || heaviest === undefined
        ? ""
        : ` ${heaviest.name.toLowerCase()}${known(n) ? sum(1, n) : `\${${sum(1, n)}}`}`;
    return known(n)
      ? stringLiteral(`${word}000 ${word}${n}${other}`)
      : `\`${word}000 ${word}\${${n}}${other}\``;
  }
  if (isCode(entity, field, max, scope))
    return `${support(scope, "samples", "sampleCode")}(${n}, ${Math.min(max, 4)})`;
  return numbered(field.name, n);
}

const isWordy = (entity: EntityIr, field: FieldIr, max: number, context: TestContext): boolean =>
  max >= 3 * field.name.length + 20 && searchedFields(entity, context).includes(field);

/** Whether a text is too short for its name and a number. */
const isCode = (entity: EntityIr, field: FieldIr, max: number, context: TestContext): boolean =>
  max < field.name.length + 5 && !isWordy(entity, field, max, context);

/** More than the samples of any suite. */
const wide = 1400;

/** Whole numbers near each other, a hundred from those of the next property, within what the field allows. */
function number(
  entity: EntityIr,
  field: FieldIr,
  n: string,
  fraction: string,
  scope: TestScope,
): string {
  const { base, least, turns } = numberSpan(entity, field, scope);
  const value = turns === Infinity ? sum(base, n) : `${least} + (${n} % ${turns})`;
  return fraction === "" || turns < Infinity ? value : `${value} + 0${fraction}`;
}

/** Where the whole numbers of a field begin, and after how many samples they come again. */
function numberSpan(
  entity: EntityIr,
  field: FieldIr,
  context: TestContext,
): { readonly base: number; readonly least: number; readonly turns: number } {
  const { min, max } = roomOf(entity, field, context);
  const base = Math.ceil(Math.max(min, field.key ? 1000 : 100 * place(entity, field)));
  const least = Number.isFinite(min) ? leastWhole({ min, max }) : Math.floor(max) - wide;
  const turns = max - base >= wide ? Infinity : Math.max(1, Math.floor(max - least));
  return { base, least, turns };
}

/** Where no whole number fits, the middle. */
const leastWhole = ({ min, max }: Limits): number =>
  Math.ceil(min) <= max ? Math.ceil(min) : (min + max) / 2;

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** What the spec says of the field, and what its checks leave it. */
function bounds(entity: EntityIr, field: FieldIr): Limits {
  const { min, max } = field.source;
  const room = checkRoom(entity, field);
  return {
    min: Math.max(Number(min ?? -Infinity), room?.min ?? -Infinity),
    max: Math.min(Number(max ?? Infinity), room?.max ?? Infinity),
  };
}

/** What the tests add or take of one row twice, and then at least one more to reach its limit. */
const moved = 5;

/** The bounds of a field, and within those of its increments so that each of them finds room: they bind what is stored by other methods, too. */
export function roomOf(entity: EntityIr, field: FieldIr, { repositories }: TestContext): Limits {
  const { min, max } = bounds(entity, field);
  const increments = (repositories.get(entity.name)?.methods ?? []).flatMap(({ method }) =>
    method.op === "increment" && method.field === field.name ? [method] : [],
  );
  return {
    min: Math.max(
      min,
      ...increments.map(
        ({ by, floor = -Infinity }) => Math.max(min, floor) + (by === "negative" ? moved : 0),
      ),
    ),
    max: Math.min(
      max,
      ...increments.map(
        ({ by, ceiling = Infinity }) => Math.min(max, ceiling) - (by === "negative" ? 0 : moved),
      ),
    ),
  };
}

function decimal(
  entity: EntityIr,
  field: FieldIr,
  { precision, scale }: { readonly precision: number; readonly scale: number },
  n: string,
  scope: TestScope,
): string {
  const { most, base, step, turns } = decimalSpan(entity, field, { precision, scale }, scope);
  const count = `${n.includes(" ") ? `(${n})` : n} % ${turns}`;
  const shift = Math.min(
    place(entity, field) * 3,
    Math.max(0, Math.floor(most - base - 997 * step)),
  );
  return known(n)
    ? stringLiteral((base + shift + (Number(n) % turns) * step).toFixed(scale))
    : `(${base + shift} + (${count}) * ${step}).toFixed(${scale})`;
}

function decimalSpan(
  entity: EntityIr,
  field: FieldIr,
  { precision, scale }: { readonly precision: number; readonly scale: number },
  context: TestContext,
): {
  readonly most: number;
  readonly base: number;
  readonly step: number;
  readonly turns: number;
} {
  const { min, max } = roomOf(entity, field, context);
  const most = Math.min(max, 10 ** (precision - scale) - 1);
  const step = 10 ** -Math.min(scale, 2);
  const whole = Math.max(0, Math.ceil(min));
  const base =
    whole <= most
      ? whole
      : step * (Number.isFinite(min) ? Math.ceil(min / step) : Math.floor(most / step));
  const room = Math.floor((most - base) / step);
  return { most, base, step, turns: Math.max(1, Math.min(room, 997)) };
}

/** After how many samples the values of a field of the entity's own come again. */
export function distinctValues(entity: EntityIr, field: FieldIr, context: TestContext): number {
  const { type } = field;
  switch (type.kind) {
    case "string":
      return isCode(entity, field, type.max, context) ? 26 ** Math.min(type.max, 4) : Infinity;
    case "int":
    case "float":
    case "bigint":
      return numberSpan(entity, field, context).turns;
    case "decimal":
      return decimalSpan(entity, field, type, context).turns;
    case "boolean":
      return 2;
    case "enum":
      return type.values.length;
    case "binary":
      return 256;
    case "vector":
      return 1;
    case "json":
      return type.schema === undefined ? Infinity : 1;
    case "array":
      return type.of === "boolean" ? 2 : Infinity;
    default:
      return Infinity;
  }
}

function elementOf(of: ArrayElement, name: string, n: string, scope: TestScope): string {
  switch (of) {
    case "uuid":
      return `${support(scope, "samples", "sampleUuid")}(${stringLiteral(name)}, ${n})`;
    case "string":
    case "text":
      return known(n) ? stringLiteral(`${name}${n}`) : `\`${name}\${${n}}\``;
    case "int":
      return n;
    case "float":
      return `${n} + 0.5`;
    case "bigint":
      return `BigInt(${n})`;
    case "decimal":
      return `String(${n})`;
    case "boolean":
      return `${n} % 2 === 0`;
    case "date":
      return `${support(scope, "samples", "sampleDate")}(${n})`;
    case "timestamp":
      return `${support(scope, "samples", "sampleTime")}(${n})`;
  }
}

/** A value that fits a plain schema; undefined for one with alternatives, patterns or references. */
function schemaValue(schema: JsonSchema, name: string, n: string): string | undefined {
  const { type, properties, required, enum: values, items } = schema;
  if (Array.isArray(values)) {
    const [first] = values;
    return typeof first === "string" ? stringLiteral(first) : JSON.stringify(first);
  }
  if (
    type === "string" &&
    Object.keys(schema).every((key) => ["type", "title", "description"].includes(key))
  )
    return numbered(name, n);
  if (type === "integer" || type === "number")
    return schema["minimum"] === undefined && schema["maximum"] === undefined ? n : undefined;
  if (type === "boolean") return "true";
  if (type === "array") return items === undefined || isSchema(items) ? "[]" : undefined;
  if (type !== "object") return undefined;
  const wanted = Array.isArray(required) ? required.filter((one) => typeof one === "string") : [];
  const parts = isSchema(properties) ? Object.entries(properties) : [];
  const entries = parts.map(([property, part]) => {
    const value = isSchema(part) ? schemaValue(part, property, n) : undefined;
    return value === undefined ? undefined : `${propertyName(property)}: ${value}`;
  });
  const met = wanted.every((one) =>
    entries.some((entry) => entry?.startsWith(`${propertyName(one)}:`) === true),
  );
  return met ? `{ ${entries.filter((entry) => entry !== undefined).join(", ")} }` : undefined;
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
