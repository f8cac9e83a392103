/** A generated project with a view in OpenSearch, as its user works with it: migrate, rebuild, kill the rebuild, rebuild while rows change. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ViewTarget } from "../../../templates/runtime/view.ts";
import { generateApart } from "../../conformance/apart.ts";
import { migrate, type DataModule } from "../../conformance/layer.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { cli, type GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { type Ended, runDb } from "./project-db.ts";
import { ask, settle } from "./session.ts";

const server = await sharedServer("opensearch", ["vector"]);
const authority = await sharedServer("postgres");
const missing = [server, authority].find(isMissing);
const proof = { port: "search", engine: columnOf(server), method: "views rebuild" };
if (missing !== undefined) cell(proof, { kind: "not proven", why: missing.reason });

const spec = readFileSync(
  new URL("../../conformance/search/workloads.yaml", import.meta.url),
  "utf8",
);

interface Book {
  readonly id: string;
  readonly title: string;
}

interface Layer {
  readonly books: {
    addAll(books: readonly object[]): Promise<readonly Book[]>;
    revise(id: string, patch: object): Promise<Book>;
    remove(id: string): Promise<void>;
  };
  readonly bookSearch: {
    find(
      query: string,
      filter: object,
      page: object,
    ): Promise<{ readonly items: readonly { readonly item: Book }[]; readonly next?: string }>;
  };
  close(): Promise<void>;
}

interface Stores {
  openStores(config: object): {
    readonly stores: {
      readonly search: {
        readonly targets: { readonly bookSearch: ViewTarget<unknown> };
        close(): Promise<void>;
      };
    };
  };
}

const rows = 6_000;

describe.skipIf(missing !== undefined)("a project with a view in OpenSearch", () => {
  let places: readonly Namespace[];
  let project: GeneratedProject;
  let env: Record<string, string>;
  let data: Layer;
  let search: ReturnType<Stores["openStores"]>["stores"]["search"];
  let target: ViewTarget<unknown>;
  const titles = new Map<string, string>();

  beforeAll(async () => {
    if (isMissing(server) || isMissing(authority)) return;
    places = [await authority.namespace(), await server.namespace()];
    project = await generateApart(spec, "opensearch", "search");
    env = { MAIN_URL: places[0]?.dsn ?? "", SEARCH_URL: places[1]?.dsn ?? "" };
    migrate(project.folder, env);
    const { configFromEnv, openDataLayer } =
      await project.load<DataModule<Layer>>("src/data/index.ts");
    const config = { ...configFromEnv(env), lifecycle: { signals: false } };
    data = openDataLayer(config);
    const { openStores } = await project.load<Stores>("src/data/stores/open.ts");
    search = openStores(config).stores.search;
    target = search.targets.bookSearch;
    for (let from = 0; from < rows; from += 500) {
      const books = Array.from({ length: 500 }, (_, at) => ({
        title: `book ${from + at}`,
        body: "a story of many words ".repeat(20),
        genre: "prose",
        tags: ["one"],
        cents: 100,
        shelf: "a",
      }));
      for (const { id, title } of await data.books.addAll(books)) titles.set(id, title);
    }
  }, 240_000);
  afterAll(async () => {
    await search?.close();
    await data?.close();
    project?.remove();
    for (const place of places ?? []) await place.drop();
  });
  const it = (name: string, body: () => Promise<void>): void =>
    void test(name, proving(proof, body), 240_000);

  const db = (
    args: readonly string[],
    during?: (kill: () => void) => Promise<void>,
  ): Promise<Ended> => runDb(project.folder, env, args, during);

  const built = async (): Promise<number> => (await target.state()).building?.rows ?? 0;

  /** Titles by id, as the view tells them. */
  async function copied(): Promise<ReadonlyMap<string, string>> {
    await settle(env["SEARCH_URL"] ?? "");
    const all = new Map<string, string>();
    let after: string | undefined;
    do {
      const page = { limit: 1_000, ...(after === undefined ? {} : { after }) };
      const { items, next } = await data.bookSearch.find("book", {}, page);
      for (const { item } of items) {
        expect(all.has(item.id)).toBe(false);
        all.set(item.id, item.title);
      }
      after = next;
    } while (after !== undefined);
    return all;
  }

  /** A rebuild that is killed when it has written some rows; resolves to how many it had noted. */
  async function killedRebuild(): Promise<number> {
    const killed = await db(["views", "rebuild", "book-search"], async (kill) => {
      for (let patience = 0; patience < 600 && (await built()) === 0; patience += 1)
        await sleep(20);
      kill();
    });
    expect(killed.status).toBe(null);
    const noted = await built();
    expect(noted).toBeGreaterThan(0);
    expect(noted).toBeLessThan(rows);
    return noted;
  }

  const revise = async (id: string, title: string): Promise<void> => {
    await data.books.revise(id, { title, body: "anew", cents: 1 });
    titles.set(id, title);
  };

  it("a rebuild that is killed leaves what answered; the next one writes what is not there or has changed", async () => {
    await expect(data.bookSearch.find("book", {}, { limit: 1 })).rejects.toMatchObject({
      kind: "unavailable",
      hint: "npm run db -- views rebuild book-search",
    });
    const before = await killedRebuild();
    const status = await db(["views", "status"]);
    expect([status.status, status.stdout + status.stderr]).toEqual([
      1,
      expect.stringContaining("so far"),
    ]);
    for (const id of [...titles.keys()].slice(0, 20)) await revise(id, "a book of another name");
    const again = await db(["views", "rebuild", "book-search", "--json"]);
    expect(again.status, again.stderr).toBe(0);
    const report = JSON.parse(again.stdout) as { readonly rows: number; readonly kept: number };
    expect(report.rows).toBe(rows);
    expect(report.kept).toBeGreaterThanOrEqual(before - 20);
    expect(report.kept).toBeLessThan(rows);
    expect(await copied()).toEqual(titles);
  });

  it("killed, and rows removed since, the next rebuild publishes none of them; --fresh does not wait", async () => {
    await killedRebuild();
    for (const id of [...titles.keys()].slice(0, 3)) {
      await data.books.remove(id);
      titles.delete(id);
    }
    await revise([...titles.keys()][0] ?? "", "a book of its newest name");
    const next = await db(["views", "rebuild", "book-search", "--json"]);
    expect(next.status, next.stderr).toBe(0);
    expect(JSON.parse(next.stdout)).toMatchObject({ rows: titles.size, kept: 0 });
    expect(await copied()).toEqual(titles);
    await killedRebuild();
    const fresh = await db(["views", "rebuild", "book-search", "--fresh", "--json"]);
    expect(fresh.status, fresh.stderr).toBe(0);
    expect(JSON.parse(fresh.stdout)).toMatchObject({ rows: titles.size, kept: 0 });
  });

  it("of two rebuilds at once one fills the view, the other is told since when", async () => {
    for (const delay of [0, 40, 300]) {
      const both = await Promise.all([
        db(["views", "rebuild", "book-search"]),
        sleep(delay).then(() => db(["views", "rebuild", "book-search"])),
      ]);
      const wrong = both.filter(({ status }) => status !== 0);
      expect(wrong.length, wrong.map(({ stderr }) => stderr).join("")).toBeLessThan(2);
      for (const { status, stderr } of wrong) {
        expect(status).toBe(1);
        expect(stderr).toMatch(/a rebuild of book-search is under way since 20.*\n.*--fresh/);
      }
      expect(await copied()).toEqual(titles);
    }
    expect((await target.state()).building).toBe(undefined);
  });

  it("while rows are added, changed and removed a rebuild ends, and the next one tells what the authority does", async () => {
    const ids = [...titles.keys()];
    let changing = true;
    const changes = async (): Promise<void> => {
      for (let round = 0; changing; round += 1) {
        const id = ids[(round * 37) % ids.length] ?? "";
        if (!titles.has(id)) continue;
        if (round % 3 === 0) {
          await data.books.remove(id);
          titles.delete(id);
        } else {
          const title = `book in edition ${round}`;
          await data.books.revise(id, { title, body: "anew", cents: 1 });
          titles.set(id, title);
        }
      }
    };
    const changer = changes();
    const rebuilt = await db(["views", "rebuild", "book-search"]);
    // What answered before goes on answering; every row has one of its versions.
    changing = false;
    await changer;
    expect(rebuilt.status, rebuilt.stderr).toBe(0);
    const between = await copied();
    for (const id of titles.keys()) expect(between.has(id), id).toBe(true);
    const last = await db(["views", "rebuild", "book-search"]);
    expect(last.status, last.stderr).toBe(0);
    expect(await copied()).toEqual(titles);
    expect(titles.size).toBeLessThan(rows);
    expect((await db(["views", "status"])).status).toBe(0);
  });

  it("a change of what the view is filtered by is a copy into a new index, beside readers; verify finds nothing amiss", async () => {
    const text = project.read("workloads.yaml");
    const filtered = text.replace(
      "filter: [shelf, cents.range, ownerId, price, refs]",
      "filter: [shelf, title, cents.range, ownerId, price, refs]",
    );
    expect(filtered).not.toBe(text);
    project.write("workloads.yaml", filtered);
    for (const args of [["generate"], ["migrate", "diff", "by-title"]]) {
      const { status, stdout, stderr } = await cli(project.folder, ...args);
      expect(status, stdout + stderr).toBe(0);
    }
    expect((await db(["views", "status"])).stdout).not.toContain("not built");
    const before = (await target.state()).live?.generation;
    let migrating = true;
    const reader = (async () => {
      let reads = 0;
      for (; migrating; reads += 1) {
        const { items } = await data.bookSearch.find("book", {}, { limit: 50 });
        expect(items).toHaveLength(50);
      }
      return reads;
    })();
    const up = await db(["migrate", "up", "--store", "search"]);
    migrating = false;
    expect(up.status, up.stderr).toBe(0);
    expect(await reader).toBeGreaterThan(0);
    expect((await target.state()).live?.generation).not.toBe(before);
    expect(await copied()).toEqual(titles);
    const [title = ""] = titles.values();
    const same = [...titles.values()].filter((one) => one === title).length;
    const exact = { query: { term: { "item.title.exact": { value: title } } } };
    const { dsn, name } = places[1] ?? { dsn: "", name: "" };
    const place = dsn.slice(0, dsn.lastIndexOf("/"));
    const index = `${name}-conformance-search-book-search`;
    expect(await ask(place, `/${index}/_count`, "POST", exact)).toMatchObject({
      count: same,
    });
    for (const args of [
      ["migrate", "verify", "--store", "search"],
      ["views", "status"],
    ]) {
      const { status, stdout, stderr } = await db(args);
      expect([args, status], stdout + stderr).toEqual([args, 0]);
    }
    const down = await db(["migrate", "down", "--store", "search"]);
    expect(down.status, down.stderr).toBe(0);
    expect(await copied()).toEqual(titles);
    expect((await db(["views", "status"])).status).toBe(1);
  });
});
