/** A field over a column that lists its values names the same ones: a change of one of the two alone would come to nothing. */
import { expect, test } from "vitest";
import { mysqlDialect } from "../../../src/engines/mysql/dialect.ts";
import { refuse } from "../../../src/engines/mysql/refuse.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

const problems = (values: readonly string[], native: string) => {
  const note = entity({
    name: "Note",
    fields: [field("id", uuid, { key: true }), field("state", { kind: "enum", values, native })],
  });
  const { store } = mainStore(
    [note],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  );
  return refuse(store, mysqlDialect).filter(({ path }) => path.endsWith(".values"));
};

test.each([
  [["a", "it's"], "enum('a','it''s')"],
  [["b", "a"], "enum('a','b') character set utf8mb4 collate utf8mb4_bin"],
  [["a", "b"], "varchar(40)"],
])("%j and %s agree", (values, native) => {
  expect(problems(values, native)).toEqual([]);
});

test("a value that the column does not list is refused with the list that has it", () => {
  expect(problems(["a", "b"], "enum('a') character set latin1 collate latin1_bin")).toEqual([
    {
      path: "entities.Note.fields.state.values",
      text: "stored type enum('a') character set latin1 collate latin1_bin has no 'b'",
      hint: `change both: stored: { type: "enum('a','b') character set latin1 collate latin1_bin" }`,
    },
  ]);
});

test("so is one that only the column lists", () => {
  expect(problems(["a"], "enum('a','b')")).toMatchObject([
    { text: "stored type enum('a','b') has 'b' besides" },
  ]);
});
