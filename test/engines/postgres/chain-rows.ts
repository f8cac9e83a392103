/** Rows for the tables of a random spec, made in the database by rules that leave every value predictable. */
import { storedFields } from "../../../src/engines/postgres/ddl/naming.ts";
import { identifier, identifiers, literal } from "../../../src/engines/postgres/sql/quote.ts";
import { columnType } from "../../../src/engines/postgres/types.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../src/ir/types.ts";
import { keyOf, type World } from "../../support/spec-changes.ts";

const tenant = "'01890000-0000-7000-8000-000000000001'";

/** Fills one table with the rows that the world says it has. */
export function insertRows(world: World, store: StoreIr, entity: EntityIr): string {
  const known = world.rows[entity.name];
  const fields = storedFields(entity, store);
  const values = fields.map((field) => {
    const value = `(${valueOf(world, entity, field)})::${columnType(field.type)}`;
    const nulls = field.key ? undefined : known?.columns[field.name]?.nulls;
    return nulls === true ? `case when g % 3 = 0 then null else ${value} end` : value;
  });
  return `insert into ${identifier(entity.table)} (${identifiers(fields.map(({ column }) => column))})
    select ${values.join(", ")} from generate_series(1, ${known?.rows ?? 0}) g`;
}

function valueOf(world: World, entity: EntityIr, field: FieldIr): string {
  const { role, reference } = field.source;
  if (role === "tenant") return tenant;
  if (role === "version") return "1";
  if (role === "deletedAt") return "null";
  if (role === "createdAt" || role === "updatedAt") return instant;
  if (role === "ownerKey")
    return keyValue(world, entity.owner ?? "", rowOf(world, entity.owner ?? ""));
  if (reference !== undefined)
    return keyValue(world, reference.entity, rowOf(world, reference.entity));
  if (field.key && entity.owner === undefined) return keyValue(world, entity.name, "g");
  return plainValue(field);
}

const instant = "timestamptz '2026-01-01 00:00:00+00' + g * interval '1 minute'";

/** The row of another table that row `g` belongs to: each of them in turn. */
const rowOf = (world: World, entity: string): string =>
  `(g - 1) % ${world.rows[entity]?.rows ?? 1} + 1`;

/** The key of a row, from the name that its entity was made with. */
function keyValue(world: World, entity: string, row: string): string {
  const origin = world.rows[entity]?.origin ?? entity;
  const spec = world.entities[entity];
  const type = spec === undefined ? "uuid" : keyOf(spec).type;
  if (type === "bigint") return row;
  return type === "string" ? `'k' || (${row})` : `md5(${literal(origin)} || (${row}))::uuid`;
}

function plainValue({ type }: FieldIr): string {
  switch (type.kind) {
    case "string":
    case "text":
      return "'v' || g";
    case "int":
    case "bigint":
      return "g";
    case "decimal":
      return "g + 0.5";
    case "float":
      return "g / 8.0";
    case "boolean":
      return "g % 2 = 0";
    case "date":
      return "date '2026-01-01' + g % 365";
    case "timestamp":
      return instant;
    case "json":
      return "jsonb_build_object('n', g)";
    case "uuid":
      return "md5('u' || g)::uuid";
    case "binary":
      return "decode(md5(g::text), 'hex')";
    case "enum":
      return `case when g % 2 = 0 then ${literal(type.values[0] ?? "")} else ${literal(type.values[1] ?? "")} end`;
    case "array":
      return "array['a' || g, 'b']";
    case "vector":
      return "null";
  }
}

/** Writes some rows of a table as they are, by every name that the code of a model uses; undefined when it has only keys. */
export function rewriteSome(entity: EntityIr): string | undefined {
  const own = entity.fields.filter(({ key, source }) => !key && source.role === "data");
  const [key] = entity.key;
  if (own.length === 0 || key === undefined) return undefined;
  const [table, id] = [identifier(entity.table), identifier(key.column)];
  const same = own.map(({ column }) => `${identifier(column)} = ${identifier(column)}`).join(", ");
  return `update ${table} set ${same} where ${id} in (select ${id} from ${table} order by ${id} limit 20)`;
}

/** The column that a question is about, as `--set` names it. */
export function columnAt(store: StoreIr, entity: string, field: string): string {
  const found = store.entities.find(({ name }) => name === entity);
  const column = found?.fields.find(({ name }) => name === field)?.column;
  if (found === undefined || column === undefined) throw new Error(`no field ${entity}.${field}`);
  return `${found.table}.${column}`;
}

/** An answer to the question what fills a required column: `--set`. */
export function fillValue(store: StoreIr, about: string): string {
  const at = about.lastIndexOf(".");
  const entity = store.entities.find(({ table }) => table === about.slice(0, at));
  const fields = entity === undefined ? [] : storedFields(entity, store);
  const field = fields.find(({ column }) => column === about.slice(at + 1));
  if (field === undefined) throw new Error(`no column ${about}`);
  if (field.source.role === "tenant") return `${tenant}::${columnType(field.type)}`;
  const constant =
    field.type.kind === "enum" ? literal(field.type.values[0] ?? "") : plainValue(field);
  return `(${constant.replaceAll(/\bg\b/g, "7")})::${columnType(field.type)}`;
}

/** What every column of a world holds, by the id that stays with it: `count:digest`. */
export type Digests = ReadonlyMap<string, string>;

/** The statement that answers, for one table, a row `(id, count, digest)` for each column. */
export function digestQuery(world: World, store: StoreIr, entity: EntityIr): string {
  const rows = world.rows[entity.name];
  const order = entity.key
    .map(({ column }) => `t.${identifier(column)}::text collate "C"`)
    .join(", ");
  const fields = storedFields(entity, store);
  // All in one select: its aggregates share one sort of the rows.
  const texts = fields.map(
    (field, at) =>
      `string_agg(coalesce(${canonical(field)}, '-'), '|' order by ${order}) as c${at}`,
  );
  const digests = fields.map((field, at) => {
    const id = `${rows?.origin ?? entity.name}.${rows?.columns[field.name]?.id ?? `#${field.name}`}`;
    return `(${literal(id)}, n || ':' || coalesce(md5(c${at}), ''))`;
  });
  return `select digest.* from (select count(*)::text as n, ${texts.join(", ")} from ${identifier(entity.table)} t) found,
    lateral (values ${digests.join(", ")}) digest`;
}

/** A value's text, the same before and after a change to a wider type. */
function canonical({ column, type }: FieldIr): string {
  const value = `t.${identifier(column)}`;
  switch (type.kind) {
    case "int":
    case "bigint":
    case "decimal":
    case "float":
      return `trim_scale(${value}::numeric)::text`;
    case "string":
    case "text":
      return String.raw`case when ${value} ~ '^-?[0-9]+(\.[0-9]+)?$' then trim_scale(${value}::numeric)::text else ${value} end`;
    case "date":
      return `(${value}::timestamp)::text`;
    case "timestamp":
      return `(${value} at time zone 'UTC')::text`;
    default:
      return `${value}::text`;
  }
}
