/** Fields: how they are made, and which of them a change may touch. */
import { between } from "../random.ts";
import {
  chance,
  columnOf,
  entityIn,
  keyOf,
  type EntitySpec,
  type FieldSpec,
  newFieldName,
  pick,
  type Random,
  rowsIn,
  type World,
} from "./world.ts";

const makers: readonly ((random: Random) => FieldSpec)[] = [
  (random) => ({ type: "string", max: pick(random, [40, 80, 200]) ?? 40 }),
  () => ({ type: "text" }),
  (random) => ({
    type: "int",
    ...(chance(random, 0.5) && { min: 0 }),
    ...(chance(random, 0.3) && { max: 1_000_000 }),
  }),
  () => ({ type: "bigint" }),
  () => ({ type: "decimal", precision: 12, scale: 2 }),
  () => ({ type: "float" }),
  () => ({ type: "boolean" }),
  () => ({ type: "date" }),
  () => ({ type: "timestamp" }),
  () => ({ type: "json" }),
  () => ({ type: "uuid" }),
  () => ({ type: "binary" }),
  (random) => ({
    type: "enum",
    values: ["new", "paid", "sent", "kept"].slice(0, between(random, 2, 4)),
  }),
  () => ({ type: "array", of: "string", max: 20 }),
];

export const someField = (random: Random): FieldSpec =>
  pick(random, makers)?.(random) ?? { type: "text" };

/** Types whose rows all differ, by the rules that fill the tables. */
export const isDistinct = ({ type, references }: FieldSpec): boolean =>
  references === undefined &&
  ["string", "text", "int", "bigint", "decimal", "float", "timestamp", "uuid", "binary"].includes(
    type,
  );

/** A default of the field's type; undefined where the spec has no simple one. */
export function someDefault(random: Random, { type, values }: FieldSpec): FieldSpec["default"] {
  switch (type) {
    case "string":
    case "text":
      return pick(random, ["none", "a'b", "ä"]);
    case "int":
    case "bigint":
    case "float":
      return between(random, 1, 9);
    case "decimal":
      return "1.50";
    case "boolean":
      return chance(random, 0.5);
    case "enum":
      return values?.[0];
    case "date":
      return "2026-02-03";
    default:
      return undefined;
  }
}

/** Adds a field to an entity whose rows have a value each, or null in some. */
export function addField(
  world: World,
  entity: string,
  name: string,
  field: FieldSpec,
  rows: { readonly distinct: boolean; readonly nulls: boolean },
): void {
  entityIn(world, entity).fields[name] = field;
  rowsIn(world, entity).columns[name] = { id: name, ...rows };
}

/** Makes an entity with a key and some fields; its rows are added by the caller. */
export function addEntity(
  random: Random,
  world: World,
  name: string,
  count: number,
  rows: number,
): void {
  const key: FieldSpec = pick(random, [
    { type: "uuid", key: true },
    { type: "uuid", key: true },
    { type: "bigint", key: true, generated: "database" },
    { type: "string", max: 40, key: true },
  ]) ?? { type: "uuid", key: true };
  world.entities[name] = { fields: {} };
  world.rows[name] = { origin: name, rows, columns: {} };
  addField(world, name, "id", key, { distinct: true, nulls: false });
  for (let index = 0; index < count; index += 1) {
    const field = someField(random);
    const nullable = chance(random, 0.35);
    if (nullable) field.nullable = true;
    const value = chance(random, 0.3) && !nullable ? someDefault(random, field) : undefined;
    if (value !== undefined) field.default = value;
    addField(world, name, newFieldName(random, world), field, {
      distinct: isDistinct(field),
      nulls: nullable,
    });
  }
}

/** A field that refers to another root, filled so that each value is there. */
export function addReference(
  random: Random,
  world: World,
  entity: string,
  target: string,
  nullable: boolean,
): void {
  const key = keyOf(entityIn(world, target));
  const field: FieldSpec = {
    type: key.type,
    ...(key.max !== undefined && { max: key.max }),
    references: target,
    ...(chance(random, 0.5) && { onDelete: nullable ? "set-null" : "cascade" }),
    ...(nullable && { nullable: true }),
  };
  addField(world, entity, newFieldName(random, world), field, { distinct: false, nulls: nullable });
}

/** The text that mentions columns: checks, conditions and expressions of indexes. */
export const sqlOf = ({ checks = {}, indexes = [] }: EntitySpec): string =>
  [
    ...Object.values(checks),
    ...indexes.flatMap(({ where = "", expression = "" }) => [where, expression]),
  ].join("\n");

export const mentions = (sql: string, column: string): boolean =>
  new RegExp(`\\b${column}\\b`).test(sql);

export interface Candidate {
  readonly entity: string;
  readonly name: string;
  readonly field: FieldSpec;
}

/** The fields of the user's own that fit a change: no key, no tenant. */
export function fieldsWhere(
  world: World,
  fits: (field: FieldSpec, name: string, entity: string) => boolean,
): readonly Candidate[] {
  return Object.entries(world.entities).flatMap(([entity, { fields, tenant }]) =>
    Object.entries(fields).flatMap(([name, field]) =>
      field.key !== true && name !== tenant && fits(field, name, entity)
        ? [{ entity, name, field }]
        : [],
    ),
  );
}

/** Whether an index, a unique group, a check or the like holds the field. */
export function isHeld(world: World, { entity, name, field }: Candidate): boolean {
  const spec = entityIn(world, entity);
  const indexed = (spec.indexes ?? []).some(({ fields = [] }) =>
    fields.some((term) => term.replace("-", "") === name),
  );
  const grouped = (spec.unique ?? []).some((group) => group.includes(name));
  return (
    indexed || grouped || field.unique === true || mentions(sqlOf(spec), columnOf(name, field))
  );
}
