import { isDataError } from "../../../../templates/runtime/errors.ts";
import { readMigrations } from "../../../../templates/runtime/migration-files.ts";
import type { Migration } from "../../../../templates/runtime/migration.ts";
import type { EngineDescriptor } from "../../../engines/engine.ts";
import { engines } from "../../../engines/registry.gen.ts";
import { MissingPackage } from "../../../migrate/baseline/packages.ts";
import type { RehearsalStore } from "../../../migrate/rehearse/store.ts";
import { exitCode } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { parsedDsn } from "../../store-dsn.ts";

/** Where migrations are tried on: a DSN of a store that is thrown away, the engine's own process by default. */
export interface ThrowAway {
  readonly engine: EngineDescriptor | undefined;
  readonly dsn: string | undefined;
  /** Folder of the user's package: drivers are its own. */
  readonly root: string;
  readonly migrations: readonly Migration[];
}

/** Opens it, empty; a store that is given is emptied again when it is closed. @throws Failure 2 for one with something in it, 3 for one that cannot be opened */
export async function openedEmpty(place: ThrowAway): Promise<RehearsalStore> {
  const { dsn } = place;
  const subject = await opened(place);
  try {
    await refuseFull(subject, dsn);
    return subject;
  } catch (error) {
    await subject.close();
    throw told(error);
  }
}

export const engineOf = (id: string): EngineDescriptor | undefined =>
  engines.find((engine) => engine.id === id);

/** The migrations of a folder. @throws Failure 1 for one that cannot be read */
export async function migrationsIn(folder: string): Promise<readonly Migration[]> {
  try {
    return await readMigrations(folder);
  } catch (error) {
    throw isDataError(error) ? new Failure(exitCode.finding, error.message) : error;
  }
}

async function opened({ engine, dsn, root, migrations }: ThrowAway): Promise<RehearsalStore> {
  const text = dsn ?? engine?.dsn.ephemeral;
  if (engine?.rehearsal === undefined || text === undefined)
    throw new Failure(
      exitCode.input,
      `${engine?.title ?? "the engine"} runs in no process of ours`,
      {
        hint: "give the DSN of an empty store: --dsn",
      },
    );
  try {
    const texts = migrations.map(({ up }) => up);
    return await (await engine.rehearsal()).open(parsedDsn(text, engine), root, texts);
  } catch (error) {
    throw told(error);
  }
}

/** What is in a store that is to be thrown away may be somebody's. */
async function refuseFull(store: RehearsalStore, dsn: string | undefined): Promise<void> {
  const contents = await store.contents();
  if (contents.length === 0 || dsn === undefined) return;
  throw new Failure(exitCode.input, `the store of --dsn is not empty: ${contents[0] ?? ""} …`, {
    hint: "rehearsals run in an empty one, which is thrown away",
  });
}

/** What a driver or the store says, without a stack. */
export function told(error: unknown): unknown {
  if (error instanceof MissingPackage) {
    return new Failure(exitCode.environment, `${error.message} in this package`, {
      hint: `npm install ${error.package}, or give a server: --dsn`,
    });
  }
  if (isDataError(error)) return new Failure(exitCode.finding, error.message);
  const foreign = error instanceof Error && "code" in error;
  return foreign ? new Failure(exitCode.environment, `the store: ${error.message}`) : error;
}
