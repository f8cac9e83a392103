import { setTimeout as pause } from "node:timers/promises";
import { DataError } from "../../runtime/errors.ts";
import type { CallOptions } from "../../runtime/options.ts";
import type { ViewGeneration, ViewProgress, ViewState, ViewTarget } from "../../runtime/view.ts";
import {
  type Ask,
  asker,
  behind,
  countRows,
  definitionHash,
  dropCollection,
  generationsOf,
  makeCollection,
  newGeneration,
  pointTo,
} from "./collections.ts";
import { at } from "./columns.ts";
import type { MilvusConnection } from "./connection.ts";
import { field, type VectorView, type ViewDefinition } from "./definition.ts";
import { loadStateLoaded, readRecord, writeProgress } from "./progress.ts";
import { viewWriter } from "./writer.ts";

/** The writing side of a view: its collections, of which the alias names the one that answers. */
export function viewTarget<T, J>(
  connection: MilvusConnection,
  view: VectorView<T, J>,
): ViewTarget<T> {
  return {
    state: (options) => stateOf(connection, view.definition, options),
    begin: async (options) => {
      const { name, progress } = await beginGeneration(connection, view.definition, options);
      return generation(connection, view, name, progress);
    },
    live: () => viewWriter(connection, view, view.definition.alias),
  };
}

async function stateOf(
  connection: MilvusConnection,
  definition: ViewDefinition,
  options: CallOptions | undefined,
): Promise<ViewState> {
  const { alias } = definition;
  const ask = asker(connection, options, true);
  const generation = await behind(ask, alias);
  const building = (await generationsOf(ask, alias)).findLast((name) => name !== generation);
  const begun = building === undefined ? undefined : await readRecord(ask, building);
  return {
    ...(generation === undefined
      ? {}
      : { live: { generation, ...(await liveState(ask, generation, definition)) } }),
    ...(building === undefined || begun === undefined
      ? {}
      : { building: { generation: building, ...begun.progress } }),
  };
}

async function liveState(ask: Ask, collection: string, definition: ViewDefinition) {
  const record = await readRecord(ask, collection);
  return {
    rows: await countRows(ask, collection),
    outdated: record?.definition !== definitionHash(definition),
  };
}

/** Goes on with the collection that was begun for a definition, or makes an empty one; what was begun for others is dropped. */
export async function beginGeneration(
  connection: MilvusConnection,
  definition: ViewDefinition,
  options?: CallOptions,
): Promise<{ readonly name: string; readonly progress: ViewProgress }> {
  const ask = asker(connection, options, true);
  const begun = await begunFor(ask, definition);
  if (begun !== undefined) return begun;
  const name = newGeneration(definition.alias);
  await makeCollection(asker(connection, options, false), name, definition);
  await loaded(ask, name, patience(options));
  const progress = { rows: 0 };
  await writeProgress(connection, definition, name, progress, options);
  return { name, progress };
}

async function begunFor(
  ask: Ask,
  definition: ViewDefinition,
): Promise<{ readonly name: string; readonly progress: ViewProgress } | undefined> {
  const { alias } = definition;
  const hash = definitionHash(definition);
  const live = await behind(ask, alias);
  const newestFirst = (await generationsOf(ask, alias)).toReversed();
  let kept: { readonly name: string; readonly progress: ViewProgress } | undefined;
  for (const name of newestFirst.filter((one) => one !== live)) {
    const record = kept === undefined ? await readRecord(ask, name) : undefined;
    if (record?.definition === hash) kept = { name, progress: record.progress };
    else await dropCollection(ask, name);
  }
  return kept;
}

/** Drops a view with all its collections. */
export async function dropView(connection: MilvusConnection, alias: string): Promise<void> {
  const ask = asker(connection, undefined, true);
  if ((await behind(ask, alias)) !== undefined) await ask("DropAlias", { alias });
  for (const name of await generationsOf(ask, alias)) await dropCollection(ask, name);
}

function generation<T, J>(
  connection: MilvusConnection,
  view: VectorView<T, J>,
  name: string,
  progress: ViewProgress,
): ViewGeneration<T> {
  const { alias } = view.definition;
  return {
    name,
    progress,
    writer: viewWriter(connection, view, name),
    checkpoint: (reached, options) =>
      writeProgress(connection, view.definition, name, reached, options),
    publish: async (options) => {
      const ask = asker(connection, options, true);
      const end = patience(options);
      await ask("Flush", { collection_names: [name] });
      await indexed(ask, name, end);
      await loaded(ask, name, end);
      const rows = await countRows(ask, name);
      await pointTo(ask, alias, name);
      for (const old of await generationsOf(ask, alias))
        if (old !== name) await dropCollection(ask, old);
      return { rows };
    },
  };
}

const pollMs = 100;
/** Milliseconds that loading or indexing may take when the caller names no deadline. */
const longest = 30 * 60_000;

const patience = (options: CallOptions | undefined): number =>
  performance.now() + (options?.deadlineMs ?? longest);

async function loaded(ask: Ask, collection: string, end: number): Promise<void> {
  for (;;) {
    const { state } = await ask("GetLoadState", { collection_name: collection });
    if (state === loadStateLoaded) return;
    await waited(end, "the collection is not loaded yet");
  }
}

/** A sealed segment is searched row by row until its index is there; and its index is what publishing promises. */
async function indexed(ask: Ask, collection: string, end: number): Promise<void> {
  for (;;) {
    const reply = await ask("DescribeIndex", {
      collection_name: collection,
      index_name: field.vector,
    });
    const list = reply["index_descriptions"];
    const first: unknown = Array.isArray(list) ? list[0] : undefined;
    if (Number(at(first, "pending_index_rows") ?? 0) === 0) return;
    await waited(end, "the index is not built yet");
  }
}

async function waited(end: number, message: string): Promise<void> {
  if (performance.now() > end)
    throw new DataError({ kind: "timeout", message, hint: "begin again: it goes on there" });
  await pause(pollMs);
}
