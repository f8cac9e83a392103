// A row of before a rollout: null where this code requires a value. What is told has to say what became of the row.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { brandedInt, enumeration, named, text } from "../../templates/engines/mysql/codec.ts";
import { asc, tableOf, type ValueRow } from "../../templates/engines/mysql/statement.ts";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import { migrationOf } from "../unit/mysql-driver/items.ts";
import { onPrivateServers } from "./mysql-server.ts";
import { type Opened, openStore } from "../unit/mysql-driver/open-store.ts";

const codecs = named("Guest", {
  id: brandedInt<number>(),
  fullName: text,
  mobile: text,
  tier: enumeration<"gold" | "plain">("gold", "plain"),
});
const columns = "id, full_name, mobile, tier";
const guests = tableOf({
  name: "guests",
  collection: "guest",
  entity: "Guest",
  key: [0],
  row: (row: ValueRow) => ({
    id: codecs.id.decode(row[0]),
    fullName: codecs.fullName.decode(row[1]),
    mobile: codecs.mobile.decode(row[2]),
    tier: codecs.tier.decode(row[3]),
  }),
});
const byKey = `select ${columns} from guest where id = $1`;
const get = guests.keyedRead("get", byKey);
const list = guests.dynamicRead("list", {
  select: `select ${columns} from guest`,
  where: [],
  order: [asc("id", "cast({0} as signed)")],
  cursor: [0],
});
const edit = guests.patch("edit", {
  update: "update guest",
  sets: { fullName: "full_name = {0}" },
  where: ["id = $1"],
  select: byKey,
});

const rename = guests.write("rename", "update guest set full_name = $2 where id = $1", {
  absent: "not-found",
  result: { select: byKey, when: "committed" },
});

await onPrivateServers("rows that cannot be read", (server) => {
  let opened: Opened;
  const changed: unknown[] = [];

  beforeAll(async () => {
    opened = await openStore((await server.namespace()).dsn);
    opened.store.onChanged((change) => void changed.push(change));
    await migrateUp(opened.store.migrationTarget(), [migrationOf(opened.dialect)]);
    await opened.store.raw(
      "create table guest (id int primary key, full_name varchar(40) not null, mobile varchar(40), tier varchar(40) not null)",
    );
  }, 60_000);
  beforeEach(async () => {
    await opened.store.raw("truncate guest");
    await opened.store.raw(
      "insert into guest values (1, 'Ada', '7', 'gold'), (2, 'Bob', null, 'gold'), (3, 'Cyd', '8', 'silver')",
    );
    changed.length = 0;
  });
  afterAll(() => opened.close());

  const nameOf = async (id: number): Promise<unknown> =>
    (await opened.store.raw("select full_name from guest where id = $1", [id])).rows[0]?.[0];
  const absent = "Guest.mobile of 2: null is stored, and the field is required";

  it("a read tells field and key, and blames no statement", async () => {
    const { session } = opened.store;
    const told = { kind: "programming", hint: expect.stringContaining("make the field nullable") };
    await expect(session.first(get, [2])).rejects.toMatchObject({
      ...told,
      message: `guests.get: ${absent}`,
    });
    await expect(session.page(list, { fixed: [] }, { limit: 5 })).rejects.toMatchObject({
      ...told,
      message: `guests.list: ${absent}`,
    });
    await expect(session.first(get, [3])).rejects.toMatchObject({
      kind: "programming",
      message:
        'guests.get: Guest.tier of 3: "silver" is stored, which is no member of enum (gold, plain)',
      hint: expect.stringContaining("deploy the spec that has this member"),
    });
    expect(await session.first(get, [1])).toMatchObject({ fullName: "Ada", mobile: "7" });
  });

  it.each([undefined, "edit-1"])(
    "a write is rolled back before it is committed (operation id: %s)",
    async (operation) => {
      const options = operation === undefined ? undefined : { operation };
      const write = opened.store.session.patch(edit, [2], { fullName: "X" }, options);
      await expect(write).rejects.toMatchObject({
        kind: "programming",
        message: `guests.edit: it is rolled back, because its result cannot be read: ${absent}`,
      });
      expect(await nameOf(2)).toBe("Bob");
    },
  );

  it("a write whose row is read after its commit says so, and listeners hear of it", async () => {
    await expect(opened.store.session.write(rename, [2, "X"])).rejects.toMatchObject({
      kind: "outcome-unknown",
      message: `guests.rename: it was applied, and its result cannot be read: ${absent}`,
      hint: expect.stringMatching(/^do not repeat the write; /),
      attempts: 1,
    });
    expect(await nameOf(2)).toBe("X");
    expect(JSON.stringify(changed)).toContain('"Guest"');
  });

  it("in a transaction it is rolled back, whoever catches the error", async () => {
    const caught: unknown[] = [];
    const both = opened.store.transaction(async (tx) => {
      await tx.patch(edit, [1], { fullName: "Y" });
      await tx.patch(edit, [2], { fullName: "Y" }).catch((error: unknown) => caught.push(error));
    });
    await expect(both).rejects.toMatchObject({
      kind: "programming",
    });
    expect(caught).toMatchObject([
      {
        kind: "programming",
        message: `guests.edit: it is rolled back, because its result cannot be read: ${absent}`,
      },
    ]);
    expect([await nameOf(1), await nameOf(2)]).toEqual(["Ada", "Bob"]);
  });
});
