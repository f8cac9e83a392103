import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programmingError } from "./errors.ts";
import type { Migration, StepRecord } from "./migration.ts";
import { parseRecord, type MigrationRecord } from "./migration-record.ts";

/**
 * SHA-256 of up and down text, and of what steers the run of the steps, in hexadecimal; line endings do not count, since git may change
 * them. Without steps it is the hash of the two texts.
 */
export function migrationHash(up: string, down: string, steps: readonly StepRecord[] = []): string {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n");
  const hash = createHash("sha256").update(plain(up)).update(plain(down));
  if (steps.length > 0) hash.update(plain(JSON.stringify(steps.map(steering))));
  return hash.digest("hex");
}

const steering = ({ name, transactional, verify, repair, batch, debris }: StepRecord): unknown => [
  name,
  transactional,
  verify ?? null,
  repair ?? null,
  batch === undefined ? null : [batch.keys, batch.size, batch.pauseMs, batch.estimate ?? null],
  ...(debris === undefined ? [] : [debris]),
];

/** Whether the migrations of a store are there at all: an image may come without them. */
export function hasMigrations(store: string, from: string): boolean {
  return folderOf(store, from) !== undefined;
}

/**
 * The folder `migrations/<store>` beside a module or above it: the same from a source file and from where a build has put it.
 *
 * @param from the module's `import.meta.url`
 * @throws DataError programming when there is none up to the root
 */
export function findMigrations(store: string, from: string): URL {
  const found = folderOf(store, from);
  if (found !== undefined) return found;
  throw programmingError(`there is no folder migrations/${store} above ${fileURLToPath(from)}`, {
    operation: "migrate",
  });
}

function folderOf(store: string, from: string): URL | undefined {
  for (let folder = new URL(".", from); ; folder = new URL("..", folder)) {
    const found = new URL(`migrations/${store}/`, folder);
    if (existsSync(found)) return found;
    if (folder.href === new URL("..", folder).href) return undefined;
  }
}

/** Reads `<id>.json`, `<id>.up.*` and `<id>.down.*` of a folder. @throws DataError programming naming the file */
export async function readMigrations(folder: string | URL): Promise<readonly Migration[]> {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  const names = await readdir(path).catch(() => {
    throw programmingError(`${path}: there is no such folder of migrations`, {
      operation: "migrate",
    });
  });
  const records = names.filter((name) => /^[^.]+\.json$/.test(name)).sort();
  return Promise.all(records.map((record) => readMigration(path, record, names)));
}

const markEnding = ".migration";

/**
 * Migrations that have no file in a folder, although the snapshot beside it holds what they make, so that the code expects it. None where
 * the snapshot does not come with the code.
 */
export async function lostMigrations(
  store: string,
  folder: string | URL,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  const snapshot = join(path, "../../.async-db-starter/schema", store);
  const names = await readdir(snapshot).catch((): string[] => []);
  const there = new Set(migrations.map(({ id }) => id));
  return names
    .flatMap((name) => (name.endsWith(markEnding) ? [name.slice(0, -markEnding.length)] : []))
    .filter((id) => !there.has(id))
    .sort();
}

async function readMigration(
  folder: string,
  record: string,
  names: readonly string[],
): Promise<Migration> {
  const stem = record.slice(0, -".json".length);
  const fileOf = (role: "up" | "down"): string => {
    const name = names.find((candidate) => candidate.startsWith(`${stem}.${role}.`));
    if (name !== undefined) return join(folder, name);
    throw refused(folder, record, `there is no ${stem}.${role} file beside it`);
  };
  const files = [fileOf("up"), fileOf("down")] as const;
  const described = readRecord(folder, record, await readFile(join(folder, record), "utf8"));
  const { id, hash, steps } = described;
  if (id !== stem) throw refused(folder, record, `its id is not ${stem}`);
  const [up, down] = await Promise.all([readFile(files[0], "utf8"), readFile(files[1], "utf8")]);
  const actual = migrationHash(up, down, steps);
  if (actual !== hash) {
    throw refused(
      folder,
      record,
      `${stem} was changed; if no store has applied it yet and the change is meant, set "hash" to ${actual}`,
    );
  }
  return { ...described, up, down, file: files[0] };
}

function readRecord(folder: string, record: string, text: string): MigrationRecord {
  try {
    return parseRecord(text);
  } catch (error) {
    throw refused(folder, record, error instanceof Error ? error.message : "cannot be read");
  }
}

function refused(folder: string, name: string, what: string): Error {
  return programmingError(`${join(folder, name)}: ${what}`, { operation: "migrate" });
}
