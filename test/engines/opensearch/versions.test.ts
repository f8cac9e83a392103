/** Code of before and of after a change of the spec on one cluster, before and after each phase: an answer of either is whole, or none. */
import { cpSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HealthReport } from "../../../templates/runtime/health.ts";
import { generateApart } from "../../conformance/apart.ts";
import { migrate, type DataModule } from "../../conformance/layer.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { cli, projectFolder, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { runDb } from "./project-db.ts";
import { settle } from "./session.ts";

const server = await sharedServer("opensearch", ["vector"]);
const authority = await sharedServer("postgres");
const missing = [server, authority].find(isMissing);
const proof = { port: "search", engine: columnOf(server), method: "two versions" };
if (missing !== undefined) cell(proof, { kind: "not proven", why: missing.reason });

const file = new URL("../../conformance/search/workloads.yaml", import.meta.url);
const before = readFileSync(file, "utf8").replace(
  "body: { type: text }",
  "body: { type: text, nullable: true }",
);

interface Layer {
  readonly books: { addAll(books: readonly object[]): Promise<readonly object[]> };
  readonly bookSearch: {
    find(
      query: string,
      filter: object,
      page: object,
    ): Promise<{ readonly items: readonly { readonly item: Readonly<Record<string, unknown>> }[] }>;
  };
  readonly health: { ready(): Promise<HealthReport>; startup(): Promise<HealthReport> };
  close(): Promise<void>;
}

const word = "lighthouse";

describe.skipIf(missing !== undefined)("two versions of code on OpenSearch", () => {
  const places: Namespace[] = [];
  const projects: GeneratedProject[] = [];
  const layers: Layer[] = [];
  let project: GeneratedProject;
  let env: Record<string, string>;
  let old: Layer;
  let changed: Layer;

  beforeAll(async () => {
    if (isMissing(server) || isMissing(authority)) return;
    places.push(await authority.namespace(), await server.namespace());
    project = await generateApart(before, "opensearch", "search");
    projects.push(project);
    env = { MAIN_URL: places[0]?.dsn ?? "", SEARCH_URL: places[1]?.dsn ?? "" };
    migrate(project.folder, env);
    old = await opened(project);
  }, 240_000);
  afterAll(async () => {
    for (const layer of layers) await layer.close();
    for (const each of projects) each.remove();
    for (const place of places) await place.drop();
  });
  const it = (name: string, body: () => Promise<void>): void =>
    void test(name, proving(proof, body), 240_000);

  async function opened(from: GeneratedProject): Promise<Layer> {
    const { configFromEnv, openDataLayer } =
      await from.load<DataModule<Layer>>("src/data/index.ts");
    const layer = openDataLayer({ ...configFromEnv(env), lifecycle: { signals: false } });
    layers.push(layer);
    return layer;
  }

  /** The project after a change of its spec, its migrations not applied. */
  async function after(change: string, edit: (spec: string) => string): Promise<GeneratedProject> {
    const next = projectFolder("search-opensearch-changed");
    projects.push(next);
    cpSync(project.folder, next.folder, { recursive: true });
    const text = next.read("workloads.yaml");
    next.write("workloads.yaml", edit(text));
    for (const args of [["generate"], ["migrate", "diff", change]]) {
      const { status, stdout, stderr } = await cli(next.folder, ...args);
      expect(status, stdout + stderr).toBe(0);
    }
    return next;
  }

  const db = async (from: GeneratedProject, ...args: readonly string[]): Promise<void> => {
    const { status, stdout, stderr } = await runDb(from.folder, env, args);
    expect([args, status], stdout + stderr).toEqual([args, 0]);
    await settle(env["SEARCH_URL"] ?? "");
  };

  /** The searched text of the hits, by the name that this code has for it; or why there is no answer. */
  const texts = (layer: Layer, name: string): Promise<unknown> =>
    layer.bookSearch.find(word, {}, { limit: 10 }).then(
      ({ items }) => items.map(({ item }) => item[name]),
      (error: { readonly kind: string; readonly hint?: string }) => `${error.kind}: ${error.hint}`,
    );

  const search = async (layer: Layer): Promise<readonly [boolean, string, string | undefined]> => {
    const { ok, stores } = await layer.health.ready();
    const store = stores.find(({ engine }) => engine === "opensearch");
    return [ok, store?.state ?? "", store?.detail];
  };

  const found = [`a ${word}`];
  const unavailable = "unavailable: npm run db -- views rebuild book-search";
  const lacking = (name: string) => [true, "degraded", expect.stringContaining(`lack ${name}`)];
  const up = [true, "up", undefined];

  it("a view that was never built is told by health, ready and started, and a rebuild mends it", async () => {
    const never = expect.stringContaining(
      "book-search was never built; npm run db -- views rebuild book-search",
    );
    expect(await search(old)).toEqual([true, "degraded", never]);
    expect((await old.health.startup()).ok).toBe(true);
    expect(await texts(old, "body")).toBe(unavailable);
    const book = { title: "a title", genre: "prose", tags: [], cents: 1, shelf: "a" };
    await old.books.addAll([{ ...book, body: `a ${word}`, ownerId: null }]);
    await db(project, "views", "rebuild", "book-search");
    expect([await texts(old, "body"), await search(old)]).toEqual([found, up]);
  });

  it("a renamed text: code of before goes on until the contract, code of after from there on; and back", async () => {
    const renamed = await after("rename", (spec) =>
      spec
        .replace(
          "body: { type: text, nullable: true }",
          "prose: { type: text, nullable: true, was: body }",
        )
        .replace("body: {}", "prose: {}")
        .replaceAll("[title, body", "[title, prose"),
    );
    changed = await opened(renamed);
    await db(renamed, "migrate", "up");
    expect([await texts(old, "body"), await search(old)]).toEqual([found, up]);
    expect([await texts(changed, "prose"), await search(changed)]).toEqual([
      unavailable,
      lacking("prose"),
    ]);
    await db(renamed, "migrate", "up", "--contract", "--store", "search");
    expect([await texts(changed, "prose"), await search(changed)]).toEqual([found, up]);
    expect([await texts(old, "body"), await search(old)]).toEqual([unavailable, lacking("body")]);
    await db(renamed, "migrate", "down", "--store", "search");
    expect([await texts(old, "body"), await search(old)]).toEqual([found, up]);
    expect(await texts(changed, "prose")).toBe(unavailable);
    await db(renamed, "views", "rebuild", "book-search");
    expect([await texts(changed, "prose"), await search(changed)]).toEqual([found, up]);
    expect([await texts(old, "body"), await search(old)]).toEqual([unavailable, lacking("body")]);
  });
});
