import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { gitSides } from "../../../src/reconcile/git-conflict.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { file, generate, newTree, put, text } from "./trees.ts";

// Two branches of one project, merged by a real git.

const spec = `version: 1
project: library
entities:
  Author:
    fields:
      id: { type: uuid, key: true }
      name: { type: string, max: 80 }
  Book:
    version: true
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
      pages: { type: int, min: 1 }
  Reader:
    fields:
      id: { type: uuid, key: true }
      since: { type: date }
workloads:
  authors:
    kind: transactional
    entities: [Author]
    access: { Author: { get: {}, add: { op: insert }, edit: { op: patch } } }
  books:
    kind: transactional
    entities: [Book]
    access: { Book: { get: {}, add: { op: insert }, list: { op: list, orderBy: [title], page: keyset } } }
  readers:
    kind: transactional
    entities: [Reader]
    access: { Reader: { get: {}, enrol: { op: insert }, leave: { op: delete } } }
`;

function gitIn(folder: string) {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", ...args], {
      encoding: "utf8",
    });
  return {
    git,
    begin(): void {
      git("init", "-q", "-b", "main");
      git("config", "merge.conflictStyle", "merge");
    },
    commit(what: string): void {
      git("add", "-A");
      git("commit", "-q", "-m", what);
    },
    /** The paths in conflict. */
    merge(branch: string): string[] {
      const args = [
        "-C",
        folder,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@t",
        "merge",
        "-q",
        "--no-edit",
        branch,
      ];
      spawnSync("git", args);
      return git("diff", "--name-only", "--diff-filter=U")
        .split("\n")
        .filter((path) => path !== "");
    },
  };
}

async function change(
  at: GeneratedProject,
  edit: (text: string) => string,
  name: string,
): Promise<void> {
  at.write("workloads.yaml", edit(at.read("workloads.yaml")));
  for (const args of [["plan", "--accept"], ["migrate", "diff", name], ["generate"]]) {
    const { status, stderr } = await cli(at.folder, "--quiet", ...args);
    expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
  }
}

const field = (before: string, line: string) => (text: string) =>
  text.replace(`      ${before}`, `      ${line}\n      ${before}`);

test("branches that change different entities merge without a conflict, and check is clean then", async () => {
  const at = await generateProject("branches", spec);
  const { git, begin, commit, merge } = gitIn(at.folder);
  try {
    begin();
    commit("base");
    git("checkout", "-q", "-b", "other");
    await change(at, field("name:", "born: { type: date, nullable: true }"), "author-born");
    await change(
      at,
      field("since:", "card: { type: string, max: 12, nullable: true }"),
      "reader-card",
    );
    commit("other");
    git("checkout", "-q", "main");
    await change(
      at,
      field("pages:", "isbn: { type: string, max: 13, nullable: true }"),
      "book-isbn",
    );
    commit("main");
    expect(merge("other")).toEqual([]);
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
    expect(await cli(at.folder, "generate")).toMatchObject({ status: 0, stderr: "" });
    expect(git("status", "--porcelain")).toBe("");
    expect(at.read("src/data/domain/author.ts")).toContain("born");
    expect(at.read("src/data/domain/book.ts")).toContain("isbn");
  } finally {
    at.remove();
  }
}, 60_000);

test("branches that each add an entity: what git leaves in conflict is all generated, and generate resolves it", async () => {
  const at = await generateProject("branches", spec);
  const { git, begin, commit, merge } = gitIn(at.folder);
  const added = (entity: string, workload: string, before: string) => (text: string) =>
    text
      .replace(
        "\nworkloads:",
        `\n  ${entity}:\n    fields:\n      id: { type: uuid, key: true }\nworkloads:`,
      )
      .replace(
        `\n  ${before}:`,
        `\n  ${workload}:\n    kind: transactional\n    entities: [${entity}]\n    access: { ${entity}: { get: {}, add: { op: insert } } }\n  ${before}:`,
      );
  try {
    begin();
    commit("base");
    git("checkout", "-q", "-b", "other");
    await change(at, added("Branch", "branches", "books"), "branches");
    commit("other");
    git("checkout", "-q", "main");
    await change(at, added("Loan", "loans", "readers"), "loans");
    commit("main");
    const conflicts = merge("other");
    expect(conflicts).toContain("docs/data-layer.md");
    // What only the user can say is the spec.
    git("checkout", "-q", "--theirs", "workloads.yaml");
    at.write(
      "workloads.yaml",
      added("Loan", "loans", "readers")(added("Branch", "branches", "books")(spec)),
    );
    expect(conflicts).toContain("workloads.lock.json");
    const waiting = await cli(at.folder, "generate");
    expect(waiting).toMatchObject({ status: 1 });
    expect(waiting.stderr).toMatch(
      /workloads\.lock\.json holds the conflict[^]*async-db-starter plan/,
    );
    expect(await cli(at.folder, "--quiet", "plan")).toMatchObject({ status: 0, stderr: "" });
    expect(await cli(at.folder, "--quiet", "generate")).toMatchObject({ status: 0, stderr: "" });
    expect(await cli(at.folder, "check")).toMatchObject({ status: 0, stderr: "" });
    expect(at.read("docs/data-layer.md")).not.toContain("<<<<<<<");
    const fresh = await generateProject("branches", at.read("workloads.yaml"));
    // The schema for people is written by migrate diff, not by generate.
    const generated = conflicts.filter((path) => !path.startsWith("migrations/"));
    for (const path of [...generated, "src/data/index.ts", ".async-db-starter/project.json"])
      expect(at.read(path), path).toBe(fresh.read(path));
    fresh.remove();
  } finally {
    at.remove();
  }
}, 60_000);

describe("a file that is taken whole from one branch of a merge", () => {
  const repository = "src/data/stores/main/book-repository.ts";
  const mine = "\nexport const shelf = 7;\n";

  /** Both branches add a field to one entity, and one line of their user's to its adapter. */
  async function mergedProject(edit: string): Promise<GeneratedProject> {
    const at = await generateProject("branches", spec);
    const { git, begin, commit, merge } = gitIn(at.folder);
    const edited = (): void => at.write(repository, at.read(repository) + edit);
    begin();
    edited();
    commit("base");
    git("checkout", "-q", "-b", "other");
    await change(at, field("title:", "due: { type: date, nullable: true }"), "book-due");
    commit("other");
    git("checkout", "-q", "main");
    await change(at, field("pages:", "owner: { type: string, max: 9, nullable: true }"), "owner");
    commit("main");
    expect(merge("other")).toContain(repository);
    at.write(
      "workloads.yaml",
      field(
        "pages:",
        "due: { type: date, nullable: true }",
      )(field("pages:", "owner: { type: string, max: 9, nullable: true }")(spec)),
    );
    return at;
  }

  test.for([
    { side: "--ours", edit: "", committed: false },
    { side: "--theirs", edit: "", committed: false },
    { side: "--ours", edit: mine, committed: false },
    { side: "--theirs", edit: mine, committed: false },
    { side: "--theirs", edit: mine, committed: true },
  ])(
    "$side, with the edit $edit, committed $committed: nobody has deleted the lines of the other one",
    { timeout: 60_000 },
    async ({ side, edit, committed }) => {
      const at = await mergedProject(edit);
      const { git, commit } = gitIn(at.folder);
      try {
        git("checkout", "-q", side, "src", "test", "docs", "ops");
        expect(await cli(at.folder, "--quiet", "plan")).toMatchObject({ status: 0, stderr: "" });
        if (committed) commit("merged");
        expect(await cli(at.folder, "--quiet", "generate")).toMatchObject({ status: 0 });
        const fresh = await generateProject("branches", at.read("workloads.yaml"));
        expect(at.read(repository)).toBe(fresh.read(repository) + edit);
        fresh.remove();
      } finally {
        at.remove();
      }
    },
  );
});

describe("a file that git could not merge", () => {
  const path = "src/index.ts";
  const index = (...names: readonly string[]) =>
    file(
      path,
      ["first", ...names, "last"].map((name) => `export * from "./${name}.ts";\n`).join(""),
    );

  /** Branches with an own line each at one place, merged by git. */
  function merged(edit: (content: string) => string = (content) => content): string {
    const root = newTree();
    const { git, begin, commit, merge } = gitIn(root);
    begin();
    generate(root, [index()]);
    commit("base");
    git("checkout", "-q", "-b", "other");
    generate(root, [index("b")]);
    commit("other");
    git("checkout", "-q", "main");
    generate(root, [index("a")]);
    put(root, path, edit(text(root, path)));
    commit("main");
    expect(merge("other")).toEqual([".async-db-starter/project.json", path]);
    return root;
  }

  test("is generated anew where both sides are ours, and its record with it", () => {
    const root = merged();
    generate(root, [index("a", "b")]);
    expect(text(root, path)).toBe(index("a", "b").content);
    const fresh = newTree();
    generate(fresh, [index("a", "b")]);
    expect(text(root, ".async-db-starter/project.json")).toBe(
      text(fresh, ".async-db-starter/project.json"),
    );
  });

  test("waits for its user where one side was changed by hand, and keeps the change", () => {
    const root = merged((content) => content.replace('"./a.ts"', '"./mine.ts"'));
    const report = generate(root, [index("a", "b")]);
    expect(report).toMatchObject({ outcome: "refused", findings: [{ kind: "unresolved", path }] });
    put(root, path, text(root, path).replaceAll(/^(?:[<>]{7} .*|={7})\n/gm, ""));
    expect(generate(root, [index("a", "b")])).toMatchObject({ outcome: "applied" });
    expect(text(root, path)).toContain("mine.ts");
  });
});

test("git's conflicts are read with and without their ancestor, torn ones not at all", () => {
  expect(gitSides("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\nd\n")).toEqual({
    ours: "a\nb\nd\n",
    theirs: "a\nc\nd\n",
  });
  expect(gitSides("<<<<<<< HEAD\r\nb\r\n||||||| 12\r\no\r\n=======\r\n>>>>>>> x\r\n")).toEqual({
    ours: "b\n",
    theirs: "",
  });
  expect(gitSides("a\n=======\nb\n")).toBeUndefined();
  expect(gitSides("<<<<<<< HEAD\nb\n=======\nc\n")).toBeUndefined();
});
