// A renamed collection whose keys the store makes: the emulator renames none, so the commands are looked at.
import type { Db, Document } from "mongodb";
import { expect, test } from "vitest";
import { runCommand } from "../../../templates/engines/mongodb/migration-commands.ts";

/** A database that holds these collections and this sequence, and tells what it was asked. */
function database(names: readonly string[], sequence: Document | null) {
  const asked: (readonly unknown[])[] = [];
  const db = {
    listCollections: () => ({ toArray: async () => names.map((name) => ({ name })) }),
    renameCollection: async (...names: readonly string[]) => void asked.push(names),
    collection: (name: string) => ({
      findOne: async ({ _id }: Document) => (sequence?.["_id"] === _id ? sequence : null),
      updateOne: async (...args: readonly unknown[]) => void asked.push([name, ...args]),
    }),
  };
  return { db: db as unknown as Db, asked };
}

const rename = { renameCollection: "goods", to: "products" };
const carried = [
  "sequence",
  { _id: "products" },
  { $max: { last: 41 } },
  { upsert: true },
] as const;

test("the last key that was made is carried along first, also where the run broke off after the rename", async () => {
  const whole = database(["goods"], { _id: "goods", last: 41 });
  await runCommand(whole.db, rename);
  expect(whole.asked).toEqual([carried, ["goods", "products"]]);
  const again = database(["products"], { _id: "goods", last: 41 });
  await runCommand(again.db, rename);
  expect(again.asked).toEqual([carried]);
});

test("a collection whose keys come from elsewhere is only renamed", async () => {
  const plain = database(["goods"], null);
  await runCommand(plain.db, rename);
  expect(plain.asked).toEqual([["goods", "products"]]);
});
