/**
 * A port on an engine that only takes copies: the authority is PostgreSQL in process, the port's views are placed on the engine under
 * test by the lock, and what a test writes is copied to them through their writing side, as a projector would.
 */
import { join } from "node:path";
import { engines } from "../../src/engines/registry.gen.ts";
import { parseLock, formatLock } from "../../src/select/lock.ts";
import { loadSpec } from "../../src/spec/load.ts";
import type { Port } from "../../src/select/plan.ts";
import type { ViewTarget } from "../../templates/runtime/view.ts";
import { providerOf } from "../engines/registry.ts";
import { cli, projectFolder, type GeneratedProject } from "../support/generated-project.ts";
import { migrate, type DataModule, type OpenedProject } from "./layer.ts";

/** Whether an engine holds views apart from their authority, and nothing else. */
export const takesCopies = (engine: string): boolean =>
  engines.some(
    ({ id, capabilities }) => id === engine && capabilities.features["view-sink"] !== undefined,
  );

export interface OpenedApart<L> extends OpenedProject<L> {
  /** Writing sides of the views, by property; every view has an empty generation that answers. */
  readonly targets: Readonly<Record<string, ViewTarget<unknown>>>;
  /** Resolves when what was written is found: an engine may show it later. */
  readonly settle: () => Promise<void>;
}

/** What copies need of an opened layer. */
type Copies = Pick<OpenedApart<unknown>, "targets" | "settle">;

interface StoreModule {
  openStores(config: object): {
    readonly stores: Readonly<
      Record<string, { readonly targets?: OpenedApart<unknown>["targets"] }>
    >;
  };
}

/** @param spec with `ENGINE` for the engines that run and `OTHERS` for those that are refused */
export async function openApart<L>(
  spec: string,
  engine: string,
  port: Port,
  dsn: (folder: string) => string,
): Promise<OpenedApart<L>> {
  const project = await generateApart(spec, engine, port);
  const env = {
    MAIN_URL: `pglite:${project.folder}/.data`,
    [`${port.toUpperCase()}_URL`]: dsn(project.folder),
  };
  migrate(project.folder, env);
  const { configFromEnv, openDataLayer } = await project.load<DataModule<L>>("src/data/index.ts");
  const config = { ...configFromEnv(env), lifecycle: { signals: false } };
  const data = openDataLayer(config);
  // A second set of stores: the application's own has no way to the writing side. Its authority is never called, so never opened.
  const { openStores } = await project.load<StoreModule>("src/data/stores/open.ts");
  const targets = openStores(config).stores[port]?.targets ?? {};
  for (const target of Object.values(targets)) await (await target.begin()).publish();
  const { settle } = await providerOf(engine);
  const place = dsn(project.folder);
  return { data, project, targets, settle: async () => settle?.(place) };
}

/** Plans, moves the views that the engine serves to it by the lock, into a store named after the port, and generates. */
export async function generateApart(
  spec: string,
  engine: string,
  port: Port,
): Promise<GeneratedProject> {
  const project = projectFolder(`${port}-${engine}`);
  const text = spec.replace("[ENGINE]", `[postgres, ${engine}]`).replace("[OTHERS]", "[]");
  project.write("workloads.yaml", text);
  await succeed(project, "plan");
  const parsed = parseLock(project.read("workloads.lock.json"));
  if (!("lock" in parsed)) throw new Error(parsed.problem);
  const { model } = loadSpec(join(project.folder, "workloads.yaml"));
  const ports = engines.find(({ id }) => id === engine)?.ports ?? [];
  const views = new Set(
    model?.workloads
      .filter(({ kind }) => ports.some((served) => served === kind))
      .map(({ name }) => name),
  );
  const decisions = Object.entries(parsed.lock.decisions).map(
    ([name, decision]) =>
      [
        name,
        decision && views.has(name) ? { ...decision, engine, store: port } : decision,
      ] as const,
  );
  project.write(
    "workloads.lock.json",
    formatLock({ ...parsed.lock, decisions: Object.fromEntries(decisions) }),
  );
  await succeed(project, "generate");
  return project;
}

async function succeed(project: GeneratedProject, command: string): Promise<void> {
  const { status, stderr } = await cli(project.folder, "--quiet", command);
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr}`);
}

interface Row {
  readonly id: string;
}

/** Rises with every change, as a version does; a timestamp of milliseconds may be the same for two. */
let revision = BigInt(Date.now()) * 1_000n;

/** Copies rows that were added to views, as what follows the authority does. @throws when a view did not take one */
export async function copyRows(
  copies: Copies,
  views: readonly string[],
  rows: readonly unknown[],
): Promise<void> {
  const changes = (rows as readonly Row[]).map((item) => ({
    kind: "upsert" as const,
    key: item.id,
    revision: (revision += 1n),
    item,
  }));
  await writeAll(copies, views, changes);
}

/** Tells views that a row is gone. */
export async function copyRemoval(
  copies: Copies,
  views: readonly string[],
  key: string,
): Promise<void> {
  await writeAll(copies, views, [{ kind: "delete", key, revision: (revision += 1n) }]);
}

type Changes = Parameters<ReturnType<ViewTarget<unknown>["live"]>["write"]>[0];

async function writeAll(
  { targets, settle }: Copies,
  views: readonly string[],
  changes: Changes,
): Promise<void> {
  for (const view of views) {
    const outcomes = (await targets[view]?.live().write(changes)) ?? [];
    const wrong = outcomes.find(({ kind }) => kind !== "written");
    if (outcomes.length !== changes.length || wrong !== undefined)
      throw new Error(`${view} did not take every change`, { cause: wrong });
  }
  await settle();
}
