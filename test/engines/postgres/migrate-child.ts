/**
 * Migrates in a process of its own and kills it (-9) at a moment: `node migrate-child.ts <dsn> <folder> <up|down> <call> <moment>`, where
 * `call` counts the calls of the target and `moment` is `before`, `after` or milliseconds after the call began. Prints each call's name.
 */
import { migrateDownTo, migrateUp } from "../../../templates/runtime/migrate.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import type { MigrationTarget } from "../../../templates/runtime/migration.ts";
import { openMigrated } from "./migrations.ts";

const [dsn = "", folder = "", direction = "up", call = "0", moment = "before"] =
  process.argv.slice(2);
const kill = (): void => void process.kill(process.pid, "SIGKILL");

/** Calls that change something. */
const counted = new Set(["run", "runAlone", "batch"]);
let count = 0;

function dying(target: MigrationTarget): MigrationTarget {
  return new Proxy(target, {
    get(whole, name) {
      const value: unknown = Reflect.get(whole, name, whole);
      if (typeof value !== "function") return value;
      if (!counted.has(String(name))) return value.bind(whole) as unknown;
      return async (...values: readonly unknown[]): Promise<unknown> => {
        count += 1;
        const mine = count === Number(call);
        process.stdout.write(`${String(name)}\n`);
        if (mine && moment === "before") kill();
        if (mine && moment !== "after") setTimeout(kill, Number(moment));
        const result: unknown = await Reflect.apply(value, whole, values);
        if (mine) kill();
        return result;
      };
    },
  });
}

const { store, close } = openMigrated(dsn);
const target = dying(store.migrationTarget());
const migrations = await readMigrations(folder);
if (direction === "up") await migrateUp(target, migrations);
else while ((await migrateDownTo(target, migrations)).length > 0);
await close();
