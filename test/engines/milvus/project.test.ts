/** A generated project with a view in Milvus, as its user works with it: migrate, write, rebuild, read, measure. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migratedStores } from "../../../templates/runtime/migrated-stores.ts";
import type { OpenedStore } from "../../../templates/runtime/store.ts";
import type { RebuildableView, RebuildOptions } from "../../../templates/runtime/view-rebuild.ts";
import { generateApart } from "../../conformance/apart.ts";
import { migrate, type DataModule } from "../../conformance/layer.ts";
import { randomVectors } from "../../conformance/vector/brute-force.ts";
import { cell, proving } from "../../support/closing-table.ts";
import type { GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("milvus");
const proof = { port: "vector", engine: columnOf(server), method: "views rebuild and bench" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const spec = readFileSync(
  new URL("../../conformance/vector/workloads.yaml", import.meta.url),
  "utf8",
);

interface Layer {
  readonly stars: { addAll(stars: readonly object[]): Promise<readonly unknown[]> };
  readonly nearStars: {
    nearest(
      query: Float32Array,
      filter: object,
    ): Promise<readonly { readonly item: { readonly number: number } }[]>;
  };
  close(): Promise<void>;
}

interface Stores {
  openStores(config: object): {
    readonly stores: Readonly<Record<string, OpenedStore>>;
    readonly lifecycle: { close(): Promise<void> };
  };
}

interface Views {
  rebuildableViews(stores: object): readonly RebuildableView[];
}

describe.skipIf(isMissing(server))("a project with views in Milvus", () => {
  let place: Namespace;
  let project: GeneratedProject;
  let env: Record<string, string>;
  beforeAll(async () => {
    if (isMissing(server)) return;
    place = await server.namespace();
    project = await generateApart(spec, "milvus", "vector");
    env = { MAIN_URL: `pglite:${project.folder}/.data`, VECTOR_URL: place.dsn };
    migrate(project.folder, env);
  }, 120_000);
  afterAll(async () => {
    project?.remove();
    await place?.drop();
  });
  const it = (name: string, body: () => Promise<void>): void =>
    void test(name, proving(proof, body), 180_000);

  const db = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--no-warnings", "src/data/cli.ts", ...args],
      { cwd: project.folder, env: { ...process.env, ...env }, encoding: "utf8", timeout: 120_000 },
    );
    return { status, stdout, stderr };
  };

  const withData = async <T>(work: (data: Layer) => Promise<T>): Promise<T> => {
    const { configFromEnv, openDataLayer } =
      await project.load<DataModule<Layer>>("src/data/index.ts");
    const data = openDataLayer({ ...configFromEnv(env), lifecycle: { signals: false } });
    try {
      return await work(data);
    } finally {
      await data.close();
    }
  };

  it("says what is not built, fills it from the authority, and finds what is near", async () => {
    const vectors = randomVectors(2_000, 16, 5);
    await withData(async (data) => {
      for (let from = 0; from < vectors.length; from += 500)
        await data.stars.addAll(
          vectors
            .slice(from, from + 500)
            .map((embedding, at) => ({ number: from + at, embedding })),
        );
      await expect(
        data.nearStars.nearest(vectors[0] ?? new Float32Array(16), {}),
      ).rejects.toMatchObject({
        kind: "unavailable",
        hint: "npm run db -- views rebuild near-stars",
      });
    });
    const before = db("views", "status");
    expect([before.status, before.stdout + before.stderr]).toEqual([
      1,
      expect.stringContaining("not built"),
    ]);
    const rebuilt = db("views", "rebuild", "near-stars");
    expect(rebuilt).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("near-stars: 2,000 rows"),
    });
    const found = await withData((data) =>
      data.nearStars.nearest(vectors[7] ?? new Float32Array(16), {}),
    );
    expect(found[0]?.item.number).toBe(7);
  });

  it("of two rebuilds at once under the authority's lock one fills the view, the other is told since when", async () => {
    const { openStores } = await project.load<Stores>("src/data/stores/open.ts");
    const { rebuildableViews } = await project.load<Views>("src/data/stores/views.ts");
    const { configFromEnv } = await project.load<DataModule<Layer>>("src/data/index.ts");
    const config = { ...configFromEnv(env), lifecycle: { signals: false } };
    const { stores, lifecycle } = openStores(config);
    try {
      const view = rebuildableViews(stores).find(({ name }) => name === "near-stars");
      const from = pathToFileURL(join(project.folder, "src/data/cli.ts")).href;
      const target = migratedStores(Object.values(stores), from).find(
        ({ name }) => name === "vector",
      )?.target;
      expect(target).toBeDefined();
      const exclusively: RebuildOptions["exclusively"] = (work) =>
        target === undefined ? work() : target.locked(work, 30_000);
      for (const pageSize of [20, 500]) {
        const both = await Promise.allSettled(
          [1, 2].map(() => view?.rebuild({ pageSize, exclusively })),
        );
        const wrong = both.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
        expect(wrong.length).toBeLessThan(2);
        for (const reason of wrong)
          expect(reason).toMatchObject({
            kind: "conflict",
            message: expect.stringContaining("a rebuild of near-stars is under way since 20"),
          });
        expect(await view?.state()).toEqual({
          live: { generation: expect.any(String), rows: 2_000, outdated: false },
        });
      }
    } finally {
      await lifecycle.close();
    }
  });

  it("measures recall and latency against the rows of the authority", () => {
    const measured = db("views", "bench", "near-stars", "--json");
    expect(measured.status, measured.stderr).toBe(0);
    const report: unknown = JSON.parse(measured.stdout);
    expect(report).toMatchObject({ view: "near-stars", rows: 2_000, queries: 100, k: 10 });
    const { recall } = report as { readonly recall: number };
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeLessThanOrEqual(1);
    return Promise.resolve();
  });

  it("migrates again without work, and down to nothing", () => {
    expect(db("migrate", "up", "--store", "vector")).toMatchObject({ status: 0 });
    const status = db("migrate", "status", "--store", "vector", "--json");
    expect(status.status, status.stderr).toBe(0);
    expect(db("migrate", "down", "--store", "vector")).toMatchObject({ status: 0 });
    expect(db("views", "status")).toMatchObject({ status: 1 });
    expect(db("migrate", "up", "--store", "vector")).toMatchObject({ status: 0 });
    return Promise.resolve();
  });
});
