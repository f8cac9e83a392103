/** The statements that the driver's tests run: what a generated adapter would declare for one small table. */
import { operationShape } from "../../../src/engines/postgres/ddl/operation.ts";
import { createTable } from "../../../src/engines/postgres/schema/render.ts";
import { int, nullable, text } from "../../../templates/engines/postgres/codec.ts";
import { shop } from "../postgres/shop.ts";
import {
  dynamicRead,
  keyedRead,
  patch,
  read,
  type TextRow,
  write,
} from "../../../templates/engines/postgres/statement.ts";

export interface Item {
  readonly id: string;
  readonly count: number;
  readonly note: string | null;
  readonly version: number;
}

const columns = "id, tenant, count, note, version";
const note = nullable(text);
const row = (columns: TextRow): Item => ({
  id: text.decode(columns[0]),
  count: int.decode(columns[2]),
  note: note.decode(columns[3]),
  version: int.decode(columns[4]),
});
const key = [0] as const;
const writes = { collection: "item", entity: "Item", columns: 5, key, row } as const;

const operations = operationShape(shop.store, "shop");
const operationTable = createTable(operations, operations.constraints).join("\n");

export const get = keyedRead({
  name: "items.get",
  collection: "item",
  text: `select ${columns} from item where id = $1::uuid`,
  row,
});

export const getMany = read({
  name: "items.getMany",
  collection: "item",
  text: `select ${columns} from unnest($1::uuid[]) with ordinality as k (id, at) join item using (id) order by at`,
  row,
});

export const place = write({
  ...writes,
  name: "items.place",
  text: `insert into item (id, tenant, count, note) values ($1::uuid, $2::uuid, $3::integer, $4::text) returning ${columns}`,
});

export const importAll = write({
  ...writes,
  name: "items.importAll",
  text: `insert into item (id, tenant, count) select * from unnest($1::uuid[], $2::uuid[], $3::integer[]) returning ${columns}`,
});

export const reserve = write({
  ...writes,
  name: "items.reserve",
  absent: "not-found",
  text: `update item set count = count + $2::integer, version = version + 1 where id = $1::uuid returning ${columns}`,
});

export const cancel = write({
  ...writes,
  name: "items.cancel",
  absent: "not-found",
  versioned: true,
  exists: "select 1 from item where id = $1::uuid",
  text: `delete from item where id = $1::uuid and ($2::integer is null or version = $2::integer) returning ${columns}`,
});

export const amend = patch({
  ...writes,
  name: "items.amend",
  update: "update item",
  sets: { note: "note = {0}::text", count: "count = {0}::integer" },
  always: ["version = version + 1"],
  where: ["id = $1::uuid"],
  version: "version = {0}::integer",
  exists: "select 1 from item where id = $1::uuid",
  returning: columns,
});

export const list = dynamicRead({
  name: "items.list",
  collection: "item",
  select: `select ${columns} from item`,
  where: ["count >= $1::integer"],
  optional: ["note = {0}::text"],
  order: [
    { column: "note", direction: "asc", cast: "text", nullable: true },
    { column: "count", direction: "desc", cast: "integer" },
    { column: "id", direction: "asc", cast: "uuid" },
  ],
  row,
  cursor: [3, 2, 0],
});

export const schema = `
create table item (
  id uuid primary key, tenant uuid not null, count integer not null constraint item_count_check check (count >= 0),
  note text, version integer not null default 1);
alter table item enable row level security;
create policy item_tenant on item using (tenant = current_setting('app.current_tenant', true)::uuid);
${operationTable}
do $$ begin
  create role shop_app nologin;
exception when duplicate_object or unique_violation then null; -- roles belong to all databases of a server
end $$;
grant select, insert, update, delete on item to shop_app;
grant select, insert, delete on operation to shop_app;`;

export const migration = {
  id: "0001-initial",
  parents: [],
  hash: "h1",
  up: schema,
  down: "drop table item; drop table operation;",
  file: "migrations/main/0001-initial.up.sql",
} as const;

export const tenantA = "00000000-0000-7000-8000-00000000000a";
export const tenantB = "00000000-0000-7000-8000-00000000000b";
export const id = (number: number): string =>
  `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
export const newItem = (
  number: number,
  count = 5,
  noted: string | null = null,
): readonly (string | null)[] => [id(number), tenantA, `${count}`, noted];
