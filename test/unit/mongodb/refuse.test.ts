// Names that the engine, or the data layer on it, keeps for itself.
import { expect, test } from "vitest";
import { refuse } from "../../../src/engines/mongodb/refuse.ts";
import { edited } from "../compat/versions.ts";
import { press, storeOf } from "./press.ts";

const tableCalled = (name: string): string =>
  edited(
    press,
    "    timestamps: false\n",
    `    timestamps: false\n    table: ${JSON.stringify(name)}\n`,
  );

test.each(["operation", "schema_migration", "schema_migration_lock", "system.users", "a$b"])(
  "a collection called %s is refused with a mend",
  (name) => {
    expect(refuse(storeOf(tableCalled(name)))).toMatchObject([
      { path: "entities.Article.table", hint: "give table: another name" },
    ]);
  },
);

test("any other is not", () => expect(refuse(storeOf(tableCalled("operations")))).toEqual([]));

test("how a column of an existing SQL schema is stored says nothing here, and is refused", () => {
  const stored = edited(
    press,
    "slug: { type: string, max: 80, unique: true }",
    `slug: { type: string, max: 80, unique: true, stored: { type: "varchar(80)" } }`,
  );
  expect(refuse(storeOf(stored))).toMatchObject([
    { path: "entities.Article.fields.slug.stored", hint: "leave it out" },
  ]);
});
