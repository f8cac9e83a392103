import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: cascades
stores: { hosting: embedded }
entities:
  Team:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
  Player:
    fields:
      id: { type: uuid, key: true }
      teamId: { type: uuid, references: Team, onDelete: cascade }
workloads:
  league:
    kind: transactional
    entities: [Team, Player]
    access:
      Team: { get: {}, add: { op: insert }, remove: { op: delete } }
      Player: { get: {}, add: { op: insert } }
  player-cache: { kind: cache, from: Player, ttl: 1m }
`;

type Call = (...values: readonly unknown[]) => Promise<unknown>;
interface Layer {
  readonly teams: { add: Call; remove: Call };
  readonly players: { add: Call };
  readonly playerCache: { get: Call };

  close(): Promise<void>;
}
interface Modules {
  readonly openStores: (config: unknown) => {
    readonly lifecycle: { close(): Promise<void> };
    readonly stores: { readonly main: { migrationTarget(): unknown } };
  };
  readonly configFromEnv: (env: Readonly<Record<string, string>>) => object;
}

let project: GeneratedProject;
let layer: Layer;
beforeAll(async () => {
  project = await generateProject("cache-cascade", spec);
  const [open, index, migrate, files] = await Promise.all([
    project.load<Modules>("src/data/stores/open.ts"),
    project.load<{ openDataLayer(config: unknown): Layer }>("src/data/index.ts"),
    project.load<{ migrateUp: Call }>("src/data/runtime/migrate.ts"),
    project.load<{ readMigrations: Call }>("src/data/runtime/migration-files.ts"),
  ]);
  const config = {
    ...open.configFromEnv({ MAIN_URL: `pglite:${join(project.folder, "database")}` }),
    signals: false,
  };
  const { lifecycle, stores } = open.openStores(config);
  const migrations = await files.readMigrations(join(project.folder, "migrations/main"));
  await migrate.migrateUp(stores.main.migrationTarget(), migrations);
  await lifecycle.close();
  layer = index.openDataLayer(config);
}, 60_000);
afterAll(async () => {
  await layer?.close();
  project?.remove();
});

test("deleting the referenced row forgets the cached rows that the database deletes with it", async () => {
  const [team, player] = [randomUUID(), randomUUID()];
  await layer.teams.add({ id: team, title: "one" });
  await layer.players.add({ id: player, teamId: team });
  expect(await layer.playerCache.get(player)).toMatchObject({ id: player });
  await layer.teams.remove(team);
  expect(await layer.playerCache.get(player)).toBeUndefined();
}, 30_000);
