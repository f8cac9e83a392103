import { expect, it } from "vitest";
import type {
  LedgerHost,
  Migration,
  MigrationTarget,
  Objects,
} from "../../../templates/runtime/migration.ts";
import { migrateDown, migrateUp } from "../../../templates/runtime/migrate.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { openMigrated } from "./migrations.ts";

/** A store that remembers nothing of its migrations: collections by name. */
class Forgetful implements MigrationTarget {
  readonly transactional = false;
  readonly collections: Set<string>;
  readonly #host: LedgerHost;

  constructor(host: LedgerHost, collections: Set<string>) {
    this.#host = host;
    this.collections = collections;
  }

  locked<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    return this.#host.locked(work, waitMs);
  }
  ledger() {
    return this.#host.ledger();
  }
  split(text: string) {
    return text === "" ? [] : [{ name: "all", text, line: 1 }];
  }
  async run(
    steps: Parameters<MigrationTarget["run"]>[0],
    note: Parameters<MigrationTarget["run"]>[1],
  ) {
    for (const { text } of steps) this.#apply(text);
    await this.#host.write(note, await this.objects());
  }
  async runAlone({ text }: Parameters<MigrationTarget["runAlone"]>[0]) {
    this.#apply(text);
  }
  async holds() {
    return true;
  }
  async batch() {
    return undefined;
  }
  async count() {
    return 0;
  }
  async objects(): Promise<Objects> {
    return Object.fromEntries([...this.collections].map((name) => [`collection ${name}`, "x"]));
  }
  #apply(text: string): void {
    const [verb, name = ""] = text.trim().split(" ");
    if (verb === "make") this.collections.add(name);
    else this.collections.delete(name);
  }
}

const migration = (id: string, parents: readonly string[], name: string): Migration => ({
  id,
  parents,
  hash: `hash of ${id}`,
  up: `make ${name}`,
  down: `drop ${name}`,
  file: `${id}.json`,
});
const migrations = [
  migration("0001-initial", [], "chunks"),
  migration("0002-more", ["0001-initial"], "pictures"),
];

await onSharedServer("a ledger kept for another store", (server) => {
  it("of eight starters each migration runs once; the host's own ledger and drift know nothing of it", async () => {
    const { dsn, drop } = await server.namespace();
    const collections = new Set<string>();
    const opened = Array.from({ length: 8 }, () => openMigrated(dsn));
    const targets = opened.map(
      ({ store }) =>
        new Forgetful(store.migrationTarget().host?.("vec'tors") ?? fail(), collections),
    );
    const applied = await Promise.all(targets.map((target) => migrateUp(target, migrations)));
    expect(applied.flat()).toEqual(["0001-initial", "0002-more"]);
    expect([...collections].toSorted()).toEqual(["chunks", "pictures"]);
    const [first] = opened;
    const [target] = targets;
    if (first === undefined || target === undefined) return fail();
    expect((await target.ledger()).map(({ id, dirty }) => [id, dirty])).toEqual([
      ["0001-initial", false],
      ["0002-more", false],
    ]);
    expect(await first.store.migrationTarget().ledger()).toEqual([]);
    expect(await first.store.migrationTarget().objects?.()).toEqual({});
    expect(await migrateDown(target, migrations, { allowDestructive: true })).toBe("0002-more");
    expect([...collections]).toEqual(["chunks"]);
    expect((await target.ledger()).map(({ id }) => id)).toEqual(["0001-initial"]);
    await Promise.all(opened.map((each) => each.close()));
    await drop();
  });
});

function fail(): never {
  return expect.unreachable();
}
