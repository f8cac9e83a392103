import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { readReply } from "../../../../templates/engines/postgres/pglite-protocol.ts";
import { PgliteSource } from "../../../../templates/engines/postgres/pglite-source.ts";
import type { Dsn } from "../../../../templates/runtime/dsn.ts";
import { packageEntry } from "../../../migrate/baseline/packages.ts";
import { freshSnapshot, keepSnapshot, snapshotFile } from "./embedded-snapshot.ts";
import type { Sessions } from "./session.ts";

const driver = "@electric-sql/pglite";

/** What is used of PGlite. */
interface Database {
  exec(text: string): Promise<unknown>;
  execProtocol(
    frames: Uint8Array,
    options: { throwOnError: boolean },
  ): Promise<{ messages: Parameters<typeof readReply>[0] }>;
  dumpDataDir(compression: "gzip"): Promise<Blob>;
  close(): Promise<void>;
}

interface Driver {
  readonly PGlite: {
    create(options: {
      dataDir?: string;
      loadDataDir?: Blob;
      extensions: Record<string, unknown>;
    }): Promise<Database>;
  };
}

const settings =
  "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set extra_float_digits = 1;";

/** PGlite in this process: in memory, or in a folder that nobody else has open. */
export async function embeddedSource(
  dsn: Dsn,
  root: string,
  extensions: readonly string[],
): Promise<Sessions> {
  const entry = packageEntry(root, driver);
  const { PGlite }: Driver = await import(pathToFileURL(entry).href);
  const folder = dsn.path === "memory" || dsn.path === "" ? undefined : resolve(root, dsn.path);
  const lock = folder === undefined ? undefined : locked(folder);
  const file = folder === undefined ? await snapshotFile(entry, root) : undefined;
  const snapshot = await freshSnapshot(file);
  const database = await PGlite.create({
    ...(folder !== undefined && { dataDir: folder }),
    ...(snapshot !== undefined && { loadDataDir: snapshot }),
    extensions: await loaded(extensions, entry, root),
  });
  if (snapshot === undefined) await keepSnapshot(database, file);
  await database.exec(settings);
  const close = async (): Promise<void> => {
    await database.close();
    lock?.close();
  };
  const source = new PgliteSource(() =>
    Promise.resolve({
      run: async (frames: Uint8Array, bindings: number) => {
        const { messages } = await database.execProtocol(frames, { throwOnError: false });
        return readReply(messages, bindings);
      },
      close,
      terminate: () => {},
    }),
  );
  return { source, close: () => (source.opened ? source.close() : close()) };
}

/** The lock that the generated store takes, too: two processes on one folder lose rows. @throws Error when somebody has it open */
function locked(folder: string): DatabaseSync {
  const lock = new DatabaseSync(`${folder}.lock`);
  try {
    lock.exec("begin exclusive");
    return lock;
  } catch (cause) {
    lock.close();
    throw new Error(`${folder} is open in another process; close that one`, { cause });
  }
}

/** The extensions that PGlite brings, and vectors from their own package; one that is nowhere is left for the server to refuse by name. */
async function loaded(
  extensions: readonly string[],
  entry: string,
  root: string,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const extension of extensions) {
    const name = extension.replaceAll("-", "_");
    const file =
      name === "vector"
        ? installed(() => packageEntry(root, "@electric-sql/pglite-pgvector"))
        : join(dirname(entry), "contrib", `${name}.js`);
    if (file === undefined || !existsSync(file)) continue;
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    found[name] = module[name];
  }
  return found;
}

const installed = (find: () => string): string | undefined => {
  try {
    return find();
  } catch {
    return undefined;
  }
};
