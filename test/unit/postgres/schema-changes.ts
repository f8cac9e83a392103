import type { StoreIr } from "../../../src/ir/types.ts";
import type { Entity, Field, Method, Partition, Workload } from "../../../src/spec/model.ts";
import {
  entity,
  type EntitySpec,
  field,
  int,
  mainStore,
  text,
  timestamp,
  transactional,
  uuid,
} from "./model.ts";

/** Every kind of change that a store can go through, each as small as it is. */
export interface SchemaChange {
  readonly name: string;
  readonly from: StoreIr;
  readonly to: StoreIr;
  readonly values?: Readonly<Record<string, string>>;
}

type Given = Partial<EntitySpec>;

const id = field("id", uuid, { key: true });
const words = (more: Partial<Field> = {}): Field =>
  field("words", { kind: "string", max: 40 }, more);

const note = (fields: readonly Field[], more: Given = {}): Entity =>
  entity({ name: "Note", timestamps: false, ...more, fields: [id, ...fields] });

const refers = (name: string, to: string, more: Partial<Field> = {}): Field =>
  field(name, uuid, { reference: { entity: to, field: "id", onDelete: "restrict" }, ...more });

const list = (fields: readonly Field[] = [], more: Given = {}): Entity =>
  entity({
    name: "List",
    timestamps: false,
    ...more,
    fields: [id, field("title", text), ...fields],
  });

const line = (
  owner: string,
  key = `${owner.toLowerCase()}Id`,
  more: readonly Field[] = [],
): Entity =>
  entity({
    name: "Line",
    owner,
    timestamps: false,
    key: [key, "lineNo"],
    fields: [
      field(key, uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("lineNo", int, { key: true }),
      field("words", text),
      ...more,
    ],
  });

const get: Method = { op: "get", name: "get" };

function store(
  entities: readonly Entity[],
  methods: Readonly<Record<string, readonly Method[]>> = {},
  views: readonly Workload[] = [],
): StoreIr {
  const roots = entities.filter(({ owner }) => owner === undefined);
  const access = Object.fromEntries(
    roots.map(({ name }) => [name, [get, ...(methods[name] ?? [])]]),
  );
  return mainStore(entities, [transactional("all", access), ...views]).store;
}

const change = (
  name: string,
  from: readonly Entity[],
  to: readonly Entity[],
  values?: SchemaChange["values"],
): SchemaChange => ({
  name,
  from: store(from),
  to: store(to),
  ...(values !== undefined && { values }),
});

/** One both ways: what is on is off again. */
const both = (
  name: string,
  off: readonly Entity[],
  on: readonly Entity[],
  values?: SchemaChange["values"],
): readonly SchemaChange[] => [
  change(`${name} on`, off, on, values),
  change(`${name} off`, on, off),
];

const fields = (
  name: string,
  from: readonly Field[],
  to: readonly Field[],
  values?: SchemaChange["values"],
) => change(name, [note(from)], [note(to)], values);

const rank = (more: Partial<Field> = {}): Field => field("rank", int, more);

const columns: readonly SchemaChange[] = [
  fields("column added", [words()], [words(), rank({ nullable: true })]),
  fields("column added with default", [words()], [words(), rank({ default: 3, min: 0 })]),
  fields("column added and required", [words()], [words(), rank({ min: 0 })], {
    "notes.rank": "char_length(words)",
  }),
  fields("column dropped", [words(), rank({ nullable: true })], [words()]),
  fields("required column dropped", [words(), rank({ min: 1 })], [words()]),
  fields("unique column dropped", [words(), field("slug", text, { unique: true })], [words()]),
  fields(
    "column renamed",
    [words({ unique: true })],
    [field("phrase", { kind: "string", max: 40 }, { unique: true, was: "words" })],
  ),
  fields(
    "column mapped",
    [words({ nullable: true })],
    [words({ nullable: true, column: "the Words" })],
  ),
  fields(
    "column retyped",
    [rank({ min: 0, default: 0 })],
    [field("rank", { kind: "bigint" }, { min: 0, default: 0 })],
  ),
  fields(
    "column becomes true or false",
    [field("isOpen", int, { default: 0 })],
    [field("isOpen", { kind: "boolean" }, { default: false })],
  ),
  fields(
    "column retyped by the user's words",
    [field("flag", { kind: "boolean" })],
    [field("flag", { kind: "date" }, { nullable: true })],
    { "notes.flag": "case when flag then date '2026-01-01' end" },
  ),
  fields(
    "column renamed and retyped",
    [rank()],
    [field("place", { kind: "decimal", precision: 8, scale: 2 }, { was: "rank", nullable: true })],
  ),
  fields(
    "column renamed and longer",
    [words()],
    [field("phrase", { kind: "string", max: 80 }, { was: "words" })],
  ),
  fields(
    "column renamed and wider",
    [rank({ min: 0, default: 3 })],
    [field("place", { kind: "bigint" }, { was: "rank", min: 0, default: 3 })],
  ),
  fields(
    "column renamed, longer and no longer required",
    [words({ unique: true })],
    [field("phrase", { kind: "string", max: 120 }, { was: "words", nullable: true })],
  ),
  fields(
    "column widened",
    [field("price", { kind: "decimal", precision: 5, scale: 2 })],
    [field("price", { kind: "decimal", precision: 9, scale: 2 })],
  ),
  fields("default given", [rank()], [rank({ default: 5 })]),
  fields("default taken", [rank({ default: 5 })], [rank()]),
  fields("column required", [rank({ nullable: true })], [rank({ default: 5 })]),
  fields("column required without a value", [rank({ nullable: true })], [rank()]),
  fields("column optional", [rank({ min: 2 })], [rank({ min: 2, nullable: true })]),
  fields("column commented", [rank()], [rank({ comment: "It's -- where it stands." })]),
  fields(
    "columns of one table retyped and renamed",
    [rank({ default: 1 }), words(), field("price", { kind: "decimal", precision: 8, scale: 4 })],
    [
      field("rank", { kind: "bigint" }, { default: 2 }),
      field("phrase", { kind: "string", max: 40 }, { was: "words" }),
      field("price", { kind: "int" }),
    ],
  ),
  fields(
    "two columns retyped",
    [rank(), field("price", { kind: "decimal", precision: 8, scale: 4 })],
    [field("rank", { kind: "bigint" }), field("price", { kind: "int" })],
  ),
];

/** A list's default; a list lies apart from its row on some engines, where it takes an expression. */
const marks = (more: Partial<Field> = {}): Field =>
  field("marks", { kind: "array", of: "string" }, { default: [], ...more });

const defaults: readonly SchemaChange[] = [
  fields("list added with default", [words()], [words(), marks()]),
  fields("list added with default, optional", [words()], [words(), marks({ nullable: true })]),
  fields(
    "long text added with default",
    [words()],
    [words(), field("bio", text, { default: "-" })],
  ),
  fields("list with default dropped", [words(), marks()], [words()]),
];

/** With soft delete, beside a unique field. */
const living = (
  name: string,
  from: readonly Field[],
  to: readonly Field[],
  more: Given = {},
  values?: SchemaChange["values"],
): SchemaChange =>
  change(
    `${name} beside a unique that deleted rows leave`,
    [note([words({ unique: true }), ...from], { softDelete: true })],
    [note([words({ unique: true }), ...to], { softDelete: true, ...more })],
    values,
  );

const byRank = {
  indexes: [
    { terms: [{ field: "rank", direction: "asc" as const }], unique: false, name: "by_rank" },
  ],
};

const amongLiving: readonly SchemaChange[] = [
  living("column added", [], [rank({ nullable: true })]),
  living("column added and required", [], [rank()], {}, { "notes.rank": "char_length(words)" }),
  living("list added with default", [], [marks()]),
  living("column dropped", [rank({ nullable: true })], []),
  living("required column dropped", [rank()], []),
  living("column required", [rank({ nullable: true })], [rank({ default: 5 })]),
  living("column optional", [rank()], [rank({ nullable: true })]),
  living("column retyped", [rank()], [field("rank", { kind: "bigint" })]),
  living("column retyped otherwise", [rank()], [field("rank", text)]),
  living("column renamed", [rank()], [field("place", int, { was: "rank" })]),
  living("default given", [rank()], [rank({ default: 5 })]),
  living("column commented", [rank()], [rank({ comment: "Where it stands." })]),
  living("bounds given", [rank()], [rank({ min: 0 })]),
  living("index added", [rank()], [rank()], byRank),
  ...both(
    "unique among what is not deleted",
    [note([words(), rank()], { softDelete: true })],
    [note([words({ unique: true }), rank()], { softDelete: true })],
  ),
  change(
    "unique column renamed among what is not deleted",
    [note([words({ unique: true })], { softDelete: true })],
    [
      note([field("phrase", { kind: "string", max: 40 }, { unique: true, was: "words" })], {
        softDelete: true,
      }),
    ],
  ),
  change(
    "unique column dropped among what is not deleted",
    [note([words({ unique: true }), rank()], { softDelete: true })],
    [note([rank()], { softDelete: true })],
  ),
  ...both(
    "soft delete beside a unique and other columns",
    [note([words({ unique: true }), rank({ nullable: true })])],
    [note([words({ unique: true }), rank({ default: 5 }), marks()], { softDelete: true })],
  ),
];

const kinds = (values: readonly string[]): Field =>
  field("kind", { kind: "enum", values }, { default: "a" });
const sorted = (direction: "asc" | "desc", more: object = {}) => ({
  indexes: [
    { terms: [{ field: "words", direction }], unique: false, name: "notes_by_words", ...more },
  ],
});

const rules: readonly SchemaChange[] = [
  fields("enum wider", [kinds(["a", "b"])], [kinds(["a", "b", "c"])]),
  fields("enum narrower", [kinds(["a", "b", "c"])], [kinds(["a", "b"])]),
  fields("column in another case", [words({ column: "Words" })], [words()]),
  fields(
    "column in another case and of another type",
    [rank({ column: "RANK" })],
    [field("rank", { kind: "decimal", precision: 12, scale: 2 })],
  ),
  fields("text longer", [words()], [field("words", { kind: "string", max: 80 })]),
  fields("text shorter", [words()], [field("words", { kind: "string", max: 20 })]),
  fields("text without limit", [words()], [field("words", text)]),
  fields("unique added", [words()], [words({ unique: true })]),
  fields("unique dropped", [words({ unique: true })], [words()]),
  change(
    "check added",
    [note([words()])],
    [note([words()], { checks: { spoken: "words <> ''" } })],
  ),
  change(
    "check changed",
    [note([words()], { checks: { spoken: "words <> ''" } })],
    [note([words()], { checks: { spoken: "words <> ' '" } })],
  ),
  change(
    "check dropped",
    [note([words()], { checks: { spoken: "words <> ''" } })],
    [note([words()])],
  ),
  change(
    "unique changed",
    [note([words(), rank()], { unique: [["words", "rank"]] })],
    [note([words(), rank({ column: "place" })], { unique: [["words", "rank"]] })],
  ),
  change(
    "unique widened",
    [note([words({ unique: true }), rank()])],
    [note([words(), rank()], { unique: [["rank", "words"]] })],
  ),
  change(
    "unique widened by a new column",
    [note([words({ unique: true })])],
    [note([words(), rank({ default: 3 })], { unique: [["rank", "words"]] })],
  ),
  change(
    "unique widened among what is not deleted",
    [note([words({ unique: true }), rank()], { softDelete: true })],
    [note([words(), rank()], { softDelete: true, unique: [["rank", "words"]] })],
  ),
  change(
    "unique narrowed",
    [note([words(), rank()], { unique: [["rank", "words"]] })],
    [note([words({ unique: true }), rank()])],
  ),
  change("index added", [note([words()])], [note([words()], sorted("asc"))]),
  change("index changed", [note([words()], sorted("asc"))], [note([words()], sorted("desc"))]),
  change(
    "index only for people",
    [note([words()], sorted("asc"))],
    [note([words()], sorted("asc", { comment: "The front page." }))],
  ),
  change(
    "index unique",
    [note([words()], sorted("asc"))],
    [note([words()], sorted("asc", { unique: true }))],
  ),
  change("index dropped", [note([words()], sorted("asc"))], [note([words()])]),
  change(
    "index of a renamed column",
    [note([words()], sorted("asc", { where: "words <> ''" }))],
    [
      note([field("phrase", { kind: "string", max: 40 }, { was: "words" })], {
        indexes: [
          {
            terms: [{ field: "phrase", direction: "asc" }],
            unique: false,
            name: "notes_by_words",
            where: "phrase <> ''",
          },
        ],
      }),
    ],
  ),
  change(
    "check of a renamed column",
    [note([words()], { checks: { spoken: "words <> ''" } })],
    [
      note([field("phrase", { kind: "string", max: 40 }, { was: "words" })], {
        checks: { spoken: "phrase <> ''" },
      }),
    ],
  ),
  change(
    "reference added",
    [list(), note([field("list", uuid, { nullable: true })])],
    [list(), note([refers("list", "List", { nullable: true })])],
  ),
  change(
    "reference dropped",
    [list(), note([refers("list", "List")])],
    [list(), note([field("list", uuid)])],
  ),
  change(
    "required reference dropped with its column",
    [list(), note([words(), refers("list", "List")])],
    [list(), note([words()])],
  ),
  change(
    "reference on delete",
    [list(), note([refers("list", "List")])],
    [
      list(),
      note([
        field("list", uuid, { reference: { entity: "List", field: "id", onDelete: "cascade" } }),
      ]),
    ],
  ),
  change(
    "reference renamed",
    [list(), note([refers("list", "List")])],
    [list(), note([refers("folder", "List", { was: "list" })])],
  ),
];

const tables: readonly SchemaChange[] = [
  change("table added", [list()], [list(), note([refers("list", "List")])]),
  change("table dropped", [list(), note([refers("list", "List"), words()])], [list()]),
  change(
    "tables in a circle added",
    [list()],
    [list([refers("first", "Note", { nullable: true })]), note([refers("list", "List")])],
    { "lists.first": "null" },
  ),
  change(
    "tables in a circle dropped",
    [
      list([refers("first", "Note", { nullable: true })]),
      note([refers("list", "List")]),
      entity({ name: "Other", fields: [id] }),
    ],
    [entity({ name: "Other", fields: [id] })],
  ),
  change(
    "table renamed",
    [list(), note([refers("list", "List"), words({ unique: true })], { audit: true })],
    [
      list(),
      entity({
        name: "Memo",
        was: "Note",
        audit: true,
        timestamps: false,
        fields: [id, refers("list", "List"), words({ unique: true })],
      }),
    ],
  ),
  change(
    "table that others refer to renamed",
    [list(), note([refers("list", "List")])],
    [
      entity({
        name: "Folder",
        was: "List",
        timestamps: false,
        fields: [id, field("title", text)],
      }),
      note([refers("list", "Folder")]),
    ],
  ),
  change("table mapped", [note([words()])], [note([words()], { table: "the Notes" })]),
  change(
    "table renamed with a new column",
    [note([words(), rank()])],
    [
      entity({
        name: "Memo",
        was: "Note",
        timestamps: false,
        fields: [
          id,
          field("phrase", { kind: "string", max: 60 }, { was: "words" }),
          field("rank", { kind: "bigint" }),
        ],
      }),
    ],
  ),
  change(
    "entity renamed on its table",
    [note([words()])],
    [
      entity({
        name: "Memo",
        was: "Note",
        table: "notes",
        timestamps: false,
        fields: [id, words()],
      }),
    ],
  ),
  ...both("child", [list()], [list(), line("List")]),
  ...both(
    "child of an audited root",
    [list([], { audit: true })],
    [list([], { audit: true }), line("List")],
  ),
  change(
    "owner renamed",
    [list([], { audit: true, tenant: "tenantId" }), line("List")],
    [
      entity({
        name: "Folder",
        was: "List",
        audit: true,
        tenant: "tenantId",
        timestamps: false,
        fields: [id, field("title", text)],
      }),
      line("Folder"),
    ],
    { "lines.folder_id": "list_id" },
  ),
  change(
    "child's column renamed",
    [list([], { audit: true }), line("List", "listId", [rank()])],
    [list([], { audit: true }), line("List", "listId", [field("place", int, { was: "rank" })])],
  ),
];

const number = (name: string, kind: "int" | "bigint", more: Partial<Field> = {}): Field =>
  field(name, { kind }, { key: true, generated: "caller", ...more });
const counted = (key: Field, more: readonly Field[] = []): Entity =>
  entity({ name: "Item", timestamps: false, audit: true, fields: [key, ...more] });
const part = (kind: "int" | "bigint", field_: string): Entity =>
  entity({
    name: "Part",
    timestamps: false,
    fields: [
      id,
      field(
        "item",
        { kind },
        { reference: { entity: "Item", field: field_, onDelete: "cascade" } },
      ),
    ],
  });

const keys: readonly SchemaChange[] = [
  change(
    "key retyped",
    [counted(number("no", "int")), part("int", "no")],
    [counted(number("no", "bigint")), part("bigint", "no")],
  ),
  change(
    "key renamed",
    [counted(number("no", "int")), part("int", "no")],
    [counted(number("number", "int", { was: "no" })), part("int", "number")],
  ),
  change(
    "key made by the database",
    [counted(number("no", "bigint"))],
    [counted(number("no", "bigint", { generated: "database" }))],
  ),
  change(
    "key of the caller",
    [counted(number("no", "bigint", { generated: "database" }))],
    [counted(number("no", "bigint"))],
  ),
  change(
    "key longer",
    [counted(number("no", "int"), [words()])],
    [
      entity({
        name: "Item",
        timestamps: false,
        audit: true,
        key: ["no", "shelf"],
        fields: [
          number("no", "int"),
          words(),
          field("shelf", int, { key: true, generated: "caller" }),
        ],
      }),
    ],
    { "items.shelf": "1" },
  ),
  change(
    "key shorter",
    [
      entity({
        name: "Item",
        timestamps: false,
        audit: true,
        key: ["no", "shelf"],
        fields: [number("no", "int"), field("shelf", int, { key: true, generated: "caller" })],
      }),
    ],
    [counted(number("no", "int"))],
  ),
];

const switches: readonly SchemaChange[] = [
  ...both("audit", [list(), line("List")], [list([], { audit: true }), line("List")]),
  ...both(
    "soft delete",
    [note([words({ unique: true })], sorted("asc"))],
    [note([words({ unique: true })], { ...sorted("asc"), softDelete: true })],
  ),
  ...both(
    "soft delete of an audited",
    [note([words()], { audit: true })],
    [note([words()], { audit: true, softDelete: true })],
  ),
  ...both("version", [note([words()])], [note([words()], { version: true })]),
  ...both("timestamps", [note([words()])], [note([words()], { timestamps: true })]),
  ...both("tenancy", [list()], [list([], { tenant: "tenantId" })], {
    "lists.tenant_id": "'01890000-0000-7000-8000-000000000001'",
  }),
  ...both(
    "tenancy with children and history",
    [list([], { audit: true }), line("List"), note([words()])],
    [list([], { audit: true, tenant: "tenantId" }), line("List"), note([words()])],
    { "lists.tenant_id": "'01890000-0000-7000-8000-000000000001'" },
  ),
  change(
    "tenant renamed",
    [list([], { audit: true, tenant: "tenantId" }), line("List")],
    [list([], { audit: true, tenant: "branchId" }), line("List")],
  ),
  change(
    "tenant retyped",
    [list([], { tenant: "tenantId" })],
    [
      list([field("tenantId", { kind: "string", max: 40 }, { role: "tenant" })], {
        tenant: "tenantId",
      }),
    ],
  ),
];

const tenant = "tenantId";
const tenantValues = {
  "lists.tenant_id": "'01890000-0000-7000-8000-000000000001'",
  "notes.tenant_id": "'01890000-0000-7000-8000-000000000001'",
};
const lists = list([], { tenant });
const within = (more: Partial<Field>, given: Given = {}): Entity =>
  note([refers("listId", "List", more)], { tenant, ...given });
const emptied = {
  nullable: true,
  reference: { entity: "List", field: "id", onDelete: "set-null" },
} as const;

/** References between rows of one tenant: their keys hold it. */
const withinTenants: readonly SchemaChange[] = [
  ...both(
    "reference within a tenant",
    [lists, note([], { tenant })],
    [lists, within({ nullable: true })],
  ),
  ...both(
    "emptied reference within a tenant",
    [lists, note([], { tenant })],
    [lists, within(emptied)],
  ),
  ...both(
    "tenancy of both ends",
    [list(), note([refers("listId", "List")])],
    [lists, within({})],
    tenantValues,
  ),
  ...both("tenancy of a target", [list(), within({})], [lists, within({})], tenantValues),
  ...both(
    "tenancy of what refers",
    [lists, note([refers("listId", "List")])],
    [lists, within({})],
    tenantValues,
  ),
  ...both("table that refers within a tenant", [lists], [lists, within({})]),
  ...both(
    "tree within a tenant",
    [list([refers("parentId", "List", { nullable: true })])],
    [list([refers("parentId", "List", { nullable: true })], { tenant })],
    tenantValues,
  ),
  change(
    "action of a reference within a tenant",
    [lists, within({ nullable: true })],
    [
      lists,
      within({ nullable: true, reference: { entity: "List", field: "id", onDelete: "cascade" } }),
    ],
  ),
  change(
    "reference within a tenant renamed",
    [lists, within({})],
    [lists, note([refers("placeId", "List", { was: "listId" })], { tenant })],
  ),
  change(
    "tenant renamed that references hold",
    [lists, within({}), line("List")],
    [
      list([], { tenant: "branchId" }),
      note([refers("listId", "List")], { tenant: "branchId" }),
      line("List"),
    ],
  ),
  change(
    "target within a tenant renamed",
    [lists, within({})],
    [
      entity({
        name: "Folder",
        was: "List",
        tenant,
        timestamps: false,
        fields: [id, field("title", text)],
      }),
      note([refers("listId", "Folder")], { tenant }),
    ],
  ),
  change(
    "key renamed that references within a tenant hold",
    [lists, within({})],
    [
      entity({
        name: "List",
        tenant,
        timestamps: false,
        fields: [field("code", uuid, { key: true, was: "id" }), field("title", text)],
      }),
      note(
        [
          field("listId", uuid, {
            reference: { entity: "List", field: "code", onDelete: "restrict" },
          }),
        ],
        { tenant },
      ),
    ],
  ),
  change(
    "emptied reference within a tenant renamed",
    [lists, within(emptied)],
    [lists, note([refers("placeId", "List", { ...emptied, was: "listId" })], { tenant })],
  ),
  change(
    "declared key of a tenant",
    [lists, within({})],
    [list([], { tenant, unique: [["id", tenant]] }), within({})],
  ),
];

const view = { sla: {}, requires: [], scale: { growth: 1 } } as const;
const search = (texts: readonly string[], language = "simple"): Workload => ({
  ...view,
  name: "note-search",
  kind: "search",
  from: "Note",
  language,
  fields: texts.map((name) => ({ field: name, weight: 1, facet: false })),
  methods: [
    { name: "search", text: texts, filter: [], highlight: false, facets: [], page: "none" },
  ],
});
const nearest = (rows: number): Workload => ({
  ...view,
  name: "near-notes",
  kind: "vector",
  from: "Note",
  field: "place",
  scale: { growth: 1, rows },
  methods: [{ name: "nearest", filter: [] }],
});
const place = (dimensions: number): Field =>
  field("place", { kind: "vector", dimensions, metric: "l2" }, { nullable: true });
const tags = field("tags", { kind: "array", of: "string" });
const viewed = (
  name: string,
  from: readonly [Entity, ...Workload[]],
  to: readonly [Entity, ...Workload[]],
  values?: SchemaChange["values"],
): SchemaChange => {
  const made = ([of, ...views]: readonly [Entity, ...Workload[]]): StoreIr =>
    store([of], {}, views);
  return { name, from: made(from), to: made(to), ...(values !== undefined && { values }) };
};

const views: readonly SchemaChange[] = [
  viewed(
    "search added",
    [note([words(), tags])],
    [note([words(), tags]), search(["words", "tags"])],
  ),
  viewed(
    "search dropped",
    [note([words(), tags]), search(["words", "tags"])],
    [note([words(), tags])],
  ),
  viewed(
    "search changed",
    [note([words(), tags]), search(["words"])],
    [note([words(), tags]), search(["words"], "english")],
  ),
  viewed(
    "searched column renamed",
    [note([words(), tags]), search(["words", "tags"])],
    [
      note([field("phrase", { kind: "string", max: 40 }, { was: "words" }), tags]),
      search(["phrase", "tags"]),
    ],
  ),
  viewed(
    "searched column retyped",
    [note([words(), field("data", text)]), search(["words", "data"])],
    [note([words(), field("data", { kind: "json" })]), search(["words", "data"])],
  ),
  viewed(
    "searched column dropped",
    [note([words(), field("data", text)]), search(["words", "data"])],
    [note([words()]), search(["words"])],
  ),
  viewed(
    "search of a retyped column added",
    [note([words(), field("data", int)])],
    [note([words(), field("data", text)]), search(["words", "data"])],
  ),
  viewed("vectors added", [note([words()])], [note([words(), place(3)]), nearest(20_000)]),
  viewed("vectors indexed", [note([place(3)]), nearest(10)], [note([place(3)]), nearest(20_000)]),
  viewed(
    "vectors of other dimensions",
    [note([place(3)]), nearest(20_000)],
    [note([place(4)]), nearest(20_000)],
    { "notes.place": "null::vector(4)" },
  ),
];

const limited = (floor: number): StoreIr =>
  store([note([rank()])], {
    Note: [{ op: "increment", name: "move", field: "rank", by: "any", floor }],
  });
const saved: Readonly<Record<string, readonly Method[]>> = {
  List: [{ op: "upsert", name: "save", bulk: false }],
};

const statements: readonly SchemaChange[] = [
  { name: "limit added", from: store([note([rank()])]), to: limited(0) },
  { name: "limit changed", from: limited(0), to: limited(-5) },
  { name: "limit dropped", from: limited(0), to: store([note([rank()])]) },
  {
    name: "upsert of an aggregate added",
    from: store([list(), line("List")]),
    to: store([list(), line("List")], saved),
  },
  {
    name: "upsert of an aggregate dropped",
    from: store([list(), line("List")], saved),
    to: store([list(), line("List")]),
  },
];

const placedAt = field("placedAt", timestamp, { key: true, generated: "caller" });
const byMonth: Partition = { kind: "range", field: "placedAt", every: "month" };
const byId: Partition = { kind: "hash", field: "id", count: 3 };
const parted = (fieldsOf: readonly Field[], more: Given = {}): Entity =>
  entity({
    name: "Order",
    timestamps: false,
    key: ["id", "placedAt"],
    ...more,
    fields: [id, placedAt, ...fieldsOf],
  });
const indexed: Given = {
  unique: [["words", "placedAt"]],
  checks: { hasWords: "words <> ''" },
  indexes: [
    { terms: [{ field: "words", direction: "asc" }], unique: false },
    { terms: [{ field: "words", direction: "desc" }], unique: false, where: "words <> 'none'" },
  ],
};
/** Each holds one key of an order. */
const about = (): Entity =>
  entity({
    name: "Remark",
    timestamps: false,
    fields: [
      id,
      ...["id", "placedAt"].map((key) =>
        field(`order${key === "id" ? "Id" : "PlacedAt"}`, key === "id" ? uuid : timestamp, {
          nullable: true,
          reference: { entity: "Order", field: key, onDelete: "restrict" },
        }),
      ),
    ],
  });
const numberedOrder = (more: Given): Entity =>
  entity({
    name: "Ticket",
    timestamps: false,
    key: ["no", "placedAt"],
    ...more,
    fields: [
      field("no", { kind: "bigint" }, { key: true, generated: "database" }),
      placedAt,
      words(),
    ],
  });
const recorded: Given = { ...indexed, audit: true, tenant: "tenantId" };

const partitioned: readonly SchemaChange[] = [
  ...both(
    "partitions by time",
    [parted([words()], indexed)],
    [parted([words()], { ...indexed, partition: byMonth })],
  ),
  ...both(
    "partitions by hash",
    [parted([words()], { ...indexed, unique: [["words", "id"]] })],
    [parted([words()], { ...indexed, unique: [["words", "id"]], partition: byId })],
  ),
  ...both(
    "partitions by time of a table that others refer to",
    [parted([words()]), about()],
    [parted([words()], { partition: byMonth }), about()],
  ),
  ...both(
    "partitions by time of a recorded table within a tenant",
    [parted([words()], recorded)],
    [parted([words()], { ...recorded, partition: byMonth })],
  ),
  ...both(
    "partitions by time of a numbered table",
    [parted([words()], {}), numberedOrder({})],
    [parted([words()], {}), numberedOrder({ partition: byMonth })],
  ),
  ...both(
    "partitioned table",
    [note([words()])],
    [note([words()]), parted([], { partition: byMonth })],
  ),
  change(
    "partitions of another period",
    [parted([], { partition: byMonth })],
    [parted([], { partition: { ...byMonth, every: "year" } })],
  ),
  ...both(
    "index of a partitioned table",
    [parted([words()], { partition: byMonth })],
    [parted([words()], { ...indexed, partition: byMonth })],
  ),
  change(
    "indexes of a partitioned table changed",
    [parted([words(), rank()], { ...indexed, unique: [["words", "id"]], partition: byId })],
    [
      parted([words(), rank()], {
        ...indexed,
        unique: [["rank", "id", "placedAt"]],
        indexes: [{ terms: [{ field: "rank", direction: "asc" }], unique: false }],
        partition: byId,
      }),
    ],
  ),
  ...both(
    "reference of a partitioned table",
    [parted([field("listId", uuid, { nullable: true })], { partition: byMonth }), list()],
    [parted([refers("listId", "List", { nullable: true })], { partition: byMonth }), list()],
  ),
  change(
    "column of a partitioned table retyped",
    [parted([rank()], { partition: byMonth })],
    [parted([field("rank", { kind: "bigint" })], { partition: byMonth })],
  ),
  change(
    "partitioned table and its column renamed",
    [parted([words()], { ...indexed, partition: byMonth })],
    [
      parted([field("phrase", { kind: "string", max: 40 }, { was: "words" })], {
        ...indexed,
        unique: [["phrase", "placedAt"]],
        checks: {},
        indexes: [],
        name: "Purchase",
        was: "Order",
        partition: byMonth,
      }),
    ],
  ),
  ...both(
    "history of a partitioned table",
    [parted([words()], { partition: byMonth })],
    [parted([words()], { partition: byMonth, audit: true })],
  ),
  ...both(
    "tenancy of a partitioned table",
    [parted([words()], { partition: byMonth })],
    [parted([words()], { partition: byMonth, tenant: "tenantId" })],
    { "orders.tenant_id": "'01890000-0000-7000-8000-000000000001'" },
  ),
  change(
    "optional reference of a partitioned table",
    [parted([refers("listId", "List")], { partition: byMonth }), list()],
    [parted([refers("listId", "List", emptied)], { partition: byMonth }), list()],
  ),
  ...both(
    "action of a reference of a partitioned table",
    [parted([refers("listId", "List", { nullable: true })], { partition: byMonth }), list()],
    [parted([refers("listId", "List", emptied)], { partition: byMonth }), list()],
  ),
  ...both(
    "tenancy of a partitioned table that refers",
    [parted([refers("listId", "List")], { partition: byMonth }), list()],
    [parted([refers("listId", "List")], { partition: byMonth, tenant }), list([], { tenant })],
    {
      "orders.tenant_id": "'01890000-0000-7000-8000-000000000001'",
      "lists.tenant_id": "'01890000-0000-7000-8000-000000000001'",
    },
  ),
];

export const schemaChanges: readonly SchemaChange[] = [
  ...columns,
  ...defaults,
  ...amongLiving,
  ...rules,
  ...tables,
  ...keys,
  ...switches,
  ...withinTenants,
  ...views,
  ...statements,
  ...partitioned,
];
