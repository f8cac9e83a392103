import type { ArrayElement, Json } from "../../spec/model.ts";
import type { Room } from "../../ir/checks/rooms.ts";
import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { Doc } from "../document.ts";
import { hardline, indent } from "../document.ts";
import { identifier, stringLiteral } from "../encode.ts";
import { arrayLiteral, call, entry, openObject } from "../layout.ts";
import { idFunction } from "./domain.ts";
import { exampleDay, exampleRooms } from "./example-rooms.ts";
import type { SharedContext } from "./types.ts";
import { insertable } from "./types.ts";

/** What a sample may use: ids of what was made before it, and the imports it needs. */
export interface SampleScope {
  readonly context: SharedContext;
  /** Variable that holds an inserted entity, by entity name. */
  readonly made: ReadonlyMap<string, string>;
  readonly use: (module: string, name: string) => string;
}

/** An object literal for a new entity with its required fields, or undefined when one of them cannot be made up. */
export function sampleEntity(entity: EntityIr, scope: SampleScope): Doc | undefined {
  const required = insertable(entity).filter((field) => !field.optionalOnInsert);
  const rooms = exampleRooms(
    entity,
    required.some((field) => isSingle(entity, field)),
  );
  const values = required.map(
    (field) => [field, sampleValue(entity, field, rooms.get(field.name), scope)] as const,
  );
  if (values.some(([, value]) => value === undefined)) return undefined;
  const children = entity.children.map((child): Doc => {
    const one = sampleEntity(child.entity, scope);
    return entry(child.property, one === undefined ? "[]" : listOfOne(one));
  });
  return openObject([
    ...values.map(([field, value]): Doc => entry(field.name, value ?? "")),
    ...children,
  ]);
}

/** An array literal around one object, open as the formatter keeps it. */
export const listOfOne = (item: Doc): Doc => ["[", indent([hardline, item, ","]), hardline, "]"];

/** @param room what checks leave the field */
function sampleValue(
  entity: EntityIr,
  field: FieldIr,
  room: Room | undefined,
  scope: SampleScope,
): Doc | undefined {
  const { reference } = field.source;
  if (reference !== undefined) {
    const variable = scope.made.get(reference.entity);
    return variable === undefined ? undefined : `${variable}.${reference.field}`;
  }
  const plain = plainValue(entity, field, room, scope);
  const branded = scope.context.idTypes.get(field.tsType);
  if (branded === undefined || plain === undefined) return plain;
  return call(scope.use(`domain/${branded.domainFile}.ts`, idFunction(branded)), [plain]);
}

function plainValue(
  entity: EntityIr,
  field: FieldIr,
  room: Room | undefined,
  scope: SampleScope,
): Doc | undefined {
  const { type, source } = field;
  const limits = room === undefined ? source : narrowed(source, room);
  const single = isSingle(entity, field);
  switch (type.kind) {
    case "uuid":
      return `${scope.use("node:crypto", "randomUUID")}()`;
    case "text":
      return sampleText(field.name, Infinity, single);
    case "string":
      return sampleText(field.name, type.max, single);
    case "int":
    case "float":
      return single ? secondsWithin(limits) : String(within(limits));
    case "bigint":
      if (!single) return `${Math.trunc(within(limits))}n`;
      return hasRoom(limits) ? "BigInt(Date.now())" : `BigInt(${secondsWithin(limits)})`;
    case "decimal":
      return single
        ? `String(${secondsWithin(limits, 10 ** (type.precision - type.scale) - 1)})`
        : stringLiteral(String(within(limits)));
    case "boolean":
      return "true";
    case "date":
      return single ? anotherDay(room) : stringLiteral(dayText(room?.min ?? exampleDay));
    case "timestamp":
      return moment(room?.min ?? exampleDay);
    case "enum":
      return stringLiteral(type.values[0] ?? "");
    case "json":
      return type.schema === undefined ? "{}" : sampleJson(type.schema);
    case "binary":
      return "new Uint8Array([1, 2, 3])";
    case "vector":
      return `new Float32Array(${type.dimensions}).fill(0.1)`;
    case "array":
      return arrayLiteral(sampleElement(type.of));
  }
}

type Limits = Pick<FieldIr["source"], "min" | "max">;

/** Of two bounds of one side, the nearer one. */
function narrowed({ min, max }: Limits, room: Room): Limits {
  const least = Math.max(Number(min ?? -Infinity), room.min ?? -Infinity);
  const most = Math.min(Number(max ?? Infinity), room.max ?? Infinity);
  return { ...(least > -Infinity && { min: least }), ...(most < Infinity && { max: most }) };
}

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Another one with every second, for some hours; those of a room last for thirty years. */
const anotherDay = (room: Room | undefined): string =>
  room?.min === undefined
    ? "new Date((Date.now() * 1e5) % 4e12).toISOString().slice(0, 10)"
    : `new Date(${room.min * 86_400_000} + ((Date.now() * 1e5) % 1e12)).toISOString().slice(0, 10)`;

/** So many days from now are still told as such. */
const nearDays = 31;

/** Now or some days later; a day of its own where a check names one. */
function moment(day: number): string {
  const later = day - exampleDay;
  if (later === 0) return "new Date()";
  return later > 0 && later <= nearDays
    ? `new Date(Date.now() + ${later} * 86_400_000)`
    : `new Date(${stringLiteral(`${dayText(day)}T12:00:00.000Z`)})`;
}

/** Whether a value must differ from run to run. */
function isSingle(entity: EntityIr, field: FieldIr): boolean {
  if (isSingleAlone(entity, field)) return true;
  // A child's key need only differ among the children of one root.
  const keys = entity.owner === undefined ? [entity.key] : [];
  return [...keys, ...entity.unique.map(({ fields }) => fields)].some((group) => {
    if (group.some((one) => isNew(one) || isSingleAlone(entity, one))) return false;
    return group.find(canDiffer) === field;
  });
}

const isSingleAlone = (entity: EntityIr, { key, type, source }: FieldIr): boolean =>
  source.unique ||
  (key && entity.owner === undefined && type.kind !== "date" && type.kind !== "decimal");

/** Another one in every run by itself. */
const isNew = ({ source, type }: FieldIr): boolean =>
  source.reference !== undefined || type.kind === "uuid" || type.kind === "timestamp";

const canDiffer = ({ type, managed, optionalOnInsert }: FieldIr): boolean =>
  !managed &&
  !optionalOnInsert &&
  ["text", "string", "int", "float", "bigint", "decimal", "date"].includes(type.kind);

const sampleElement = (of: ArrayElement): readonly string[] =>
  of === "string" || of === "text" ? [stringLiteral("example")] : [];

/** Text that fits; one that must differ from run to run carries the run's mark. */
function sampleText(name: string, max: number, single: boolean): Doc {
  if (!single) return stringLiteral(`Example ${name}`.slice(0, max));
  const room = max - runLength - 1;
  if (room > 0) return `\`${identifier(name).slice(0, room)}-\${run}\``;
  // Its last characters change most.
  return max < runLength ? `run.slice(-${max})` : "run";
}

/** Characters of the mark that the example makes from the clock. */
const runLength = 8;

/** The clock's seconds fit a whole number for as long as its type has 32 bits. */
const mostSeconds = 2 ** 31 - 1;

const hasRoom = ({ min, max }: Limits): boolean =>
  Number(min ?? 0) <= 0 && Number(max ?? Infinity) >= 1e13;

/** The clock's seconds where they fit, else what is left of them between the bounds. */
function secondsWithin({ min, max }: Limits, widest = Infinity): string {
  const most = Math.floor(Math.min(max === undefined ? Infinity : Number(max), widest));
  const least = Math.ceil(Number(min ?? Math.min(0, most - 999_999)));
  const seconds = "Math.floor(Date.now() / 1000)";
  if (least <= 1e9 && most >= mostSeconds) return seconds;
  const low = min === undefined && most > 0 ? 0 : least;
  const turns = Math.max(1, Math.min(most - low + 1, 1_000_000));
  return low === 0 ? `${seconds} % ${turns}` : `${low} + (${seconds} % ${turns})`;
}

/** One, or the bound nearest to it. */
function within({ min, max }: Limits): number {
  const [low, high] = [
    min === undefined ? -Infinity : Number(min),
    max === undefined ? Infinity : Number(max),
  ];
  return Math.min(Math.max(1, low), high);
}

/** The smallest value that a schema's shape allows; patterns and formats are beyond it. */
function sampleJson(schema: Json | undefined): Doc {
  if (
    typeof schema !== "object" ||
    schema === null ||
    !("type" in schema || "enum" in schema || "const" in schema)
  )
    return "null";
  const { const: fixed, enum: values, type, properties, required } = schema;
  if (fixed !== undefined) return literal(fixed);
  if (Array.isArray(values)) return literal(values[0] ?? null);
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind !== "object") return plainJson.get(kind) ?? "null";
  const named =
    typeof properties === "object" && properties !== null && !Array.isArray(properties)
      ? properties
      : {};
  const needed = Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  return openObject(
    needed.map((name): Doc => entry(name, sampleJson(new Map(Object.entries(named)).get(name)))),
  );
}

const plainJson = new Map<Json | undefined, string>([
  ["string", stringLiteral("example")],
  ["integer", "1"],
  ["number", "1"],
  ["boolean", "true"],
  ["array", "[]"],
]);

const literal = (value: Json): string =>
  typeof value === "string" ? stringLiteral(value) : JSON.stringify(value);
