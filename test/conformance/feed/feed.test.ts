/** What an authority gives to the views that copy it: every row once, of every tenant, and nothing of that to a tenant itself. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { ViewFeed, ViewRow } from "../../../templates/runtime/view.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { type GeneratedProject, generateProject } from "../../support/generated-project.ts";
import { migrate } from "../layer.ts";
import { testRules } from "../ruled.ts";
import { specFor, targetsOf } from "../targets.ts";

interface Paper {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly { readonly no: number; readonly text: string }[];
}

interface Place {
  readonly id: string;
  readonly name: string;
}

interface Papers {
  get(id: string): Promise<Paper | undefined>;
  add(paper: object): Promise<Paper>;
  retitle(id: string, patch: object): Promise<Paper>;
}

interface Note {
  readonly id: string;
  readonly text: string;
}

interface Notes {
  add(note: object): Promise<Note>;
  drop(id: string): Promise<void>;
}

interface OpenStores {
  readonly lifecycle: { close(): Promise<void> };
  readonly stores: {
    readonly main: {
      readonly repositories: {
        readonly places: { put(place: object): Promise<Place> };
        readonly notes: Notes;
      };
      readonly feeds: {
        readonly papers: ViewFeed<Paper>;
        readonly places: ViewFeed<Place>;
        readonly notes: ViewFeed<Note>;
      };
      forTenant(tenant: string): { readonly repositories: { readonly papers: Papers } };
    };
  };
}

interface Modules {
  configFromEnv(env: Record<string, string>): object;
  openStores(config: object): OpenStores;
}

const spec = readFileSync(new URL("workloads.yaml", import.meta.url), "utf8");
const gives = (engine: string): boolean =>
  engines.some(({ id, capabilities }) => id === engine && "view-feed" in capabilities.features);
const methods = ["rows of every tenant", "rows without tenants", "soft delete"] as const;

async function all<T>(feed: ViewFeed<T>): Promise<readonly ViewRow<T>[]> {
  const rows: ViewRow<T>[] = [];
  let after: string | undefined;
  do {
    const page = await feed.page(after, 2);
    expect(page.rows.length).toBeLessThanOrEqual(2);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

for (const target of (await targetsOf("record")).filter(({ engine }) => gives(engine))) {
  const { column, dsn } = target;
  const of = { port: "feed", engine: column };
  if (typeof dsn !== "function") notProven(of, methods, dsn.missing);

  describe.skipIf(typeof dsn !== "function")(`the feed of ${column}`, () => {
    const [one, two] = [randomUUID(), randomUUID()];
    let project: GeneratedProject;
    let opened: OpenStores;

    beforeAll(async () => {
      if (typeof dsn !== "function") return;
      const text = specFor(spec, target.engine, "record");
      project = await generateProject("feed", target.carried(text));
      target.prepare(project);
      const env = { MAIN_URL: dsn(project.folder), SEARCH_URL: "opensearch://127.0.0.1:9" };
      migrate(project.folder, env, "main");
      const { configFromEnv, openStores } = await project.load<Modules>("src/data/stores/open.ts");
      opened = openStores({ ...configFromEnv(env), lifecycle: { signals: false } });
    }, 120_000);
    afterAll(async () => {
      await opened?.lifecycle.close();
      project?.remove();
    });

    const papersOf = (tenant: string): Papers =>
      opened.stores.main.forTenant(tenant).repositories.papers;

    test(
      "gives the rows of every tenant once, in the order of the key, with their children and revisions",
      proving({ ...of, method: "rows of every tenant" }, async () => {
        const parts = [
          { no: 1, text: "a" },
          { no: 2, text: "b" },
        ];
        const added: Paper[] = [];
        for (const tenant of [one, two, one, two, one])
          added.push(await papersOf(tenant).add({ title: `of ${tenant}`, parts }));
        const { papers } = opened.stores.main.feeds;
        const rows = await all(papers);
        expect(rows.map(({ key }) => key)).toEqual(added.map(({ id }) => id).toSorted());
        for (const { tenant, item } of rows) {
          expect(item.title).toBe(`of ${tenant}`);
          expect(item.parts).toEqual(parts);
        }
        const [first] = rows;
        await papersOf(first?.tenant ?? "").retitle(first?.key ?? "", { title: "new" });
        const [again] = await all(papers);
        expect(again?.item.title).toBe("new");
        expect(again?.revision).toBeGreaterThan(first?.revision ?? 0n);
        // What the feed may see opens nothing to a tenant.
        for (const { key, tenant } of rows) {
          const other = tenant === one ? two : one;
          expect(await papersOf(other).get(key)).toBeUndefined();
        }
      }),
    );

    test(
      "gives rows that belong to no tenant",
      proving({ ...of, method: "rows without tenants" }, async () => {
        const names = ["x", "y", "z"];
        for (const name of names) await opened.stores.main.repositories.places.put({ name });
        const rows = await all(opened.stores.main.feeds.places);
        expect(rows.map(({ item }) => item.name).toSorted()).toEqual(names);
        for (const row of rows) {
          expect(row).not.toHaveProperty("tenant");
          expect(row.revision).toBeGreaterThan(0n);
        }
      }),
    );

    test.skipIf("soft delete" in target.gaps)(
      "leaves out what is deleted",
      proving({ ...of, method: "soft delete" }, async () => {
        const { repositories, feeds } = opened.stores.main;
        const [kept, gone] = [
          await repositories.notes.add({ text: "kept" }),
          await repositories.notes.add({ text: "gone" }),
        ];
        await repositories.notes.drop(gone.id);
        expect((await all(feeds.notes)).map(({ key }) => key)).toEqual([kept.id]);
      }),
    );
    testRules(target, of, () => project.folder);
    const gap = target.gaps["soft delete"];
    if (gap !== undefined) notProven(of, ["soft delete"], gap);
  });
}
