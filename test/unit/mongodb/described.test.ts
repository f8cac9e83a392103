// What `migrate verify` compares on MongoDB. The database is one that answers what it was told by the migration, as a server does: the
// emulator of these tests keeps neither validators nor partial indexes.
import type { Db, Document } from "mongodb";
import { expect, test } from "vitest";
import { foundObjects, wantedObjects } from "../../../templates/engines/mongodb/described.ts";
import type { MigrationStep } from "../../../templates/engines/mongodb/migration-step.ts";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { collectionsOf } from "../../../src/engines/mongodb/schema/state.ts";
import { contextOf, press, storeOf } from "./press.ts";

interface Held {
  options: Document;
  indexes: Document[];
}

const store = storeOf(press);
const snapshot = planner.snapshot(store, "press");

function made(): Map<string, Held> {
  const { steps } = planner.diff(new Map(), snapshot, contextOf(store));
  const commands = JSON.parse(planner.print(steps, "up", "first")) as readonly MigrationStep[];
  const collections = new Map<string, Held>();
  for (const command of commands) {
    if ("createCollection" in command)
      collections.set(command.createCollection, {
        options: command.validator === undefined ? {} : { validator: command.validator },
        indexes: [{ v: 2, key: { _id: 1 }, name: "_id_" }],
      });
    else if ("createIndexes" in command)
      collections
        .get(command.createIndexes)
        ?.indexes.push(...command.indexes.map((index) => ({ v: 2, ...index })));
    else throw new Error("a first migration only makes");
  }
  return collections;
}

const database = (collections: ReadonlyMap<string, Held>): Db =>
  ({
    listCollections: () => ({
      toArray: async () =>
        [...collections].map(([name, { options }]) => ({ name, type: "collection", options })),
    }),
    collection: (name: string) => ({
      listIndexes: () => ({ toArray: async () => collections.get(name)?.indexes }),
    }),
  }) as unknown as Db;

async function unlike(collections: ReadonlyMap<string, Held>): Promise<readonly string[]> {
  const found = await foundObjects(database(collections));
  return [...collectionsOf(snapshot)].flatMap(([part, content]) =>
    [...wantedObjects(part, content)].flatMap(([object, should]) => {
      const is = found.get(object) ?? "missing";
      return is === should ? [] : [`${object}: is ${is}, should be ${should}`];
    }),
  );
}

function heldOf(collections: ReadonlyMap<string, Held>, name: string): Held {
  const held = collections.get(name);
  if (held === undefined) throw new Error(`no ${name}: ${[...collections.keys()].join()}`);
  return held;
}

test("a store as its migration made it is what its snapshot wants", async () => {
  const collections = made();
  expect(await unlike(collections)).toEqual([]);
  const count = [...collectionsOf(snapshot)].flatMap(([part, content]) => [
    ...wantedObjects(part, content).keys(),
  ]);
  expect(count.length).toBeGreaterThan(10);
});

test.each(Object.keys(Object.fromEntries(made())))("%s that is gone is named", async (name) => {
  const collections = made();
  collections.delete(name);
  expect(await unlike(collections)).toContain(
    `collection ${name}: is missing, should be collection`,
  );
});

test("an index, a limit, a property and the validator's strictness are named", async () => {
  const collections = made();
  const articles = heldOf(collections, "articles");
  const [, first] = articles.indexes;
  const schema = articles.options["validator"].$jsonSchema;
  const [property = ""] = schema.required;
  articles.indexes = articles.indexes.filter((index) => index !== first);
  articles.options = { ...articles.options, validationAction: "warn" };
  schema.required = schema.required.filter((name: string) => name !== property);
  expect(await unlike(collections)).toEqual(
    expect.arrayContaining([
      "collection articles: is collection, validation strict, warn, should be collection",
      expect.stringMatching(
        new RegExp(`^property articles\\.${property}: is \\{.*, should be required \\{`),
      ),
      expect.stringMatching(
        new RegExp(`^index articles\\.${first?.["name"]}: is missing, should be .*\\(`),
      ),
    ]),
  );
  expect(await unlike(collections)).toHaveLength(3);
});
