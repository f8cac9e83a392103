import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commitAll } from "../../support/git.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: library
entities:
  Book:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
workloads:
  books:
    kind: transactional
    entities: [Book]
    access: { Book: { get: {}, add: { op: insert } } }
`;

let at: GeneratedProject;
beforeEach(async () => {
  at = await generateProject("schema-stage", spec);
});
afterEach(() => at.remove());

const widen = (): void =>
  at.write(
    "workloads.yaml",
    spec.replace("max: 200 }", "max: 200 }\n      isbn: { type: string, max: 13, nullable: true }"),
  );
const migrations = (): readonly string[] =>
  readdirSync(join(at.folder, "migrations/main")).toSorted();

describe("a store with migrations", () => {
  test("gets its first one from generate, and no other", async () => {
    const first = [
      "0001-initial.down.sql",
      "0001-initial.json",
      "0001-initial.up.sql",
      "schema.sql",
    ];
    expect(migrations()).toEqual(first);
    widen();
    const { status, stderr } = await cli(at.folder, "generate");
    expect({ status, migrations: migrations() }).toEqual({ status: 0, migrations: first });
    expect(stderr).toContain(
      "the migrations do not make what the spec says of books; run: async-db-starter migrate diff",
    );
  });

  test("fails check until its migration is written, and diff is empty then", async () => {
    widen();
    await cli(at.folder, "plan", "--accept");
    await cli(at.folder, "generate");
    expect((await cli(at.folder, "check")).status).toBe(1);
    expect((await cli(at.folder, "migrate", "diff", "isbn")).status).toBe(0);
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
    const again = await cli(at.folder, "migrate", "diff", "isbn");
    expect(again).toMatchObject({
      status: 0,
      stdout: "nothing to migrate: the migrations make what the spec says\n",
    });
    expect(migrations().filter((name) => name.endsWith(".json"))).toHaveLength(2);
  });

  test("is not outdated when fields only change places", async () => {
    widen();
    await cli(at.folder, "plan", "--accept");
    await cli(at.folder, "migrate", "diff", "isbn");
    await cli(at.folder, "generate");
    const text = at.read("workloads.yaml");
    const isbn = "      isbn: { type: string, max: 13, nullable: true }\n";
    at.write(
      "workloads.yaml",
      text.replace(isbn, "").replace("      title:", `${isbn}      title:`),
    );
    for (const args of [["plan", "--accept"], ["generate"], ["generate"], ["check"]]) {
      const { status, stderr } = await cli(at.folder, ...args);
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
    }
  });

  test("without its snapshot is refused, with what to do", async () => {
    rmSync(join(at.folder, ".async-db-starter/schema"), { recursive: true });
    for (const args of [["generate"], ["check"], ["migrate", "diff", "x"]]) {
      const { status, stderr } = await cli(at.folder, ...args);
      expect({ args, status }).toEqual({ args, status: 1 });
      expect(stderr).toMatch(
        /no snapshot of what they make; bring the folder back from version control/,
      );
    }
  });

  test("whose schema for people git left torn gets it written again", async () => {
    const schema = at.read("migrations/main/schema.sql");
    at.write(
      "migrations/main/schema.sql",
      `<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n${schema}`,
    );
    expect((await cli(at.folder, "check")).status).toBe(1);
    expect((await cli(at.folder, "generate")).status).toBe(0);
    expect(at.read("migrations/main/schema.sql")).toBe(schema);
  });
});

test.each(["split", "direct"])(
  "a column that may be empty and is required from now on: %s tells of --set",
  async (mode) => {
    widen();
    await cli(at.folder, "migrate", "diff", "isbn");
    at.write(
      "workloads.yaml",
      at.read("workloads.yaml").replace("max: 13, nullable: true", "max: 13"),
    );
    const args = ["migrate", "diff", "--dry-run", ...(mode === "direct" ? ["--direct"] : [])];
    const told = /It fails while a row holds null in isbn[^]*--set books\.isbn=EXPRESSION/;
    expect(await cli(at.folder, ...args)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(told),
    });
    const given = await cli(at.folder, ...args, "--set", "books.isbn=''");
    expect(given).toMatchObject({ status: 0, stdout: expect.not.stringMatching(told) });
  },
);

describe("a migration that was deleted is named", () => {
  const remove = (stem: string): void => {
    for (const name of migrations().filter((each) => each.startsWith(stem)))
      rmSync(join(at.folder, "migrations/main", name));
  };
  const isNamed = async (id: string): Promise<void> => {
    for (const args of [["check"], ["generate"], ["migrate", "diff", "more"]]) {
      const { status, stderr } = await cli(at.folder, ...args);
      expect({ args, status }).toEqual({ args, status: 1 });
      expect(stderr).toContain(`migrations/main: ${id} is not there`);
      expect(stderr).toContain("bring it back from version control");
    }
  };

  test.each(["0001-initial", "0002-isbn"])("%s of two", async (id) => {
    widen();
    await cli(at.folder, "migrate", "diff", "isbn");
    await cli(at.folder, "generate");
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
    remove(id);
    await isNamed(id);
  });

  test("each of them, also where an earlier version of the tool wrote no marks", async () => {
    remove("");
    await isNamed("0001-initial");
    rmSync(join(at.folder, ".async-db-starter/schema/main/0001-initial.migration"));
    await isNamed("every migration");
  });

  test("not after both folders are brought back to what they were", async () => {
    const mark = ".async-db-starter/schema/main/0002-isbn.migration";
    const parts = ".async-db-starter/schema/main/books.json";
    const [before, schema] = [at.read(parts), at.read("migrations/main/schema.sql")];
    widen();
    await cli(at.folder, "migrate", "diff", "isbn");
    remove("0002");
    at.write(parts, before);
    at.write("migrations/main/schema.sql", schema);
    rmSync(join(at.folder, mark));
    const again = await cli(at.folder, "migrate", "diff", "other");
    expect(again).toMatchObject({ status: 0, stderr: "" });
    expect(migrations()).toContain("0002-other.json");
  });
});

describe("migrate diff refuses", () => {
  test.each([
    [["Add Note"], 2, /"Add Note" cannot be the name of a migration[^]*add-note/],
    [["x", "--store", "nowhere"], 2, /there is no store "nowhere"[^]*stores: main/],
    [["x", "--set", "isbn"], 2, /no TABLE\.COLUMN=EXPRESSION/],
    [["x", "--set", "shelves.no=1"], 2, /--set shelves\.no: nothing is called so/],
    [["x", "--set", "books.no=1"], 2, /books has no column no; its columns: (?!.*books)id, title/],
    [["x", "--set", "books.title=mail"], 2, /there is no column mail; a text needs quotes: 'mail'/],
    [["x", "--set", "books.title='"], 2, /books\.title: ':[^]*one SQL expression/],
    [["x", "--allow-destructive", "Book.title"], 2, /this change would lose no such thing/],
  ])("%j", async (args, status, message) => {
    const before = migrations();
    const found = await cli(at.folder, "migrate", "diff", ...args);
    expect(found.status).toBe(status);
    expect(found.stderr).toMatch(message);
    expect(migrations()).toEqual(before);
  });

  test("a value that the change does not ask for, and says how a migration is written anew", async () => {
    const beside = await cli(at.folder, "migrate", "diff", "x", "--set", "books.title='-'");
    expect(beside.status).toBe(2);
    expect(beside.stderr).toMatch(
      /--set books\.title: this change fills no such thing\n[^]*migrations\/STORE and \.async-db-starter\/schema\/STORE, both/,
    );
    widen();
    const more = ["--set", "books.isbn='-'", "--set", "books.title='-'"];
    const found = await cli(at.folder, "migrate", "diff", "x", ...more);
    expect(found.stderr).toBe(
      "--set books.title: this change fills no such thing\n  nothing was written\n",
    );
    expect(await cli(at.folder, "migrate", "diff", "x", ...more.slice(0, 2))).toMatchObject({
      status: 0,
    });
  });

  test("to lose a column that nobody named", async () => {
    at.write("workloads.yaml", spec.replace("      title: { type: string, max: 200 }\n", ""));
    const found = await cli(at.folder, "migrate", "diff", "no-title");
    expect(found.status).toBe(1);
    expect(found.stderr).toMatch(
      /books\.title: its data would be lost[^]*--allow-destructive books\.title/,
    );
    expect(
      (await cli(at.folder, "migrate", "diff", "no-title", "--allow-destructive", "books.title"))
        .status,
    ).toBe(0);
  });
});

test("a migration whose text was changed is named by check, before any store sees it", async () => {
  const path = "migrations/main/0001-initial.up.sql";
  at.write(path, `${at.read(path)}drop table books;\n`);
  const { status, stderr } = await cli(at.folder, "check");
  expect(status).toBe(1);
  expect(stderr).toMatch(/0001-initial\.json[^]*hash is not that of 0001-initial\.up\.sql/);
});

test("a dry run writes nothing, not even what an interrupted run has left to do", async () => {
  const journal = ".async-db-starter/.cache/journal.json";
  at.write(journal, JSON.stringify({ phase: "staging", entries: [] }));
  const before = at.read(journal);
  widen();
  const { status, stdout } = await cli(at.folder, "migrate", "diff", "isbn", "--dry-run");
  expect({ status, stdout }).toMatchObject({ status: 0 });
  expect(stdout).toContain("alter table books add column isbn text");
  expect(at.read(journal)).toBe(before);
  expect(migrations().filter((name) => name.endsWith(".json"))).toHaveLength(1);
});

test("what a migration has been told already, compat asks for no more", async () => {
  commitAll(at.folder, "first");
  at.write(
    "workloads.yaml",
    spec.replace("max: 200 }", "max: 200 }\n      isbn: { type: string, max: 13 }"),
  );
  await cli(at.folder, "plan", "--accept");
  const asked = "nothing says what the rows that are there get";
  const compat = async (): Promise<string> =>
    (await cli(at.folder, "compat", "--against", "HEAD")).stdout;
  expect(await compat()).toContain(asked);
  const diff = await cli(at.folder, "migrate", "diff", "isbn", "--set", "books.isbn='-'");
  expect(diff.status).toBe(0);
  const after = await compat();
  expect(after).not.toContain(asked);
  expect(after).toContain("column isbn");
});
