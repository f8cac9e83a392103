// What a history recorded before a change of the spec is read by the code of after; documents of before softDelete and version are whole.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mongoMigrations } from "../../../templates/engines/mongodb/migrations.ts";
import { migrateDown, migrateUp } from "../../../templates/runtime/migrate.ts";
import { deployCheck } from "../../../templates/runtime/migrate-deploy.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import type { DataModule } from "../../conformance/layer.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { prepare } from "./gaps.ts";

const server = await sharedServer("mongodb");
const proof = { port: "migrations", engine: columnOf(server), method: "a history" };
if (isMissing(server)) notProven(proof, [proof.method], server.reason);
const emulated = !isMissing(server) && server.kind === "emulator";

const specOf = (switches: string, fields: string, more: string): string => `version: 1
project: press
stores: { hosting: self-managed, running: [mongodb], never: [postgres, memory, redis] }
entities:
  Article:
    timestamps: false
    audit: true
${switches}    fields:
      id: { type: string, max: 20, key: true }
${fields}workloads:
  articles:
    kind: document
    entities: [Article]
    access:
      Article:
        get: {}
        write: { op: insert }
        past: { op: history }
        ${more}
`;

const before = specOf(
  "",
  `      slug: { type: string, max: 80 }
      words: { type: int, nullable: true }
      note: { type: text }
`,
  "edit: { op: patch, fields: [slug] }",
);
const after = specOf(
  "    softDelete: true\n    version: true\n",
  `      path: { type: string, max: 80, was: slug }
      words: { type: int, nullable: true }
      size: { type: int }
`,
  "all: { op: list, orderBy: [id], page: none }\n        edit: { op: patch, fields: [path] }\n        hide: { op: delete }",
);

interface Revision {
  readonly change: string;
  readonly state: object;
}

interface Articles {
  get(id: string): Promise<object | undefined>;
  write(article: object): Promise<object>;
  edit(id: string, patch: object, options?: object): Promise<object>;
  hide(id: string): Promise<void>;
  all(): Promise<readonly object[]>;
  asOf(id: string, at: unknown): Promise<object | undefined>;
  past(id: string, page: object): Promise<{ readonly items: readonly Revision[] }>;
}

interface Layer {
  readonly articles: Articles;
  close(): Promise<void>;
}

describe.skipIf(isMissing(server))("what was recorded before a change", () => {
  if (isMissing(server)) return;
  let space: Namespace;
  let client: MongoClient;
  let project: GeneratedProject;
  const target = mongoMigrations(async () => client.db());
  const migrations = () => readMigrations(join(project.folder, "migrations/main"));

  beforeAll(async () => {
    space = await server.namespace();
    client = await new MongoClient(space.dsn).connect();
    project = await generateProject("document-history", before);
    if (emulated) prepare(project);
  });
  afterAll(async () => {
    await client?.close();
    await space?.drop();
    project?.remove();
  });

  /** Code as it is generated now, in a folder of its own: a module is loaded once. */
  async function opened(name: string, work: (articles: Articles) => Promise<void>): Promise<void> {
    cpSync(join(project.folder, "src/data"), join(project.folder, name), { recursive: true });
    const { configFromEnv, openDataLayer } = await project.load<DataModule<Layer>>(
      `${name}/index.ts`,
    );
    const data = openDataLayer({
      ...configFromEnv({ MAIN_URL: space.dsn }),
      lifecycle: { signals: false },
    });
    try {
      await work(data.articles);
    } finally {
      await data.close();
    }
  }

  async function run(...args: readonly string[]): Promise<void> {
    const { status, stdout, stderr } = await cli(project.folder, ...args);
    if (status !== 0) throw new Error(stdout + stderr);
  }

  const statesOf = async (articles: Articles, id: string) =>
    (await articles.past(id, {})).items.map(({ change, state }) => [change, state]);

  test(
    "is read by code of after, and by code of before when it is taken back",
    proving(proof, async () => {
      await migrateUp(target, await migrations());
      await opened("before", async (articles) => {
        await articles.write({ id: "a", slug: "one", words: null, note: "n" });
        await articles.edit("a", { slug: "two" });
        await articles.write({ id: "b", slug: "other", words: 3, note: "n" });
      });

      project.write("workloads.yaml", after);
      await run("plan", "--accept");
      const refused = await cli(project.folder, "migrate", "diff", "follow");
      expect(refused.stderr).toContain("--set 'articles.size=");
      const follow = ["migrate", "diff", "follow", "--set", "articles.size=5"];
      const documents = ["--allow-destructive", "articles.note"];
      const half = await cli(project.folder, ...follow, ...documents);
      expect([half.status, half.stderr]).toEqual([
        1,
        expect.stringContaining("articles_history.note: its data would be lost"),
      ]);
      await run(...follow, ...documents, "--allow-destructive", "articles_history.note");
      await run("generate");

      const ids = (await migrations()).map(({ id }) => id);
      expect(ids).toEqual(["0001-initial", "0002-follow", "0003-follow-contract"]);
      await migrateUp(target, await migrations());
      const held = deployCheck(await migrations(), await target.ledger());
      expect(held.mayStart).toBe(false);
      await migrateUp(target, await migrations(), { contract: true });
      expect(deployCheck(await migrations(), await target.ledger()).mayStart).toBe(true);

      await opened("after", async (articles) => {
        const filled = { id: "a", size: 5, words: null, version: 1 };
        expect(await statesOf(articles, "a")).toEqual([
          ["update", { ...filled, path: "two" }],
          ["insert", { ...filled, path: "one" }],
        ]);
        expect((await articles.all()).length).toBe(2);
        expect(await articles.edit("a", { path: "three" }, { ifVersion: 1 })).toMatchObject({
          path: "three",
          version: 2,
        });
        await expect(articles.asOf("a", undefined)).rejects.toMatchObject({
          kind: "programming",
          message: expect.stringContaining("asOf.at: a value is required"),
        });
        await articles.hide("b");
        expect(await articles.get("b")).toBeUndefined();
        expect((await articles.all()).length).toBe(1);
        expect((await statesOf(articles, "b")).map(([change]) => change)).toEqual([
          "delete",
          "insert",
        ]);
      });

      expect(await migrateDown(target, await migrations(), { allowDestructive: true })).toBe(
        ids[2],
      );
      const states = await client.db().collection("articles_history").find({ key: "a" }).toArray();
      expect(states.map(({ state }) => (state as { readonly slug: string }).slug)).toEqual([
        "one",
        "two",
        "three",
      ]);
      expect(states.filter(({ state }) => "path" in (state as object))).toEqual([]);
    }),
    120_000,
  );
});
