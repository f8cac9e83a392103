import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What can give away its data folder. */
interface Dumpable {
  dumpDataDir(compression: "gzip"): Promise<Blob>;
}

/** A fresh database as one file beside the packages, where the generated store keeps its own: initdb takes seconds. */
export async function freshSnapshot(file: string | undefined): Promise<Blob | undefined> {
  if (file === undefined) return undefined;
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined ? undefined : new Blob([new Uint8Array(bytes)]);
}

/** Keeps a database that nothing was done to yet. A cache that cannot be written is done without. */
export async function keepSnapshot(database: Dumpable, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    const dump = await database.dumpDataDir("gzip");
    await mkdir(dirname(file), { recursive: true });
    const part = `${file}.${process.pid}`;
    await writeFile(part, Buffer.from(await dump.arrayBuffer()));
    await rename(part, file);
  } catch {
    // The next start takes its seconds again.
  }
}

/**
 * Where the snapshot lies, by the version that made it.
 *
 * @param entry the package's entry
 * @param root folder of the user's package
 */
export async function snapshotFile(entry: string, root: string): Promise<string | undefined> {
  const manifest = await readFile(join(dirname(entry), "..", "package.json"), "utf8").catch(
    () => "{}",
  );
  const version = /"version":\s*"([^"/\\]+)"/.exec(manifest)?.[1];
  const at = entry.lastIndexOf("node_modules");
  const modules = [join(root, "node_modules"), entry.slice(0, at + "node_modules".length)];
  const folder = modules.find((each) => existsSync(each));
  return version === undefined || folder === undefined
    ? undefined
    : join(folder, ".cache", "async-db-starter", `pglite-${version}.tar.gz`);
}
