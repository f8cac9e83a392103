import { join } from "node:path";
import { expect, test } from "vitest";
import { parsedDsn } from "../../../src/cli/store-dsn.ts";
import postgres from "../../../src/engines/postgres/index.ts";
import { crossingsOf } from "../../../src/migrate/crossings.ts";
import type { Observation } from "../../../src/migrate/rehearse/observation.ts";
import { scanMigrations } from "../../../src/reconcile/scan-migrations.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";
import { full } from "../../property/size.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { git } from "../../support/git.ts";

const spec = `version: 1
project: library
entities:
  Book:
    softDelete: false
    # indexes

    # checks

    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
      # after title

      words: { type: int }
      # after words

      pages: { type: int, default: 1 }
      # after pages

  Note:
    # of notes

    fields:
      id: { type: int, key: true }

      body: { type: text }
      # after body

workloads:
  books:
    kind: transactional
    entities: [Book, Note]
    access:
      Book: { get: {}, add: { op: insert } }

      Note: { get: {} }
`;

/** A change of the spec: what it puts in the place of which text. */
type Edit = readonly (readonly [from: string, to: string])[];

const edits: Readonly<Record<string, Edit>> = {
  widens: [["words: { type: int }", "words: { type: bigint }"]],
  retypes: [
    [
      "pages: { type: int, default: 1 }",
      "pages: { type: decimal, precision: 12, scale: 2, default: 1 }",
    ],
  ],
  indexes: [["    # indexes\n", "    indexes: [{ fields: [words] }]\n"]],
  "indexes-pages": [["    # indexes\n", "    indexes: [{ fields: [pages, title] }]\n"]],
  checks: [["    # checks\n", '    checks: { wordsSane: "words < 1000000" }\n']],
  "checks-pages": [["    # checks\n", '    checks: { pagesSane: "pages < 100000" }\n']],
  drops: [["      pages: { type: int, default: 1 }\n", ""]],
  "renames-pages": [
    ["pages: { type: int, default: 1 }", "leaves: { type: int, default: 1, was: pages }"],
  ],
  "renames-words": [["words: { type: int }", "length: { type: int, was: words }"]],
  "adds-mood": [["      # after body\n", "      mood: { type: int, nullable: true }\n"]],
  "adds-rating": [["      # after pages\n", "      rating: { type: int, default: 3 }\n"]],
  "adds-rating-too": [["      # after words\n", "      rating: { type: int, default: 3 }\n"]],
  "renames-note": [
    ["  Note:\n    # of", "  Memo:\n    was: Note\n    # of"],
    ["[Book, Note]", "[Book, Memo]"],
    ["      Note: {", "      Memo: {"],
  ],
  refers: [
    ["      # after title\n", "      noteId: { type: int, references: Note, nullable: true }\n"],
  ],
  audits: [["    # of notes\n", "    audit: true\n"]],
  "deletes-softly": [["softDelete: false", "softDelete: true"]],
  shortens: [["max: 200", "max: 100"]],
  optional: [["words: { type: int }", "words: { type: int, nullable: true }"]],
  defaults: [["words: { type: int }", "words: { type: int, default: 7 }"]],
};

async function ads(at: GeneratedProject, ...args: readonly string[]): Promise<void> {
  const { status, stderr } = await cli(at.folder, ...args);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
}

function commit(at: GeneratedProject, message: string): void {
  git(at.folder, "add", "workloads.yaml", "migrations", ".async-db-starter/schema");
  git(at.folder, "commit", "--quiet", "--message", message);
}

/** The schema after the migrations, applied in this order of groups; or what failed. */
async function observed(
  folder: string,
  groups: readonly (readonly Migration[])[],
): Promise<Observation | string> {
  const engine = await postgres.rehearsal?.();
  const dsn = parsedDsn(postgres.dsn.ephemeral ?? "", postgres);
  if (engine === undefined) throw new Error("no rehearsal");
  const store = await engine.open(
    dsn,
    folder,
    groups.flat().map(({ up }) => up),
  );
  try {
    const there: Migration[] = [];
    for (const group of groups) {
      there.push(...group);
      await migrateUp(store.target, there, { contract: true });
    }
    const seen = await store.observe();
    differences = store.differences;
    return seen;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await store.close();
  }
}
let differences: (is: Observation, should: Observation) => readonly string[];

const migrationsOf = (at: GeneratedProject): Promise<readonly Migration[]> =>
  readMigrations(join(at.folder, "migrations/main"));

type Outcome = "git conflict" | "told" | "same";

/** Merges two branches and says what became of it; throws where both orders do not make a fresh schema and nobody said so. */
async function merged(one: string, two: string): Promise<Outcome> {
  const at = await generateProject("merged", spec);
  try {
    git(at.folder, "init", "--quiet", "--initial-branch=main");
    commit(at, "init");
    for (const name of [one, two]) {
      git(at.folder, "checkout", "--quiet", "-b", name, "main");
      const text = (edits[name] ?? []).reduce((all, [from, to]) => {
        if (!all.includes(from)) throw new Error(`no ${from}`);
        return all.replace(from, to);
      }, spec);
      at.write("workloads.yaml", text);
      await ads(
        at,
        "migrate",
        "diff",
        name,
        ...(name === "drops" ? ["--allow-destructive", "books.pages"] : []),
      );
      commit(at, name);
    }
    try {
      git(at.folder, "merge", "--quiet", "--no-edit", one);
    } catch {
      return "git conflict";
    }
    if (crossingsOf(scanMigrations(at.folder, "main").migrations).length > 0) return "told";
    // What one branch's spec asks for beyond what both planned is told by check: it is no crossing.
    const outdated = await cli(at.folder, "migrate", "diff", "rest", "--dry-run");
    if (!outdated.stdout.includes("nothing to migrate")) return "told";
    await same(at, one);
    return "same";
  } finally {
    at.remove();
  }
}

async function same(at: GeneratedProject, one: string): Promise<void> {
  const all = await migrationsOf(at);
  const [initial, first, second] = [
    all.filter(({ parents }) => parents.length === 0),
    all.filter(({ change, parents }) => parents.length > 0 && change === `0002-${one}`),
    all.filter(({ change, parents }) => parents.length > 0 && change !== `0002-${one}`),
  ];
  const fresh = await generateProject("merged-fresh", at.read("workloads.yaml"));
  try {
    const should = await observed(fresh.folder, [await migrationsOf(fresh)]);
    for (const order of [
      [initial, first, second],
      [initial, second, first],
    ]) {
      const is = await observed(at.folder, order);
      if (typeof is === "string" || typeof should === "string") throw new Error(`${is} ${should}`);
      expect(differences(is, should)).toEqual([]);
    }
  } finally {
    fresh.remove();
  }
}

const names = Object.keys(edits);
const pairs = names.flatMap((one, at) => names.slice(at + 1).map((two) => [one, two] as const));
/** Every pair in full; else each 12th, from a place where all outcomes are among them. */
const chosen = full ? pairs : pairs.filter((_, at) => at % 12 === 3);

test(
  "two branches that git merges are told, or make a fresh schema in both orders",
  async () => {
    const outcomes = new Map<Outcome, string[]>();
    const wrong: string[] = [];
    for (const [one, two] of chosen) {
      try {
        const outcome = await merged(one, two);
        outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), `${one}+${two}`]);
      } catch (error) {
        wrong.push(`${one}+${two}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(outcomes.get("told")?.length).toBeGreaterThan(0);
    expect(outcomes.get("same")?.length).toBeGreaterThan(0);
  },
  full ? 3_600_000 : 300_000,
);
