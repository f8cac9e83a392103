import { createHash } from "node:crypto";
import { BSON, type Db, type Document, MongoServerError } from "mongodb";
import { DataError, isDataError, programmingError } from "../../runtime/errors.ts";
import type {
  BatchPosition,
  BatchResult,
  LedgerHost,
  MigrationTarget,
  Objects,
  RunContext,
  StepText,
} from "../../runtime/migration.ts";
import { splitCommands } from "../../runtime/migration-commands.ts";
import { foundObjects, wantedObjects, type WantedCollection } from "./described.ts";
import { classify } from "./errors.ts";
import { runBatch, runCommand } from "./migration-commands.ts";
import { type Lease, withLease } from "./migration-lease.ts";
import {
  guestName,
  isOwn,
  ledgerName,
  lockName,
  readLedger,
  writeNote,
} from "./migration-ledger.ts";
import type { MigrationStep } from "./migration-step.ts";

const { EJSON } = BSON;

/** A query of `verify`: true when the filter finds no document of the collection. */
interface NoneQuery {
  readonly none: string;
  readonly filter: Document;
}

/** A query of a batch's `estimate`: how many documents the filter finds. */
interface CountQuery {
  readonly count: string;
  readonly filter: Document;
}

/**
 * Migrations of a MongoDB database. Its steps cannot run in a transaction, but each may be run again: the runner notes a step before it
 * begins, and the next run goes on with it.
 */
export function mongoMigrations(database: () => Promise<Db>): MigrationTarget {
  const objects = async (): Promise<Objects> => readCatalogue(await database());
  const locked = lockedBy(database, lockName);
  /** The database, for one who still holds the lock. */
  const held = async (): Promise<Db> => {
    locked.check();
    return database();
  };
  return {
    transactional: false,
    split: splitCommands,
    locked: locked.run,
    ledger: () => told(async () => readLedger(await database())),
    run: (steps, note, context) =>
      told(async () => {
        for (const step of steps) await runStep(await held(), step, context);
        await writeNote(await held(), note, objects);
      }),
    runAlone: (step, context) => told(async () => runStep(await held(), step, context)),
    holds: (query) =>
      told(async () => {
        const { none, filter } = EJSON.parse(query) as NoneQuery;
        return (await (await database()).collection(none).findOne(filter)) === null;
      }),
    batch: (step, position, note, context) =>
      told(async () => {
        const db = await held();
        const result = await placed(step, context, () => batchOf(db, step, position));
        if (result !== undefined) await writeNote(db, note(result), objects);
        return result;
      }),
    count: (query) =>
      told(async () => {
        const { count, filter } = EJSON.parse(query) as CountQuery;
        return (await database()).collection(count).countDocuments(filter);
      }),
    objects: () => told(objects),
    described: {
      found: () => told(async () => foundObjects(await database())),
      wanted: (part, content) => wantedObjects(part, content as WantedCollection),
    },
    host: (store) => guestLedger(database, store),
  };
}

/** Ledger and lock of a store that has no compare-and-set, kept beside this store's own. */
function guestLedger(database: () => Promise<Db>, store: string): LedgerHost {
  const ledger = guestName(ledgerName, store);
  const locked = lockedBy(database, guestName(lockName, store));
  return {
    locked: locked.run,
    ledger: () => told(async () => readLedger(await database(), ledger)),
    write: (note, objects) =>
      told(async () => {
        locked.check();
        await writeNote(await database(), note, async () => objects, ledger);
      }),
  };
}

/** Runs work under a lock, and knows for what the work does whether the lock is held still. */
function lockedBy(
  database: () => Promise<Db>,
  name: string,
): { readonly run: LedgerHost["locked"]; readonly check: () => void } {
  let lease: Lease | undefined;
  return {
    run: (work, waitMs) =>
      told(async () => {
        const leased = (taken: Lease) => {
          lease = taken;
          return work();
        };
        return withLease(await database(), leased, waitMs, name).finally(() => (lease = undefined));
      }),
    check: () => lease?.check(),
  };
}

/** Not relaxed: a long stays a long and is not stored as an int. */
const commandsOf = (text: string): readonly MigrationStep[] =>
  EJSON.parse(text, { relaxed: false }) as readonly MigrationStep[];

function runStep(db: Db, step: StepText, context: RunContext): Promise<void> {
  return placed(step, context, async () => {
    for (const command of commandsOf(step.text)) await runCommand(db, command);
  });
}

async function batchOf(
  db: Db,
  step: StepText,
  { key: [last = null], size }: BatchPosition,
): Promise<BatchResult | undefined> {
  const [command] = commandsOf(step.text);
  if (command === undefined || !("updateMany" in command))
    throw programmingError("a step in batches is one updateMany", { operation: "migrate" });
  const batch = await runBatch(db, command, last, size);
  return batch && { done: batch.done, key: [batch.key] };
}

/** A digest of each collection with its options, and of each index. */
async function readCatalogue(db: Db): Promise<Objects> {
  const collections = await db.listCollections().toArray();
  const own = collections.filter(({ name }) => !isOwn(name) && !name.startsWith("system."));
  const parts = await Promise.all(
    own.map(async ({ name, ...collection }) => {
      const options = "options" in collection ? collection.options : {};
      const indexes = await db.collection(name).listIndexes().toArray();
      return [
        [`collection ${name}`, digest(options)] as const,
        ...indexes.map((index) => [`index ${name}.${index["name"]}`, digest(index)] as const),
      ];
    }),
  );
  return Object.fromEntries(parts.flat());
}

const digest = (value: object | undefined): string =>
  createHash("sha256")
    .update(EJSON.stringify(value ?? {}))
    .digest("hex")
    .slice(0, 16);

/** Names file and step of a failure. */
async function placed<T>(
  { name }: StepText,
  { file }: RunContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw migrationError(error, `${file}: step ${name}: `);
  }
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw migrationError(error, "");
  }
}

/** The server's words, without the values of a duplicate key. */
function migrationError(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || (place === "" && isDataError(error))) return error;
  const { kind, message, code, hint } = isDataError(error) ? error : serverError(error);
  return new DataError({
    kind,
    operation: "migrate",
    message: `${place}${message}`,
    code,
    hint,
    cause: error.cause,
  });
}

function serverError(error: Error): Pick<DataError, "kind" | "message" | "code" | "hint"> {
  const { kind, code } = classify(error);
  const message = error instanceof MongoServerError ? error.message : driverText(error);
  const unavailable = kind === "connection" || kind === "overload";
  return {
    kind: unavailable ? "unavailable" : kind === "auth" ? "auth" : "programming",
    message: message.replace(/ dup key:.*/s, ""),
    ...(code !== undefined && { code }),
  };
}

/** The driver's own words may name every server with its state; its name says enough. */
const driverText = ({ name }: Error): string =>
  name === "MongoServerSelectionError" ? "no server that takes writes answers" : name;
