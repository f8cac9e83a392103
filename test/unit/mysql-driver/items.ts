/** The statements that the driver's tests run: what a generated adapter would declare for one small table and its lines. */
import {
  array,
  int,
  json,
  nullable,
  rowsOf,
  text,
} from "../../../templates/engines/mysql/codec.ts";
import { collations, type Dialect } from "../../../templates/engines/mysql/session-settings.ts";
import {
  dynamicRead,
  keyedRead,
  patch,
  read,
  type Value,
  type ValueRow,
  write,
} from "../../../templates/engines/mysql/statement.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";

export interface Item {
  readonly id: string;
  readonly count: number;
  readonly note: string | null;
  readonly version: number;
}

const columns = "id, tenant, count, note, version";
const note = nullable(text);
const row = (columns: ValueRow): Item => ({
  id: text.decode(columns[0]),
  count: int.decode(columns[2]),
  note: note.decode(columns[3]),
  version: int.decode(columns[4]),
});
const key = [0] as const;
const byId = `select ${columns} from item where id = $1`;
const writes = { collection: "item", entity: "Item", key, row } as const;

export const get = keyedRead({ name: "items.get", collection: "item", text: byId, row });

export const getMany = read({
  name: "items.getMany",
  collection: "item",
  text: `select ${columns} from json_table($1, '$[*]' columns (at for ordinality, wanted char(36) path '$')) k
    join item on item.id = k.wanted order by k.at`,
  row,
});

export const place = write({
  ...writes,
  name: "items.place",
  text: "insert into item (id, tenant, count, note) values ($1, $2, $3, $4)",
  result: { select: byId },
});

/** One statement, and its row read when it is committed. */
export const placeAlone = write({
  ...writes,
  name: "items.placeAlone",
  text: "insert into item (id, tenant, count, note) values ($1, $2, $3, $4)",
  result: { select: byId, when: "committed" },
});

/** What MariaDB can say in one statement. */
export const placeReturning = write({
  ...writes,
  name: "items.placeReturning",
  text: `insert into item (id, tenant, count, note) values ($1, $2, $3, $4) returning ${columns}`,
  result: "returning",
});

/** An item with its lines: `$5` is rows of line number and text. */
export const placeWithLines = write({
  ...writes,
  name: "items.placeWithLines",
  text: "insert into item (id, tenant, count, note) values ($1, $2, $3, $4)",
  with: [
    `insert into item_line (item_id, line_no, words) select $1, given.line_no, given.words
      from json_table($5, '$[*]' columns (line_no int path '$[0]', words varchar(100) path '$[1]')) given`,
  ],
  result: {
    select: `select ${columns}, (select json_arrayagg(json_array(line_no, words)) from item_line where item_id = item.id)
      from item where id = $1`,
  },
  row: (columns): Item & { readonly lines: readonly ValueRow[] } => ({
    ...row(columns),
    lines: json<readonly ValueRow[]>().decode(columns[5]),
  }),
});

export const importAll = write({
  ...writes,
  name: "items.importAll",
  text: `insert into item (id, tenant, count) select given.id, given.tenant, given.count
    from json_table($1, '$[*]' columns (id char(36) path '$[0]', tenant char(36) path '$[1]', count int path '$[2]')) given`,
  result: {
    select: `select ${columns.replaceAll(/(\w+)/g, "item.$1")} from json_table($1, '$[*]' columns (at for ordinality, id char(36) path '$[0]')) given
      join item on item.id = given.id order by given.at`,
  },
});

export const put = write({
  ...writes,
  name: "items.put",
  text: "update item set count = $3, note = $4, version = version + 1 where id = $1",
  otherwise: "insert into item (id, tenant, count, note) values ($1, $2, $3, $4)",
  result: { select: byId },
});

export const reserve = write({
  ...writes,
  name: "items.reserve",
  absent: "not-found",
  text: "update item set count = count + $2, version = version + 1 where id = $1",
  result: { select: byId },
});

/** With a limit that is a condition of the update. */
export const draw = write({
  ...writes,
  name: "items.draw",
  absent: "not-found",
  exists: "select 1 from item where id = $1",
  limit: "item_count_floor",
  text: "update item set count = count - $2 where id = $1 and count - $2 >= 0",
  result: { select: byId },
});

export const cancel = write({
  ...writes,
  name: "items.cancel",
  absent: "not-found",
  versioned: true,
  exists: "select 1 from item where id = $1",
  before: ["delete from item_line where item_id = $1"],
  text: "delete from item where id = $1 and ($2 is null or version = $2)",
  row: (columns) => text.decode(columns[0]),
});

/** One statement alone, so that it runs by itself. */
export const remove = write({
  ...writes,
  name: "items.remove",
  absent: "not-found",
  versioned: true,
  exists: "select 1 from item where id = $1",
  text: "delete from item where id = $1 and ($2 is null or version = $2)",
  row: (columns) => text.decode(columns[0]),
});

/** One statement alone that is no deletion. */
export const bump = write({
  ...writes,
  name: "items.bump",
  absent: "not-found",
  text: "update item set count = count + $2 where id = $1",
  row: (columns) => text.decode(columns[0]),
});

export const amend = patch({
  ...writes,
  name: "items.amend",
  update: "update item",
  sets: { note: "note = {0}", count: "count = {0}" },
  always: ["version = version + 1"],
  where: ["id = $1"],
  version: "version = {0}",
  exists: "select 1 from item where id = $1",
  select: byId,
});

export const list = dynamicRead({
  name: "items.list",
  collection: "item",
  select: `select ${columns} from item`,
  where: ["count >= $1"],
  optional: ["note = {0}"],
  order: [
    { column: "note", direction: "asc", nullable: true },
    { column: "count", direction: "desc", cast: "cast({0} as signed)" },
    { column: "id", direction: "asc" },
  ],
  row,
  cursor: [3, 2, 0],
});

/** The same table as an entity with tenants has it. */
const ownById = `select ${columns} from item where id = $1 and tenant = $tenant`;
export const own = {
  get: keyedRead({ name: "items.get", collection: "item", scoped: true, text: ownById, row }),
  place: write({
    ...writes,
    name: "items.place",
    scoped: true,
    text: "insert into item (id, tenant, count, note) values ($1, $tenant, $2, $3)",
    result: { select: ownById },
  }),
  reserve: write({
    ...writes,
    name: "items.reserve",
    scoped: true,
    absent: "not-found",
    text: "update item set count = count + $2 where id = $1 and tenant = $tenant",
    result: { select: ownById },
  }),
  list: dynamicRead({
    name: "items.list",
    collection: "item",
    scoped: true,
    select: `select ${columns} from item`,
    where: ["tenant = $tenant"],
    order: [{ column: "id", direction: "asc" }],
    row,
    cursor: [0],
  }),
};

const schema = (dialect: Dialect): string => {
  const options = `engine = InnoDB default character set utf8mb4 collate ${collations[dialect]}`;
  return `-- step: item
create table if not exists item (
  id char(36) not null, tenant char(36) not null, count int not null, note varchar(100), version int not null default 1,
  primary key (id), constraint item_count_check check (count >= 0)
) ${options};
create table if not exists item_line (
  item_id char(36) not null, line_no int not null, words varchar(100), primary key (item_id, line_no),
  constraint item_line_item foreign key (item_id) references item (id)
) ${options};
create table if not exists \`operation\` (
  tenant varchar(190) not null, name varchar(190) not null, id varchar(255) not null, fingerprint char(43) not null,
  result longtext not null, at datetime(3) not null default current_timestamp(3), primary key (tenant, name, id), key (at)
) ${options};
`;
};

export const migrationOf = (dialect: Dialect): Migration => ({
  id: "0001-initial",
  parents: [],
  hash: "h1",
  steps: [{ name: "item", title: "item", transactional: false }],
  up: schema(dialect),
  down: "-- step: item\ndrop table if exists item_line; drop table if exists item; drop table if exists `operation`;",
  file: "migrations/main/0001-initial.up.sql",
});

export const tenantA = "00000000-0000-7000-8000-00000000000a";
export const tenantB = "00000000-0000-7000-8000-00000000000b";
export const id = (number: number): string =>
  `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
export const newItem = (number: number, count = 5, noted: string | null = null): Value[] => [
  id(number),
  tenantA,
  count,
  noted,
];
export const itemRows = (...items: readonly (readonly [number, number])[]): Value[] => [
  rowsOf(items.map(([number, count]) => [id(number), tenantA, count])),
];
export const ids = (...numbers: readonly number[]): Value[] => [
  array(text).encode(numbers.map(id)),
];
