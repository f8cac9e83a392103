// A spec that changes, from the command line to the documents: `migrate diff` writes, the runner applies and takes back.
import { join } from "node:path";
import { MongoClient, type Db, type Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mongoMigrations } from "../../../templates/engines/mongodb/migrations.ts";
import { migrateDown, migrateUp } from "../../../templates/runtime/migrate.ts";
import { deployCheck } from "../../../templates/runtime/migrate-deploy.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import { cell, notProven, proving } from "../../support/closing-table.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("mongodb");
const proof = { port: "migrations", engine: columnOf(server) };
const pipelines = "a change that computes a value";
if (isMissing(server)) notProven(proof, ["a change of the spec", pipelines], server.reason);

const spec = (article: string, more = "", owned = ""): string => `version: 1
project: press
stores: { hosting: self-managed, running: [mongodb], never: [postgres, memory, redis] }
entities:
  Article:
    timestamps: false
    fields:
      id: { type: string, max: 20, key: true }
${article}
${owned}${more}workloads:
  articles:
    kind: document
    entities: [Article${more === "" ? "" : ", Leaflet"}]
    access:
      Article: { get: {}, write: { op: insert } }
${more === "" ? "" : "      Leaflet: { get: {} }\n"}`;

const leaflet =
  "  Leaflet:\n    timestamps: false\n    fields: { id: { type: uuid, key: true } }\n";
const first = spec(
  `      slug: { type: string, max: 80, unique: true }
      state: { type: enum, values: [draft, live], default: draft }
      words: { type: int, min: 0 }`,
  leaflet,
);
/** Renamed, widened, added with a default, removed, and a collection less. */
const second = spec(
  `      path: { type: string, max: 120, unique: true, was: slug }
      state: { type: enum, values: [draft, live, gone], default: draft }
      rating: { type: bigint, default: 7 }`,
);

const rows = 1200;
interface Article extends Document {
  readonly _id: string;
}

const document = (at: number): Article => ({
  _id: `a${String(at).padStart(4, "0")}`,
  slug: `slug-${at}`,
  state: at % 2 === 0 ? "live" : "draft",
  words: at,
});

describe.skipIf(isMissing(server))("the schema of a document store", () => {
  if (isMissing(server)) return;
  let space: Namespace;
  let client: MongoClient;
  let db: Db;
  let project: GeneratedProject;

  const articles = () => db.collection<Article>("articles");
  const all = (): Promise<readonly Article[]> => articles().find().sort({ _id: 1 }).toArray();
  const target = mongoMigrations(async () => db);
  const migrations = () => readMigrations(join(project.folder, "migrations/main"));
  const names = async (): Promise<readonly string[]> =>
    (await db.listCollections().toArray()).map(({ name }) => name).toSorted();

  async function diff(text: string, ...args: readonly string[]): Promise<void> {
    project.write("workloads.yaml", text);
    for (const command of [["plan"], ["migrate", "diff", ...args]]) {
      const { status, stdout, stderr } = await cli(project.folder, ...command);
      if (status !== 0) throw new Error(stdout + stderr);
    }
  }

  beforeAll(async () => {
    space = await server.namespace();
    client = new MongoClient(space.dsn);
    db = (await client.connect()).db();
    project = await generateProject("document-schema", first);
  });
  afterAll(async () => {
    await client?.close();
    await space?.drop();
    project?.remove();
  });

  test(
    "1,200 documents follow a spec, and go back",
    proving({ ...proof, method: "a change of the spec" }, async () => {
      expect(await migrateUp(target, await migrations())).toEqual(["0001-initial"]);
      expect(await names()).toEqual(expect.arrayContaining(["articles", "leaflets", "operation"]));
      const before = Array.from({ length: rows }, (_, at) => document(at));
      await articles().insertMany(before);

      await diff(
        second,
        "rework",
        "--direct",
        "--allow-destructive",
        "articles.words",
        "--allow-destructive",
        "leaflets",
      );
      expect(await migrateUp(target, await migrations())).toEqual(["0002-rework"]);
      const after = await all();
      expect(after.length).toBe(rows);
      for (const [at, found] of after.entries()) {
        expect(Object.keys(found).toSorted()).toEqual(["_id", "path", "rating", "state"]);
        expect(found).toMatchObject({ path: `slug-${at}`, state: before[at]?.["state"] });
        expect(Number(found["rating"])).toBe(7);
      }
      expect(await names()).not.toContain("leaflets");

      expect(await migrateDown(target, await migrations(), { allowDestructive: true })).toBe(
        "0002-rework",
      );
      const back = await all();
      expect(back.map(({ _id, slug, state }) => ({ _id, slug, state }))).toEqual(
        before.map(({ _id, slug, state }) => ({ _id, slug, state })),
      );
      // What was dropped is gone; that is what --allow-destructive said.
      expect(
        back.filter((found) => "words" in found || "rating" in found || "path" in found),
      ).toEqual([]);
      expect(await names()).toContain("leaflets");
      expect(await migrateUp(target, await migrations())).toEqual(["0002-rework"]);
      expect((await migrations()).length).toBe(2);
    }),
    60_000,
  );

  test("a narrower spec refuses the documents that it would lock, before code of after runs", async () => {
    await articles().updateOne({ _id: "a0003" }, { $set: { state: "gone" } });
    await diff(second.replace("values: [draft, live, gone]", "values: [draft, live]"), "narrow");
    const ids = ["0003-narrow", "0004-narrow-contract"];
    const refused = async (options = {}): Promise<{ readonly hint?: string }> =>
      migrateUp(target, await migrations(), options).then(
        () => expect.unreachable(),
        (error: unknown) => {
          expect(error).toMatchObject({
            kind: "constraint",
            message: expect.stringMatching(
              /state is none of draft, live; first seen at _id "a0003", documents: 1; this finds them: db\.getCollection\("articles"\)\.find\(\{"state":/,
            ),
          });
          return error as { readonly hint?: string };
        },
      );
    const { hint = "" } = await refused();
    expect(hint).toContain('or keep "gone" among its values in the spec');
    const [, given = ""] =
      /db\.getCollection\("articles"\)\.updateMany\((.*)\); or/.exec(hint) ?? [];
    const [filter, update] = JSON.parse(`[${given.replace('"..."', '"live"')}]`) as [
      object,
      object,
    ];
    expect((await articles().updateMany(filter, update)).modifiedCount).toBe(1);
    expect(await migrateUp(target, await migrations())).toEqual([ids[0]]);
    // Code of before writes on.
    await articles().updateOne({ _id: "a0003" }, { $set: { state: "gone" } });
    await refused({ contract: true });
    await articles().updateOne({ _id: "a0003" }, { $set: { state: "live" } });
    expect(await migrateUp(target, await migrations(), { contract: true })).toEqual([ids[1]]);
  });

  test("what code of before writes until it is stopped comes along into the new name", async () => {
    const renamed = second
      .replace("[draft, live, gone]", "[draft, live]")
      .replace("path: {", "title: {")
      .replace("was: slug", "was: path");
    await diff(renamed, "retitle");
    const ids = ["0005-retitle", "0006-retitle-contract"];
    const held = async () => deployCheck(await migrations(), await target.ledger());
    const old = (id: string, path: string) =>
      articles().updateOne({ _id: id }, { $set: { path } }, { upsert: true });

    await old("a0001", "before the expand");
    expect(await migrateUp(target, await migrations())).toEqual([ids[0]]);
    expect(await held()).toMatchObject({
      mayStart: false,
      findings: [expect.stringContaining("0006-retitle-contract (contract) is not applied")],
    });
    await old("a0002", "acknowledged after the expand");
    await articles().insertOne({ _id: "b0001", path: "made after it", state: "draft" });
    expect(await migrateUp(target, await migrations(), { contract: true })).toEqual([ids[1]]);
    expect((await held()).mayStart).toBe(true);
    const titles = new Map((await all()).map(({ _id, title }) => [_id, title as unknown]));
    expect([titles.get("a0001"), titles.get("a0002"), titles.get("b0001")]).toEqual([
      "before the expand",
      "acknowledged after the expand",
      "made after it",
    ]);
    expect(titles.get("a1199")).toBe("slug-1199");
    expect((await all()).filter((found) => "path" in found)).toEqual([]);

    await articles().updateOne({ _id: "a0003" }, { $set: { title: "by new code" } });
    expect(await migrateDown(target, await migrations())).toBe(ids[1]);
    const back = new Map((await all()).map(({ _id, path }) => [_id, path as unknown]));
    expect([back.get("a0002"), back.get("a0003")]).toEqual([
      "acknowledged after the expand",
      "by new code",
    ]);
    // New code that ran before its time: neither value is lost in silence.
    await articles().updateOne({ _id: "a0004" }, { $set: { title: "too early" } });
    await expect(migrateUp(target, await migrations(), { contract: true })).rejects.toThrow(
      /title stands beside path.*first seen at _id "a0004"/,
    );
    await articles().updateOne({ _id: "a0004" }, { $unset: { title: "" } });
    expect(await migrateUp(target, await migrations(), { contract: true })).toEqual([ids[1]]);
  });

  if (server.kind === "emulator") {
    cell(
      { ...proof, method: pipelines },
      { kind: "not proven", why: "the emulator runs no update that is an aggregation pipeline" },
    );
    return;
  }

  test(
    "copies, conversions and embedded documents",
    proving({ ...proof, method: pipelines }, async () => {
      const lines = spec(
        `      headline: { type: string, max: 120, unique: true, was: title }
      state: { type: enum, values: [draft, live], default: draft }
      rating: { type: text }`,
        "",
        `  ArticleSection:
    owner: Article
    fields: { no: { type: int, key: true }, text: { type: text } }
`,
      );
      await diff(lines, "copies");
      await migrateUp(target, await migrations(), { contract: true });
      expect(await articles().findOne({ _id: "a0005" })).toEqual({
        _id: "a0005",
        headline: "slug-5",
        state: "draft",
        rating: "7",
        sections: [],
      });
      await articles().updateOne({ _id: "a0005" }, { $set: { sections: [{ no: 1, text: "x" }] } });
      await diff(
        lines.replace(
          "text: { type: text } }",
          "body: { type: text, was: text }, bold: { type: boolean, default: false } }",
        ),
        "sections",
      );
      await migrateUp(target, await migrations(), { contract: true });
      expect((await articles().findOne({ _id: "a0005" }))?.["sections"]).toEqual([
        { no: 1, body: "x", bold: false },
      ]);
    }),
    60_000,
  );
});
