import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import fc from "fast-check";
import { parse } from "libpg-query";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vectorPlan } from "../../../src/engines/postgres/ddl/vector.ts";
import { initialMigration } from "./schema-lab.ts";
import { refuse } from "../../../src/engines/postgres/refuse.ts";
import type { VectorViewIr } from "../../../src/ir/types.ts";
import type { Entity, FieldType } from "../../../src/spec/model.ts";
import { entity, field, int, mainStore, text, transactional, uuid } from "./model.ts";
import { shop } from "./shop.ts";

let db: PGlite;
beforeAll(async () => {
  db = await PGlite.create({ extensions: { vector } });
}, 60_000);
afterAll(() => db.close());

const counted =
  "select (select count(*) from pg_class where relnamespace = 'public'::regnamespace) + (select count(*) from pg_proc where pronamespace = 'public'::regnamespace and proname not in (select proname from pg_depend d join pg_proc p on p.oid = d.objid where d.deptype = 'e')) + (select count(*) from pg_roles where rolname like '%\\_app') as n";
const left = async (): Promise<unknown> => (await db.query(counted)).rows;

async function upDownUp(entities: readonly Entity[], project = "shop"): Promise<void> {
  const { store } = mainStore(entities, [
    transactional(
      "all",
      Object.fromEntries(entities.map(({ name }) => [name, [{ op: "get", name: "get" }]])),
    ),
  ]);
  expect(refuse(store)).toEqual([]);
  const { up, down } = initialMigration(store, project);
  await parse(up);
  const before = await left();
  await db.exec(`begin; ${up} commit;`);
  await db.exec(`begin; ${down} commit;`);
  expect(await left()).toEqual(before);
  await db.exec(`begin; ${up} ${down} commit;`);
}

test("down leaves nothing behind, and up works again", async () => {
  const { up, down } = initialMigration(shop.store, "shop");
  await db.exec(up);
  const made = await left();
  await db.exec(down);
  expect(await left()).not.toEqual(made);
  await db.exec(up);
  expect(await left()).toEqual(made);
  await db.exec(down);
});

test("everything has a comment", async () => {
  const { up, down } = initialMigration(shop.store, "shop");
  await db.exec(up);
  const bare =
    await db.query(`select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and col_description(c.oid, a.attnum) is null
    union all select relname, '' from pg_class where relkind in ('r') and relnamespace = 'public'::regnamespace and obj_description(oid) is null
    union all select i.relname, '' from pg_index x join pg_class i on i.oid = x.indexrelid where i.relnamespace = 'public'::regnamespace
      and obj_description(i.oid) is null and not exists (select from pg_constraint where conindid = i.oid)`);
  expect(bare.rows).toEqual([]);
  await db.exec(down);
});

test("the application role owns nothing, bypasses nothing and cannot rewrite history", async () => {
  const { up, down } = initialMigration(shop.store, "shop");
  await db.exec(up);
  await db.exec(
    "set role shop_app; set app.current_tenant = '01890000-0000-7000-8000-000000000001'",
  );
  await expect(db.exec("update orders_history set operation = 'insert'")).rejects.toThrow(
    /permission denied/,
  );
  await expect(db.exec("drop table orders")).rejects.toThrow(/must be owner/);
  await db.exec("reset role; reset app.current_tenant");
  const { rows } = await db.query(
    "select rolsuper or rolbypassrls as over, (select count(*) from pg_class where relowner = r.oid)::int as owned from pg_roles r where rolname = 'shop_app'",
  );
  expect(rows).toEqual([{ over: false, owned: 0 }]);
  const open = await db.query(
    "select relname from pg_class where relname in ('orders', 'order_lines', 'orders_history', 'order_lines_history') and not (relrowsecurity and relforcerowsecurity)",
  );
  expect(open.rows).toEqual([]);
  await db.exec(down);
});

test("a circle of references is closed after its tables", async () => {
  const reference = (to: string) =>
    ({ nullable: true, reference: { entity: to, field: "id", onDelete: "set-null" } }) as const;
  await upDownUp([
    entity({
      name: "Alpha",
      fields: [field("id", uuid, { key: true }), field("beta", uuid, reference("Beta"))],
    }),
    entity({
      name: "Beta",
      fields: [
        field("id", uuid, { key: true }),
        field("alpha", uuid, reference("Alpha")),
        field("self", uuid, reference("Beta")),
      ],
    }),
  ]);
});

describe("text of the user", () => {
  const payloads = [
    "'; drop table canary; --",
    "\\'; drop table canary; --",
    "*/ drop table canary /*",
    "$$; drop table canary; $$",
    "$history$ drop table canary",
    "%I %s {0} $1",
    "\u202e\u2028 -- x\ny",
  ];
  test("stays text", async () => {
    await db.exec("create table canary ()");
    const hostile = payloads.map((payload, at) =>
      entity({
        name: `Hostile${at}`,
        comment: payload,
        audit: true,
        fields: [
          field("id", uuid, { key: true, comment: payload }),
          field("kind", { kind: "enum", values: ["a", payload] }, { default: payload }),
          field("note", text, { default: payload }),
          field("list", { kind: "array", of: "text" }, { default: [payload, "{}"] }),
          field("data", { kind: "json" }, { default: { [payload]: payload } }),
        ],
      }),
    );
    const { store } = mainStore(hostile, [
      transactional(
        "all",
        Object.fromEntries(hostile.map(({ name }) => [name, [{ op: "get", name: "get" }]])),
      ),
    ]);
    const { up, down } = initialMigration(store, "shop");
    await db.exec(up);
    for (const [at, payload] of payloads.entries()) {
      const { rows } = await db.query(
        `insert into hostile${at}s (id) values (gen_random_uuid()) returning kind, note, list[1] as first, data->>$1 as value`,
        [payload],
      );
      expect(rows).toEqual([{ kind: payload, note: payload, first: payload, value: payload }]);
      const comment = await db.query(`select obj_description('hostile${at}s'::regclass) as text`);
      expect(comment.rows).toEqual([{ text: payload }]);
    }
    await db.exec(down);
    await db.exec("drop table canary");
  });

  test("names that a statement could not hold are refused, any other is quoted", async () => {
    const named = (column: string): Entity =>
      entity({
        name: "Named",
        audit: true,
        fields: [field("id", uuid, { key: true }), field("odd", text, { column })],
      });
    const problems = (column: string): number =>
      refuse(
        mainStore([named(column)], [transactional("all", { Named: [{ op: "get", name: "get" }] })])
          .store,
      ).length;
    expect(["a$1", "{0}", "x".repeat(64), ""].map(problems)).toEqual([1, 1, 1, 1]);
    for (const column of ['a"; drop table canary; --', "Total Cents", "é`${x}", "a'b\\c"]) {
      await upDownUp([named(column)]);
    }
  });

  test("SQL that is more than an expression is refused before it is written", () => {
    const { store } = mainStore(
      [
        entity({
          name: "Bad",
          fields: [
            field("id", uuid, { key: true }),
            field("wide", { kind: "vector", dimensions: 20_000, metric: "l2" }, { nullable: true }),
          ],
          checks: { evil: "true); drop table x; --" },
          indexes: [{ terms: [{ expression: "a; b" }], where: "true --", unique: false }],
        }),
      ],
      [
        transactional("all", {
          Bad: [
            { op: "get", name: "get" },
            { op: "upsert", name: "save", bulk: false, ttlMs: 1 },
          ],
        }),
      ],
    );
    expect(refuse(store).map(({ path }) => path)).toEqual([
      "entities.Bad.checks.evil",
      "entities.Bad.indexes",
      "entities.Bad.indexes",
      "entities.Bad.fields.wide",
      "workloads.all.access.Bad.save.ttl",
    ]);
  });
});

const types: fc.Arbitrary<FieldType> = fc.oneof(
  fc.constantFrom<FieldType>(
    uuid,
    text,
    int,
    { kind: "bigint" },
    { kind: "float" },
    { kind: "boolean" },
    { kind: "date" },
    { kind: "timestamp" },
    { kind: "json" },
    { kind: "binary" },
  ),
  fc.record({ kind: fc.constant("string" as const), max: fc.integer({ min: 1, max: 5000 }) }),
  fc.integer({ min: 1, max: 40 }).chain((precision) =>
    fc.record({
      kind: fc.constant("decimal" as const),
      precision: fc.constant(precision),
      scale: fc.integer({ min: 0, max: precision }),
    }),
  ),
  fc.record({
    kind: fc.constant("enum" as const),
    values: fc.uniqueArray(
      fc.string({ minLength: 1, maxLength: 8 }).filter((value) => !value.includes("\0")),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  fc.record({
    kind: fc.constant("array" as const),
    of: fc.constantFrom(
      "uuid",
      "string",
      "int",
      "bigint",
      "decimal",
      "timestamp",
      "date",
      "boolean",
    ),
  }),
  fc.record({
    kind: fc.constant("vector" as const),
    dimensions: fc.integer({ min: 1, max: 5000 }),
    metric: fc.constantFrom("cosine", "l2", "ip"),
  }),
);
const words = fc.constantFrom(
  "order",
  "user",
  "select",
  "total",
  "a",
  "unitPrice",
  "Größe",
  "from",
  "limit",
  "position",
);

const specs = fc
  .uniqueArray(fc.tuple(words, types, fc.boolean()), {
    maxLength: 6,
    selector: ([name]) => name.toLowerCase(),
  })
  .chain((fields) =>
    fc.record({
      fields: fc.constant(fields),
      version: fc.boolean(),
      audit: fc.boolean(),
      softDelete: fc.boolean(),
      tenant: fc.boolean(),
      keyKind: fc.constantFrom("uuid", "bigint", "int", "string"),
      database: fc.boolean(),
    }),
  );

test("property: the migration of any valid spec is accepted, and taken back (seed 7)", async () => {
  const property = fc.asyncProperty(
    specs,
    async ({ fields, keyKind, database, tenant, ...switches }) => {
      const key: FieldType = keyKind === "string" ? { kind: "string", max: 40 } : { kind: keyKind };
      const generated = database && keyKind !== "string" ? "database" : "caller";
      const root = entity({
        name: "Root",
        ...switches,
        ...(tenant && { tenant: "tenantId" }),
        fields: [
          field("id", key, { key: true, generated }),
          ...fields.map(([name, type, nullable]) => field(name, type, { nullable })),
        ],
        unique: fields.filter(([, type]) => type.kind === "int").map(([name]) => [name]),
      });
      const child = entity({
        name: "RootPart",
        owner: "Root",
        timestamps: false,
        key: ["rootId", "no"],
        fields: [
          field("rootId", key, { key: true, role: "ownerKey", generated: "caller" }),
          field("no", int, { key: true, min: 1 }),
        ],
      });
      await upDownUp([root, child]);
    },
  );
  await fc.assert(property, { seed: 7, numRuns: 40 });
}, 60_000);

describe("vector index by rows and dimensions", () => {
  const view = shop.store.views.find((each): each is VectorViewIr => each.port === "vector");
  const plan = (rows: number | undefined, dimensions: number) => {
    if (view === undefined) throw new Error("the shop has a vector view");
    const { rows: _, ...rest } = view;
    const { method, stored, parameters } = vectorPlan({
      ...rest,
      dimensions,
      ...(rows !== undefined && { rows }),
    });
    return [method, stored, Object.values(parameters)];
  };
  test.each([
    [undefined, 384, ["exact", "vector", []]],
    [9_999, 384, ["exact", "vector", []]],
    [10_000, 384, ["hnsw", "vector", [16, 64]]],
    [2_000_000, 384, ["hnsw", "vector", [24, 128]]],
    [2_000_000, 2_000, ["hnsw", "vector", [24, 128]]],
    [2_000_000, 2_001, ["hnsw", "halfvec", [24, 128]]],
    [100_000_000, 1_536, ["ivfflat", "vector", [10_000]]],
    [50_000, 4_001, ["exact", "vector", []]],
  ])("%s rows of %s dimensions", (rows, dimensions, expected) => {
    expect(plan(rows, dimensions)).toEqual(expected);
  });
});

test("the settings of the index hold for the scan of the same statement", async () => {
  const { up, down } = initialMigration(shop.store, "shop");
  await db.exec(up);
  await db.exec(`insert into products (id, sku, title, description, price_cents, embedding)
    select gen_random_uuid(), n::text, 'x', 'x', n, array[sin(n), cos(n), sin(3 * n)]::vector from generate_series(1, 2000) n;
    analyze products; set enable_seqscan = off; set enable_sort = off`);
  const nearest = (where: string) =>
    `select p.id from products p where ${where} p.embedding is not null and p.price_cents > 1900 order by p.embedding <=> '[1,0,0]'::vector asc limit 80`;
  const tuned =
    "(select set_config('hnsw.iterative_scan', 'strict_order', true) is not null and set_config('hnsw.ef_search', '200', true) is not null) and";
  expect((await db.query(nearest(tuned))).rows).toHaveLength(80);
  expect((await db.query(nearest(""))).rows.length).toBeLessThan(80);
  await db.exec("reset enable_seqscan; reset enable_sort");
  await db.exec(down);
});
