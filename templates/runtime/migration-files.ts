import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programmingError } from "./errors.ts";
import type { Migration } from "./migrate.ts";

/** SHA-256 of up and down text in hexadecimal; line endings do not count, since git may change them. */
export function migrationHash(up: string, down: string): string {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n");
  return createHash("sha256").update(plain(up)).update(plain(down)).digest("hex");
}

/**
 * The folder `migrations/<store>` beside a module or above it: the same from a source file and from where a build has put it.
 *
 * @param from the module's `import.meta.url`
 * @throws DataError programming when there is none up to the root
 */
export function findMigrations(store: string, from: string): URL {
  for (let folder = new URL(".", from); ; folder = new URL("..", folder)) {
    const found = new URL(`migrations/${store}/`, folder);
    if (existsSync(found)) return found;
    if (folder.href === new URL("..", folder).href) break;
  }
  throw programmingError(`there is no folder migrations/${store} above ${fileURLToPath(from)}`, {
    operation: "migrate",
  });
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

async function readMigration(
  folder: string,
  record: string,
  names: readonly string[],
): Promise<Migration> {
  const stem = record.slice(0, -".json".length);
  const text = (role: "up" | "down"): Promise<string> => {
    const name = names.find((candidate) => candidate.startsWith(`${stem}.${role}.`));
    if (name === undefined)
      throw refused(folder, record, `there is no ${stem}.${role} file beside it`);
    return readFile(join(folder, name), "utf8");
  };
  const { id, parents, hash, transactional } = parseRecord(
    folder,
    record,
    await readFile(join(folder, record), "utf8"),
  );
  if (id !== stem) throw refused(folder, record, `its id is not ${stem}`);
  const [up, down] = await Promise.all([text("up"), text("down")]);
  const actual = migrationHash(up, down);
  if (actual !== hash) {
    throw refused(
      folder,
      record,
      `${stem} was changed; if no store has it yet and the change is meant, set "hash" to ${actual}`,
    );
  }
  return { id, parents, hash, up, down, transactional, file: join(folder, `${stem}.up`) };
}

type MigrationRecord = Pick<Migration, "id" | "parents" | "hash" | "transactional">;

function parseRecord(folder: string, record: string, text: string): MigrationRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refused(folder, record, "is not JSON");
  }
  if (!isRecord(parsed)) throw refused(folder, record, "must hold id, parents and hash");
  return parsed;
}

function isRecord(value: unknown): value is MigrationRecord {
  if (typeof value !== "object" || value === null) return false;
  if (!("id" in value) || typeof value.id !== "string") return false;
  if (!("hash" in value) || typeof value.hash !== "string") return false;
  if ("transactional" in value && typeof value.transactional !== "boolean") return false;
  return (
    "parents" in value &&
    Array.isArray(value.parents) &&
    value.parents.every((parent) => typeof parent === "string")
  );
}

function refused(folder: string, name: string, what: string): Error {
  return programmingError(`${join(folder, name)}: ${what}`, { operation: "migrate" });
}
