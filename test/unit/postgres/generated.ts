import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "../../../src/engines/postgres/index.ts";
import { render } from "../../../src/render/render.ts";
import { initialFiles } from "./initial-files.ts";
import type { mainStore } from "./model.ts";

type Lowered = ReturnType<typeof mainStore>;

/** A method of a generated repository, seen from outside: the generated types are held by `tsc` elsewhere. */
export type Method = (...values: readonly unknown[]) => Promise<unknown>;
export type Methods = Readonly<Record<string, Method>>;

interface OpenedStore {
  readonly repositories: Readonly<Record<string, Methods>>;
  readonly store: {
    transaction(
      work: (tx: Readonly<Record<string, Methods>>) => Promise<unknown>,
    ): Promise<unknown>;
    raw: Method;
  };
}

interface GeneratedModules {
  readonly openStores: (config: unknown) => {
    readonly lifecycle: { close(): Promise<void> };
    readonly stores: {
      readonly main: OpenedStore & {
        migrationTarget(): unknown;
        unapplied(): Promise<readonly string[]>;
        forTenant(tenant: string): OpenedStore;
      };
    };
  };
  readonly configFromEnv: (env: Readonly<Record<string, string>>) => { readonly main: object };
  readonly migrateUp: (target: unknown, migrations: unknown) => Promise<readonly string[]>;
  readonly migrateDown: (
    target: unknown,
    migrations: unknown,
    options: object,
  ) => Promise<string | undefined>;
  readonly readMigrations: (folder: string) => Promise<unknown>;
}

/** Files of the whole project that the engine and the shared templates make of a lowered model, and its first migration. */
export const filesOf = ({
  ir,
  plan,
  model,
}: Lowered): readonly { readonly path: string; readonly content: string | Uint8Array }[] => [
  ...render({ ir, plan, model, engines: [postgres], spec: "workloads.yaml", version: "0.1.0" }),
  ...initialFiles(ir),
];

const work = fileURLToPath(new URL("../../.work/", import.meta.url));

/** Writes the project under `test/.work`, so that it finds this repository's packages, and loads it. */
export async function generated(
  lowered: Lowered,
  name: string,
): Promise<GeneratedModules & { readonly folder: string; remove(): void }> {
  const folder = join(work, `${name}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  for (const { path, content } of filesOf(lowered)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const load = async (path: string): Promise<Partial<GeneratedModules>> =>
    import(join(folder, "src/data", path));
  const parts = await Promise.all(
    ["stores/open.ts", "runtime/migrate.ts", "runtime/migration-files.ts"].map(load),
  );
  const modules = Object.assign({}, ...parts) as GeneratedModules;
  return { ...modules, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Opens the generated store on a DSN and migrates it up, down and up again. */
export async function openedShop(lowered: Lowered, name: string, dsn: string) {
  const project = await generated(lowered, name);
  const { main } = project.configFromEnv({ MAIN_URL: dsn });
  // PGlite starts in the first call, and a busy machine takes its time.
  const { lifecycle, stores } = project.openStores({
    main: { deadlineMs: 25_000, ...main },
    lifecycle: { signals: false },
  });
  const target = stores.main.migrationTarget();
  const migrations = await project.readMigrations(join(project.folder, "migrations/main"));
  const expected = [await stores.main.unapplied()];
  const steps = [
    await project.migrateUp(target, migrations),
    await project.migrateDown(target, migrations, { allowDestructive: true }),
    await project.migrateUp(target, migrations),
  ];
  const close = async (): Promise<void> => {
    await lifecycle.close();
    project.remove();
  };
  expected.push(await stores.main.unapplied());
  return { main: stores.main, steps, expected, close };
}
