/**
 * Entities of one workload, changed on two branches and merged by a real git: no file of the tool is left in conflict, and what is merged is
 * what the merged spec makes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { seeded } from "../../support/random.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

type Random = () => number;

const full = process.env["FULL"] === "1";
const seeds = full ? 20 : 3;
const names = ["Author", "Book", "Copy", "Desk", "Event", "Fine"] as const;

const entity = (name: string): string => `  ${name}:
    version: true
    audit: true
    fields:
      id: { type: uuid, key: true }
      code: { type: string, max: 40, unique: true }
      title: { type: string, max: 200 }
      count: { type: int, min: 0 }
    # end of ${name}
    indexes:
      - { fields: [title, -count] }
    checks: { counted: "count < 100000" }
`;

const access = (name: string): string =>
  `      ${name}: { get: {}, add: { op: insert }, edit: { op: patch }, save: { op: upsert }, cancel: { op: delete }, list: { op: list, orderBy: [title], page: keyset } }
      # end of ${name}
`;

const spec = `version: 1
project: library
entities:
${names.map(entity).join("")}workloads:
  all:
    kind: transactional
    entities: [${names.join(", ")}]
    scale: { rows: 2M, growth: 10x }
    access:
${names.map(access).join("")}`;

type Edit = (text: string, name: string) => string;

/** Text of one entity, or its line in the workload, put another way. */
const within =
  (from: string | RegExp, to: string): Edit =>
  (text, name) => {
    const at = text.indexOf(`  ${name}:\n`);
    const end = text.indexOf(`checks:`, at);
    return text.slice(0, at) + text.slice(at, end).replace(from, to) + text.slice(end);
  };

const edits: Readonly<Record<string, Edit>> = {
  added: within(
    "      count:",
    "      extra: { type: string, max: 80, nullable: true }\n      count:",
  ),
  long: within("      count:", "      body: { type: text, nullable: true }\n      count:"),
  wider: within("{ type: int, min: 0 }", "{ type: bigint, min: 0 }"),
  longer: within(/max: 200(?=[ ,])/, "max: 300"),
  indexed: within("[title, -count] }", "[title, -count] }\n      - { fields: [count] }"),
  commented: within("      title: { ", "      title: { comment: What it is called., "),
  unique: within(/max: (\d+) }/, "max: $1, unique: true }"),
  listed: (text, name) =>
    text.replace(
      `      ${name}: { get: {}`,
      `      ${name}: { get: {}, byCount: { op: list, where: [count], orderBy: [title], page: keyset }`,
    ),
};

const pick = <T>(random: Random, items: readonly T[]): T => {
  const found = items[Math.floor(random() * items.length)];
  if (found === undefined) throw new Error("nothing to pick");
  return found;
};

const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", ...args], {
    encoding: "utf8",
  });

async function follow(at: GeneratedProject, name: string): Promise<void> {
  for (const args of [["plan"], ["migrate", "diff", name], ["generate"]]) {
    const { status, stderr } = await cli(at.folder, "--quiet", ...args);
    expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
  }
  git(at.folder, "add", "-A");
  git(at.folder, "commit", "-q", "-m", name);
}

/** Two changes of each of some entities. @returns what was done, for a message */
async function changeSome(
  at: GeneratedProject,
  random: Random,
  own: readonly string[],
): Promise<readonly string[]> {
  const told: string[] = [];
  for (const name of own) {
    for (const kind of new Set([1, 2].map(() => pick(random, Object.keys(edits))))) {
      const before = at.read("workloads.yaml");
      const after = edits[kind]?.(before, name) ?? before;
      expect(after, `${kind} ${name}`).not.toBe(before);
      at.write("workloads.yaml", after);
      told.push(`${kind} ${name}`);
    }
  }
  await follow(at, told[0]?.toLowerCase().replaceAll(" ", "-") ?? "change");
  return told;
}

/** Merges the branch `other`, and expects no conflict. */
function mergeOther(folder: string, told: unknown): void {
  const someone = ["-c", "user.name=t", "-c", "user.email=t@t"];
  spawnSync("git", ["-C", folder, ...someone, "merge", "-q", "--no-edit", "other"]);
  const left = git(folder, "diff", "--name-only", "--diff-filter=U").trim();
  expect({ told, left, diff: left === "" ? "" : git(folder, "diff") }).toEqual({
    told,
    left: "",
    diff: "",
  });
}

test.each(Array.from({ length: seeds }, (_, at) => at + 1))(
  "seed %i",
  async (seed) => {
    const random = seeded(seed);
    const at = await generateProject("merged", spec);
    const { folder } = at;
    try {
      git(folder, "init", "-q", "-b", "main");
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "-m", "base");
      git(folder, "checkout", "-q", "-b", "other");
      // Neighbours, so that what is written of them stands side by side.
      const told = [await changeSome(at, random, ["Author", "Copy", "Event"])];
      git(folder, "checkout", "-q", "main");
      told.push(await changeSome(at, random, ["Book", "Desk", "Fine"]));
      mergeOther(folder, told);
      const checked = await cli(folder, "--quiet", "check");
      // Both have made rows longer, and together they are of another size: that is decided anew, and nothing else is to do.
      const grown = /: it asks for something else than the lock was made for/.test(checked.stderr);
      expect({ told, ...checked }).toMatchObject(grown ? { status: 1 } : { status: 0, stderr: "" });
      const lengthens = /^(?:long|longer|added|wider) /;
      expect(grown && !told.flat().some((each) => lengthens.test(each)), told.join()).toBe(false);
      expect(await cli(folder, "--quiet", "plan")).toMatchObject({ status: 0, stderr: "" });
      expect(await cli(folder, "--quiet", "generate")).toMatchObject({ status: 0, stderr: "" });
      expect(await cli(folder, "--quiet", "check")).toMatchObject({ status: 0, stderr: "" });
      if (!grown) expect(git(folder, "status", "--porcelain")).toBe("");
    } finally {
      at.remove();
    }
  },
  180_000,
);

/** Without anything that an entity may be the first to have. */
const plain = spec
  .replaceAll(/^    (?:version|audit): true\n/gm, "")
  .replaceAll(/^    indexes:\n.*\n    checks: .*\n/gm, "    # no checks:\n")
  .replaceAll(", unique: true", "")
  .replaceAll(", min: 0", "");

const firsts: Readonly<Record<string, Edit>> = {
  audit: within("    fields:", "    audit: true\n    fields:"),
  unique: within("max: 40", "max: 40, unique: true"),
  version: within("    fields:", "    version: true\n    fields:"),
  softDelete: within("    fields:", "    softDelete: true\n    fields:"),
  bound: within("count: { type: int", "count: { type: int, min: 0"),
  index: within("    # end of", "    indexes:\n      - { fields: [title] }\n    # end of"),
  optional: within("max: 200", "max: 200, nullable: true"),
  decimal: within("count: { type: int", "count: { type: decimal, precision: 10, scale: 2"),
};

test.each(Object.entries(firsts).slice(0, full ? undefined : 2))(
  "each branch has the first %s of the project",
  async (kind, edit) => {
    const at = await generateProject("merged-first", plain);
    const { folder } = at;
    const change = async (name: string): Promise<void> => {
      const before = at.read("workloads.yaml");
      const after = edit(before, name);
      expect(after).not.toBe(before);
      at.write("workloads.yaml", after);
      await follow(at, `${kind}-${name}`.toLowerCase());
    };
    try {
      git(folder, "init", "-q", "-b", "main");
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "-m", "base");
      git(folder, "checkout", "-q", "-b", "other");
      await change("Copy");
      git(folder, "checkout", "-q", "main");
      await change("Desk");
      mergeOther(folder, kind);
      for (const command of ["check", "plan", "generate", "check"])
        expect(await cli(folder, "--quiet", command)).toMatchObject({ status: 0, stderr: "" });
      expect(git(folder, "status", "--porcelain")).toBe("");
    } finally {
      at.remove();
    }
  },
  180_000,
);
