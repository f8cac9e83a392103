import { existsSync } from "node:fs";
import { access, constants, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import type { PgliteReply } from "./pglite-protocol.ts";
import { readReply } from "./pglite-protocol.ts";

/** The two packages fit each other in exactly these versions: pglite 0.5.14, pglite-pgvector 0.0.15. */
const snapshotName = "pglite-0.5.14.tar.gz";

const settings =
  "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set extra_float_digits = 1;";

/** One embedded PostgreSQL: in memory, or in a folder that belongs to this process alone. */
export class PgliteEngine {
  readonly #database: PGlite;
  readonly #lock: DatabaseSync | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(database: PGlite, lock: DatabaseSync | undefined) {
    this.#database = database;
    this.#lock = lock;
  }

  /**
   * @param folder relative to the working directory of the process; undefined for one in memory
   * @throws Error that names the folder: another process has it open, it cannot be written, or what it holds does not open
   */
  static async open(folder: string | undefined): Promise<PgliteEngine> {
    const place = folder === undefined ? undefined : resolve(folder);
    const lock = place === undefined ? undefined : await lockFolder(place);
    try {
      const database = await openDatabase(place);
      await database.exec(settings);
      return new PgliteEngine(database, lock);
    } catch (error) {
      lock?.close();
      throw error;
    }
  }

  /** Runs the frames of one exchange. One at a time: PGlite mixes up the replies of calls that overlap. */
  run(frames: Uint8Array, bindings: number): Promise<PgliteReply> {
    const reply = this.#last.then(async () => {
      const { messages } = await this.#database.execProtocol(frames, { throwOnError: false });
      return readReply(messages, bindings);
    });
    this.#last = reply.catch(() => {});
    return reply;
  }

  async close(): Promise<void> {
    await this.#database.close();
    this.#lock?.close();
  }
}

/** A lock of SQLite's ends with its process, however that ends; a file with a process id would not. */
const lockFolder = async (folder: string): Promise<DatabaseSync> => {
  const lock = await lockFile(folder);
  try {
    lock.exec("begin exclusive");
    return lock;
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw notWritable(folder, cause);
    throw new Error(
      `${folder} is open in another process; an embedded database belongs to one process. Close that one, or use a PostgreSQL server (set the DSN)`,
      { cause },
    );
  }
};

const lockFile = async (folder: string): Promise<DatabaseSync> => {
  try {
    await mkdir(dirname(folder), { recursive: true });
    return new DatabaseSync(`${folder}.lock`);
  } catch (cause) {
    throw notWritable(folder, cause);
  }
};

/** SQLITE_BUSY: https://sqlite.org/rescode.html#busy */
const busyCode = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, "errcode") === busyCode;

const notWritable = (folder: string, cause: unknown): Error =>
  new Error(
    `${folder} cannot be made or written (${textOf(cause)}); give this user the right to write there, or let the DSN name another folder`,
    { cause },
  );

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : "no reason");

const isWhole = (folder: string): boolean => existsSync(join(folder, "PG_VERSION"));

const openDatabase = async (folder: string | undefined): Promise<PGlite> => {
  if (folder === undefined) return createDatabase({});
  if (!isWhole(folder)) await initialise(folder);
  try {
    return await PGlite.create({ dataDir: folder, extensions: { vector } });
  } catch (cause) {
    await access(folder, constants.R_OK | constants.W_OK).catch((refusal: unknown) => {
      throw notWritable(folder, refusal);
    });
    throw new Error(
      `the database in ${folder} does not open (${textOf(cause)}): it is damaged, or of another version of PGlite. Put a copy of it back, or move the folder away and begin anew: npm run db -- migrate up`,
      { cause },
    );
  }
};

/** Made beside its place and moved there when it is whole: a process killed half-way leaves nothing that looks like a database. */
const initialise = async (folder: string): Promise<void> => {
  if (existsSync(folder)) await removeEmpty(folder);
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  try {
    const database = await createDatabase({ dataDir: part });
    await database.close();
    await rename(part, folder);
  } catch (cause) {
    throw notWritable(folder, cause);
  }
};

/** @throws Error for a folder with something in it: it is not ours to remove */
const removeEmpty = async (folder: string): Promise<void> => {
  try {
    await rmdir(folder);
  } catch (cause) {
    throw new Error(
      `${folder} holds other files and no database; name a folder that is empty or does not exist`,
      { cause },
    );
  }
};

/** From a snapshot of a fresh one where there is one: initdb takes seconds. */
const createDatabase = async (place: { readonly dataDir?: string }): Promise<PGlite> => {
  const options = { ...place, extensions: { vector } };
  const cache = cacheFile();
  if (cache === undefined) return PGlite.create(options);
  const snapshot = await readFile(cache).catch(() => undefined);
  if (snapshot !== undefined) {
    return PGlite.create({ ...options, loadDataDir: new Blob([new Uint8Array(snapshot)]) });
  }
  const database = await PGlite.create(options);
  await keepSnapshot(database, cache).catch(() => {});
  return database;
};

/** Beside the packages, where build tools keep theirs: nobody else can write there, as they could in a common temporary folder. */
const cacheFile = (): string | undefined => {
  const modules = resolve("node_modules");
  return existsSync(modules)
    ? join(modules, ".cache", "async-db-starter", snapshotName)
    : undefined;
};

const keepSnapshot = async (database: PGlite, file: string): Promise<void> => {
  const dump = await database.dumpDataDir("gzip");
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}`;
  await writeFile(part, Buffer.from(await dump.arrayBuffer()));
  await rename(part, file);
};
