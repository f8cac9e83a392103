import type { CallOptions } from "../../runtime/options.ts";
import {
  isSameClaim,
  newClaim,
  silentClaim,
  superseded,
  underWay,
  type ViewClaim,
} from "../../runtime/view-claim.ts";
import type { BeginOptions, ViewProgress } from "../../runtime/view.ts";
import {
  type Ask,
  asker,
  behind,
  definitionHash,
  dropCollection,
  generationsOf,
  isAbsentCause,
  makeCollection,
  newGeneration,
  takeOver,
} from "./collections.ts";
import type { MilvusConnection } from "./connection.ts";
import type { ViewDefinition } from "./definition.ts";
import { loaded, patience } from "./loading.ts";
import { type CollectionRecord, readRecord, writeRecord } from "./progress.ts";

/** A collection that is filled for a view, and the claim of who fills it. */
export interface Begun {
  readonly name: string;
  readonly claim: ViewClaim;
  readonly resumed?: ViewProgress | undefined;
}

/**
 * Takes over the collection that was begun for a definition, or makes an empty one; older ones are dropped. Milvus compares nothing while it
 * writes, so what is taken over is renamed: the rebuild that had it before is refused by the server, however late it wakes. `views rebuild`
 * begins under the lock of the authority; without it, of two that begin at the same moment one takes over, or each has a collection of its own.
 *
 * @throws DataError conflict when a rebuild is under way
 */
export async function beginGeneration(
  connection: MilvusConnection,
  definition: ViewDefinition,
  view: string,
  { fresh = false, ...options }: BeginOptions = {},
): Promise<Begun> {
  const ask = asker(connection, options, true);
  const { alias } = definition;
  const claimed = async (): Promise<ViewClaim | undefined> =>
    (await begunOf(ask, alias)).find(({ record }) => record?.claim !== undefined)?.record?.claim;
  const silent = fresh ? undefined : await silentClaim(view, claimed);
  const there = await claimed();
  if (there !== undefined && !fresh && !isSameClaim(there, silent)) throw underWay(view, there);
  const claim = newClaim();
  try {
    const begun = fresh ? undefined : await kept(ask, definition);
    const before = begun?.claim;
    if (before !== undefined && !isSameClaim(before, silent)) throw underWay(view, before);
    const next = newGeneration(alias, await generationsOf(ask, alias));
    const taken = begun === undefined ? "refused" : await takeOver(ask, begun.name, next);
    if (taken === "lost") throw superseded();
    if (begun === undefined || taken === "refused") {
      // What cannot be taken over is dropped with the others: its former holder is refused as well.
      const name = await makeGeneration(connection, definition, claim, options);
      return { name, claim };
    }
    const { progress } = begun;
    await loaded(ask, next, patience(options));
    await writeRecord(connection, definition, next, { progress, claim }, options);
    return { name: next, claim, resumed: progress };
  } catch (error) {
    throw isAbsentCause(error) ? superseded() : error;
  }
}

/** An empty collection for a definition, which the next rebuild fills; the one that is there already stays. */
export async function prepareGeneration(
  connection: MilvusConnection,
  definition: ViewDefinition,
): Promise<void> {
  const begun = await kept(asker(connection, undefined, true), definition);
  if (begun === undefined) await makeGeneration(connection, definition, undefined, undefined);
}

/** Drops a view with all its collections. */
export async function dropView(connection: MilvusConnection, alias: string): Promise<void> {
  const ask = asker(connection, undefined, true);
  if ((await behind(ask, alias)) !== undefined) await ask("DropAlias", { alias });
  for (const name of await generationsOf(ask, alias)) await dropCollection(ask, name);
}

interface Candidate {
  readonly name: string;
  readonly record: CollectionRecord | undefined;
}

/** Collections that were begun and do not answer yet, newest first. */
export async function begunOf(ask: Ask, alias: string): Promise<readonly Candidate[]> {
  const live = await behind(ask, alias);
  const begun: Candidate[] = [];
  for (const name of (await generationsOf(ask, alias)).toReversed())
    if (name !== live) begun.push({ name, record: await readRecord(ask, name).catch(ifDropped) });
  return begun;
}

/** It may be dropped after it was listed. */
function ifDropped(error: unknown): undefined {
  if (!isAbsentCause(error)) throw error;
}

interface Kept {
  readonly name: string;
  readonly progress: ViewProgress;
  readonly claim: ViewClaim | undefined;
}

async function kept(ask: Ask, definition: ViewDefinition): Promise<Kept | undefined> {
  const hash = definitionHash(definition);
  const begun = await begunOf(ask, definition.alias);
  const found = begun.find(({ record }) => record?.definition === hash);
  if (found?.record === undefined) return undefined;
  const { progress, claim } = found.record;
  return { name: found.name, progress: { rows: progress.rows }, claim };
}

/** Names rise with time: one that was begun later by another is not dropped. */
async function makeGeneration(
  connection: MilvusConnection,
  definition: ViewDefinition,
  claim: ViewClaim | undefined,
  options: CallOptions | undefined,
): Promise<string> {
  const ask = asker(connection, options, true);
  const name = newGeneration(definition.alias, await generationsOf(ask, definition.alias));
  await makeCollection(asker(connection, options, false), name, definition);
  await loaded(ask, name, patience(options));
  await writeRecord(connection, definition, name, { progress: { rows: 0 }, claim }, options);
  const live = await behind(ask, definition.alias);
  for (const old of await generationsOf(ask, definition.alias))
    if (old < name && old !== live) await dropCollection(ask, old);
  return name;
}
