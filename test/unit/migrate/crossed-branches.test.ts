import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { git } from "../../support/git.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: library
entities:
  Book:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }

      words: { type: int }

      pages: { type: int }
  Note:
    fields:
      id: { type: int, key: true }

      body: { type: text }
workloads:
  books:
    kind: transactional
    entities: [Book, Note]
    access:
      Book: { get: {}, add: { op: insert } }
      Note: { get: {} }
`;

let at: GeneratedProject;
afterEach(() => at.remove());

const sub = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`no ${from}`);
  return text.replace(from, to);
};

async function ads(...args: readonly string[]): Promise<void> {
  const { status, stderr } = await cli(at.folder, ...args);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
}

/** What is to be committed, without the caches. */
function commit(message: string): void {
  git(at.folder, "add", "--all");
  git(at.folder, "commit", "--quiet", "--message", message);
}

/** A commit on a branch of its own from the first one, with the change's migrations and code. */
async function branch(
  name: string,
  edit: (text: string) => string,
  more: readonly string[] = [],
): Promise<void> {
  git(at.folder, "checkout", "--quiet", "-b", name, "main");
  at.write("workloads.yaml", edit(at.read("workloads.yaml")));
  await ads("migrate", "diff", name, ...more);
  await ads("plan", "--accept", "--quiet");
  await ads("generate", "--quiet");
  commit(name);
}

async function start(text = spec): Promise<void> {
  at = await generateProject("crossed", text);
  git(at.folder, "init", "--quiet", "--initial-branch=main");
  commit("init");
}

/** Merges the other branch into the one that is checked out. What generate writes anew may conflict; spec, snapshot and migrations may not. */
function merge(name: string): void {
  try {
    git(at.folder, "merge", "--quiet", "--no-edit", name);
  } catch {
    const torn = git(at.folder, "diff", "--name-only", "--diff-filter=U").trim().split("\n");
    expect(
      torn.filter((path) => /^(?:workloads.yaml|.*\/schema\/|migrations\/.*\/\d)/.test(path)),
    ).toEqual([]);
    git(at.folder, "checkout", "--quiet", "--ours", "--", ...torn);
    commit(`merge ${name}`);
  }
}

/** Does what the finding says, with the branch that was merged in as the one that stays. */
async function mend(): Promise<void> {
  const { stderr } = await cli(at.folder, "migrate", "diff", "x");
  const [, remove, take, diff] =
    /: git (rm .+?) && git (checkout .+?), where .+?then async-db-starter (.+?)\./.exec(stderr) ??
    [];
  git(at.folder, ...(remove ?? "").split(" "));
  git(at.folder, ...(take ?? "").replace("COMMIT", "HEAD^2").split(" "));
  await ads(...(diff ?? "").split(" "));
}

const wide = sub("words: { type: int }", "words: { type: bigint }");
const indexed = sub("  Book:\n", "  Book:\n    indexes:\n      - { fields: [words] }\n");
const mood = sub(
  "      body: { type: text }\n",
  "      body: { type: text }\n      mood: { type: int, nullable: true }\n",
);
const memo = (text: string): string =>
  sub(
    "  Note:\n",
    "  Memo:\n    was: Note\n",
  )(text)
    .replace("[Book, Note]", "[Book, Memo]")
    .replace("      Note: {", "      Memo: {");

describe("two branches, each with a migration of its own", () => {
  test("one exchanges the column that the other's index stands on: every command says so", async () => {
    await start();
    await branch("wide", wide);
    await branch("index", indexed);
    merge("wide");
    for (const args of [["check"], ["generate"], ["migrate", "diff", "x"], ["migrate", "lint"]]) {
      const { status, stderr } = await cli(at.folder, ...args);
      expect({ args, status }).toEqual({ args, status: 1 });
      expect(stderr).toContain(
        "migrations/main/0002-index.json: 0002-index and 0002-wide come from two branches, and 0002-wide takes books.words away",
      );
    }
  });

  test("the mend works as it is written", async () => {
    await start();
    await branch("wide", wide);
    await branch("index", indexed);
    merge("wide");
    await mend();
    expect(JSON.parse(at.read("migrations/main/0004-index.json"))).toMatchObject({
      parents: ["0003-wide-backfill"],
    });
    await ads("plan", "--accept", "--quiet");
    await ads("generate", "--quiet");
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
  });

  test("both hold, once the one names the other among its parents", async () => {
    await start();
    await branch("wide", wide);
    await branch("index", indexed);
    merge("wide");
    const path = "migrations/main/0002-index.json";
    at.write(path, at.read(path).replace('"0001-initial"', '"0001-initial", "0003-wide-backfill"'));
    const { stderr } = await cli(at.folder, "migrate", "diff", "x");
    expect(stderr).not.toContain("two branches");
  });

  test("rehearse --all runs what was merged from empty, and the database refuses to drop the index", async () => {
    await start();
    await branch("wide", wide);
    await branch("index", indexed);
    merge("wide");
    const { status, stdout, stderr } = await cli(
      at.folder,
      "migrate",
      "rehearse",
      "--all",
      "--rows",
      "5",
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /all migrations, from empty, against a fresh store: they do not run: .*index books_words_idx would go with column words of books/,
    );
    expect(stdout).not.toContain("make what a fresh store has");
  }, 120_000);

  test("rehearse --all finds nothing in branches that leave each other alone", async () => {
    await start();
    await branch("wide", wide);
    await branch("mood", mood);
    merge("wide");
    const { stdout, stderr } = await cli(at.folder, "migrate", "rehearse", "--all", "--rows", "5");
    expect(stdout + stderr).toContain(
      "main: all migrations, from empty, make what a fresh store has",
    );
  }, 120_000);

  test("both add the same column", async () => {
    await start();
    await branch("mood", mood);
    await branch("feeling", mood);
    merge("mood");
    const { status, stderr } = await cli(at.folder, "check");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "come from two branches, and both add notes.mood: the second one fails",
    );
  });

  test("one renames the table that the other changes", async () => {
    await start();
    await branch("memo", memo);
    await branch("mood", mood);
    merge("memo");
    const { status, stderr } = await cli(at.folder, "check");
    expect(status).toBe(1);
    expect(stderr).toContain("0002-memo takes notes away");
    await mend();
    await ads("plan", "--accept", "--quiet");
    const { stderr: lost } = await cli(at.folder, "generate");
    const paths = [...lost.matchAll(/^(\S+) was generated once.+?; move it aside/gm)].map(
      ([, path]) => path ?? "",
    );
    expect(paths).toContain("src/data/stores/main/memo-repository.ts");
    for (const path of paths) rmSync(join(at.folder, path));
    expect(await cli(at.folder, "generate", "--quiet")).toMatchObject({ status: 0, stderr: "" });
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
  });

  describe("of which git merged what one made of a table, and a person took the other side", () => {
    const tone = sub(
      "      body: { type: text }\n",
      "      body: { type: text }\n      tone: { type: int, nullable: true }\n",
    );

    /** Both add a column in one place: spec, snapshot and code conflict, and only the spec gets both. */
    async function takenByHand(side: "--ours" | "--theirs"): Promise<void> {
      await start();
      await branch("mood", mood);
      await branch("tone", tone);
      expect(() => git(at.folder, "merge", "--quiet", "--no-edit", "mood")).toThrow();
      const torn = git(at.folder, "diff", "--name-only", "--diff-filter=U").trim().split("\n");
      expect(torn).toContain(".async-db-starter/schema/main/notes.json");
      git(at.folder, "checkout", "--quiet", side, "--", ...torn);
      at.write("workloads.yaml", mood(tone(spec)));
      commit("merge mood");
      await ads("plan", "--accept", "--quiet");
    }

    test.each([
      ["--ours", "0002-tone made it, without 0002-mood"],
      ["--theirs", "0002-mood made it, without 0002-tone"],
    ] as const)("%s: every command says so", async (side, made) => {
      await takenByHand(side);
      for (const args of [["check"], ["generate"], ["migrate", "diff", "x"], ["migrate", "lint"]]) {
        const { status, stderr } = await cli(at.folder, ...args);
        expect({ args, status }).toEqual({ args, status: 1 });
        expect(stderr).toContain(
          `.async-db-starter/schema/main/notes.json: notes is in it as ${made}: one side of a merge was taken for the whole; async-db-starter migrate diff --rebuild-snapshot writes it anew`,
        );
      }
    });

    test("the mend works as it is written", async () => {
      await takenByHand("--ours");
      await ads("migrate", "diff", "--rebuild-snapshot");
      expect(await cli(at.folder, "migrate", "diff", "x")).toMatchObject({
        status: 0,
        stdout: "nothing to migrate: the migrations make what the spec says\n",
      });
      at.write(
        "workloads.yaml",
        at
          .read("workloads.yaml")
          .replace("      mood:", "      pace: { type: int, nullable: true }\n      mood:"),
      );
      await ads("migrate", "diff", "pace");
      expect(JSON.parse(at.read("migrations/main/0003-pace.json"))).toMatchObject({
        adds: ["notes.pace"],
        parents: ["0002-mood", "0002-tone"],
      });
    }, 120_000);

    test("a snapshot without the marks of what the other branch brought is one branch's", async () => {
      await start();
      await branch("wide", wide);
      await branch("mood", mood);
      merge("wide");
      for (const id of ["0002-wide", "0003-wide-backfill"])
        rmSync(join(at.folder, `.async-db-starter/schema/main/${id}.migration`));
      const { status, stderr } = await cli(at.folder, "migrate", "diff", "x");
      expect(status).toBe(1);
      expect(stderr).toContain(
        ".async-db-starter/schema/main/0002-wide.migration: it is not there, so the snapshot in .async-db-starter/schema/main does not hold what 0002-wide makes",
      );
    });

    test("a change that its branch took back again is not missed", async () => {
      await start();
      await branch("wide", wide);
      await branch("mood", mood);
      at.write("workloads.yaml", spec);
      await ads("migrate", "diff", "unmood", "--allow-destructive", "notes.mood");
      await ads("plan", "--accept", "--quiet");
      await ads("generate", "--quiet");
      commit("unmood");
      git(at.folder, "checkout", "--quiet", "-b", "pages", "main");
      at.write("workloads.yaml", tone(spec));
      await ads("migrate", "diff", "tone");
      await ads("plan", "--accept", "--quiet");
      await ads("generate", "--quiet");
      commit("tone");
      merge("mood");
      expect((await cli(at.folder, "migrate", "diff", "x")).stderr).toBe("");
    });
  });

  test("changes of one table that leave each other alone are no finding", async () => {
    await start();
    await branch("wide", wide);
    await branch(
      "indexed",
      sub("  Book:\n", "  Book:\n    indexes:\n      - { fields: [pages] }\n"),
    );
    merge("wide");
    expect(existsSync(join(at.folder, "migrations/main/0002-wide.json"))).toBe(true);
    const { stderr } = await cli(at.folder, "migrate", "diff", "x");
    expect(stderr).toBe("");
  });

  test("nor is a change after one that still waits for its contract", async () => {
    await start();
    await branch("short", sub("      pages: { type: int }\n", ""), [
      "--allow-destructive",
      "books.pages",
    ]);
    at.write("workloads.yaml", mood(at.read("workloads.yaml")));
    await ads("migrate", "diff", "mood");
    expect((await cli(at.folder, "migrate", "diff", "x")).stderr).toBe("");
  });
});

describe("two branches on a document store", () => {
  const documents = spec
    .replace(
      "entities:",
      "stores: { hosting: self-managed, running: [mongodb], never: [postgres, memory, redis] }\nentities:",
    )
    .replace("kind: transactional", "kind: document");
  const count = sub("words: { type: int }", "words: { type: int, column: count }");
  const byPages = sub("  Book:\n", "  Book:\n    indexes:\n      - { fields: [pages] }\n");

  /** What check says of both branches once they are merged. */
  async function checked(
    [name, edit]: readonly [string, (text: string) => string],
    [other, otherEdit]: readonly [string, (text: string) => string],
  ): Promise<string> {
    await start(documents);
    await branch(name, edit);
    await branch(other, otherEdit);
    merge(name);
    expect(existsSync(join(at.folder, `migrations/main/0002-${name}.up.json`))).toBe(true);
    const { status, stderr } = await cli(at.folder, "migrate", "diff", "x");
    expect(status).toBe(stderr === "" ? 0 : 1);
    return stderr;
  }

  test("one gives the property another name that the other's index is over", async () => {
    expect(await checked(["count", count], ["index", indexed])).toContain(
      "0002-index and 0002-count come from two branches, and 0002-count takes books.words away",
    );
  });

  test("one changes the type of a property that the other's index is over", async () => {
    expect(await checked(["wide", wide], ["index", indexed])).toContain(
      "0002-wide takes books.words away",
    );
  });

  test("one renames the collection that the other changes", async () => {
    expect(await checked(["memo", memo], ["mood", mood])).toContain("0002-memo takes notes away");
  });

  test("both add the same property", async () => {
    expect(await checked(["mood", mood], ["feeling", mood])).toContain("both add notes.mood");
  });

  test("changes that leave each other alone are no finding", async () => {
    expect(await checked(["wide", wide], ["mood", mood])).toBe("");
    at.remove();
    expect(await checked(["count", count], ["index", byPages])).toBe("");
  });
});
