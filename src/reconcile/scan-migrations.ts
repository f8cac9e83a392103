import { markedMigrations, parsePart } from "../migrate/snapshot-files.ts";
import type { MigrationFolder, StoredMigration } from "../migrate/folder.ts";
import { parseStored } from "../migrate/record.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { schemaFolder } from "./tool-files.ts";
import { TreeReader } from "./tree-reader.ts";
import type { DamagedRecord, DiskEntry } from "./tree-state.ts";

/**
 * Reads the migrations of a store and its snapshot; writes nothing, follows no symlink.
 *
 * @param root  folder of the output package; need not exist
 * @throws the system error when a file cannot be read
 */
export function scanMigrations(
  root: string,
  store: string,
  fileSystem: FileSystem = nodeFileSystem,
): MigrationFolder {
  const reader = new TreeReader(root, fileSystem);
  const folder = `migrations/${store}`;
  const names = reader.listed(folder).toSorted();
  const damaged: DamagedRecord[] = [];
  const migrations: StoredMigration[] = [];
  for (const name of names.filter((each) => /^[^.]+\.json$/.test(each))) {
    const path = `${folder}/${name}`;
    const read = (file: string): string | undefined => textOf(reader.read(`${folder}/${file}`));
    const migration = parseStored(name.slice(0, -".json".length), names, read);
    if ("damage" in migration) damaged.push({ path, damage: migration.damage });
    else migrations.push(migration);
  }
  const parts = new Map<string, { engine: string; content: unknown }>();
  const stored = reader.listed(`${schemaFolder}/${store}`).toSorted();
  for (const name of stored) {
    const path = `${schemaFolder}/${store}/${name}`;
    const text = textOf(reader.read(path));
    if (!name.endsWith(".json") || text === undefined) continue;
    const part = parsePart(text);
    if ("damage" in part) damaged.push({ path, damage: part.damage });
    else parts.set(part.part, { engine: part.engine, content: part.content });
  }
  // Beside the migrations lies the schema as a whole; it is written again with each.
  for (const name of names.filter((each) => /^schema\.[a-z]+$/.test(each)))
    reader.read(`${folder}/${name}`);
  const recorded = markedMigrations(stored);
  return { store, migrations, parts, recorded, damaged, disk: reader.disk };
}

function textOf(entry: DiskEntry | undefined): string | undefined {
  return entry?.kind === "file" && typeof entry.content === "string" ? entry.content : undefined;
}
