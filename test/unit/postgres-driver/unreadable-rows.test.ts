// A row of before a rollout: null where this code requires a value. What is told has to say what became of the row.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { brandedInt, enumeration, named, text } from "../../../templates/engines/postgres/codec.ts";
import { asc, tableOf, type TextRow } from "../../../templates/engines/postgres/statement.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { migration } from "./items.ts";
import { type Opened, openStore } from "./open-store.ts";

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
  columns: 4,
  row: (row: TextRow) => ({
    id: codecs.id.decode(row[0]),
    fullName: codecs.fullName.decode(row[1]),
    mobile: codecs.mobile.decode(row[2]),
    tier: codecs.tier.decode(row[3]),
  }),
});
const get = guests.keyedRead("get", `select ${columns} from guest where id = $1`);
const list = guests.dynamicRead("list", {
  select: `select ${columns} from guest`,
  where: [],
  order: [asc("id", "integer")],
  cursor: [0],
});
const edit = guests.patch("edit", {
  update: "update guest",
  sets: { fullName: "full_name = {0}::text" },
  where: ["id = $1"],
  returning: columns,
});

let opened: Opened;
const changed: unknown[] = [];

beforeAll(async () => {
  opened = await openStore("pglite:memory");
  opened.store.onChanged((change) => void changed.push(change));
  await migrateUp(opened.store.migrationTarget(), [migration]);
  await opened.store.raw(
    "create table guest (id int primary key, full_name text not null, mobile text, tier text not null)",
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
  (await opened.store.raw("select full_name from guest where id = $1", [`${id}`])).rows[0]?.[0];
const absent = "Guest.mobile of 2: null is stored, and the field is required";

it("a read tells field and key, and blames no statement", async () => {
  const { session } = opened.store;
  const told = { kind: "programming", hint: expect.stringContaining("make the field nullable") };
  await expect(session.first(get, ["2"])).rejects.toMatchObject({
    ...told,
    message: `guests.get: ${absent}`,
  });
  await expect(session.page(list, { fixed: [] }, { limit: 5 })).rejects.toMatchObject({
    ...told,
    message: `guests.list: ${absent}`,
  });
  await expect(session.first(get, ["3"])).rejects.toMatchObject({
    kind: "programming",
    message:
      'guests.get: Guest.tier of 3: "silver" is stored, which is no member of enum (gold, plain)',
    hint: expect.stringContaining("deploy the spec that has this member"),
  });
  expect(await session.first(get, ["1"])).toMatchObject({ fullName: "Ada", mobile: "7" });
});

it.each([undefined, "edit-1"])(
  "a write that is committed says so, and listeners hear of it (operation id: %s)",
  async (operation) => {
    const options = operation === undefined ? undefined : { operation };
    const write = opened.store.session.patch(edit, ["2"], { fullName: "X" }, options);
    await expect(write).rejects.toMatchObject({
      kind: "outcome-unknown",
      message: `guests.edit: it was applied, and its result cannot be read: ${absent}`,
      hint: expect.stringMatching(/^do not repeat the write; /),
      attempts: 1,
    });
    expect(await nameOf(2)).toBe("X");
    expect(JSON.stringify(changed)).toContain('"Guest"');
  },
);

it("in a transaction it is rolled back, whoever catches the error", async () => {
  const caught: unknown[] = [];
  const both = opened.store.transaction(async (tx) => {
    await tx.patch(edit, ["1"], { fullName: "Y" });
    await tx.patch(edit, ["2"], { fullName: "Y" }).catch((error: unknown) => caught.push(error));
  });
  await expect(both).rejects.toMatchObject({
    kind: "programming",
    message: expect.stringContaining("the result of its statement guests.edit cannot be read"),
  });
  expect(caught).toMatchObject([
    {
      kind: "programming",
      message: `guests.edit: it is rolled back, because its result cannot be read: ${absent}`,
    },
  ]);
  expect([await nameOf(1), await nameOf(2)]).toEqual(["Ada", "Bob"]);
});
