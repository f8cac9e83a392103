import type { CallOptions } from "../../runtime/options.ts";
import { superseded, type ViewClaim } from "../../runtime/view-claim.ts";
import { callOp } from "../../runtime/call.ts";
import type {
  ViewGeneration,
  ViewProgress,
  ViewState,
  ViewTarget,
  ViewWriter,
} from "../../runtime/view.ts";
import { type Begun, beginGeneration, begunOf } from "./begin.ts";
import {
  type Ask,
  asker,
  behind,
  countRows,
  countWhere,
  definitionHash,
  dropCollection,
  generationsOf,
  isAbsentCause,
  pointTo,
} from "./collections.ts";
import type { MilvusConnection } from "./connection.ts";
import { field, type VectorView, type ViewDefinition } from "./definition.ts";
import { heldRows } from "./held.ts";
import { indexed, loaded, patience } from "./loading.ts";
import { readRecord, recordKey, writeRecord } from "./progress.ts";
import { viewWriter } from "./writer.ts";

/** The writing side of a view: its collections, of which the alias names the one that answers. */
export function viewTarget<T, J>(
  connection: MilvusConnection,
  view: VectorView<T, J>,
): ViewTarget<T> {
  connection.fit.watch(view);
  return {
    state: (options) => stateOf(connection, view.definition, options),
    begin: async (options) => {
      const begun = await beginGeneration(connection, view.definition, view.name, options);
      return generation(connection, view, begun);
    },
    live: () => liveWriter(connection, view),
  };
}

/** Into the collection behind the alias, once that is known to be of this code's kind: rows of no tenant must not get among those of tenants. */
function liveWriter<T, J>(connection: MilvusConnection, view: VectorView<T, J>): ViewWriter<T> {
  const { runtime, fit } = connection;
  const { name, definition } = view;
  const writer = viewWriter(connection, view, definition.alias);
  const asked = { operation: `${name}.fit`, effect: "read" } as const;
  return {
    write: async (changes, options) => {
      if (changes.length === 0) return [];
      await callOp(runtime, asked, options, (attempt) => fit.check(name, definition, attempt));
      return writer.write(changes, options).catch((error: unknown) => {
        fit.forget(definition);
        throw error;
      });
    },
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
  const begun = (await begunOf(ask, alias)).find(({ record }) => record !== undefined);
  return {
    ...(generation === undefined
      ? {}
      : { live: { generation, ...(await liveState(ask, generation, definition)) } }),
    ...(begun?.record === undefined
      ? {}
      : { building: { generation: begun.name, rows: begun.record.progress.rows } }),
  };
}

async function liveState(ask: Ask, collection: string, definition: ViewDefinition) {
  const record = await readRecord(ask, collection);
  return {
    rows: await countRows(ask, collection),
    outdated: record?.definition !== definitionHash(definition),
  };
}

function generation<T, J>(
  connection: MilvusConnection,
  view: VectorView<T, J>,
  { name, claim, resumed }: Begun,
): ViewGeneration<T> {
  const { definition } = view;
  const { alias } = definition;
  let progress: ViewProgress = resumed ?? { rows: 0 };
  let { beat } = claim;
  /** The collection has this name as long as the claim holds: see `beginGeneration`. */
  const write = async (options: CallOptions | undefined, own?: ViewClaim): Promise<void> =>
    writeRecord(connection, definition, name, { progress, claim: own }, options).catch(lost);
  const settle = async (
    options: CallOptions | undefined,
    end = patience(options),
  ): Promise<void> => {
    const ask = asker(connection, options, true);
    await ask("Flush", { collection_names: [name] });
    await indexed(ask, name, end);
    await loaded(ask, name, end);
  };
  return {
    name,
    resumed,
    writer: viewWriter(connection, view, name, superseded),
    holds: (rows, options) =>
      heldRows(asker(connection, options, true), view, name, rows).catch(lost),
    checkpoint: (reached, options) => {
      progress = { rows: reached.rows };
      beat += 1;
      return write(options, { ...claim, beat });
    },
    settle: async (options) => {
      // Each request has the caller's deadline; all rows were written, and an index of many takes its time.
      await settle(options, patience(undefined)).catch(lost);
      const keys = `${field.key} != "${recordKey}"`;
      return countWhere(asker(connection, options, true), name, keys).catch(lost);
    },
    release: (options) => write(options),
    publish: async (options) => {
      const ask = asker(connection, options, true);
      if ((await behind(ask, alias)) !== name) {
        await settle(options).catch(lost);
        await write(options);
        await pointTo(ask, alias, name).catch(lost);
      }
      for (const old of await generationsOf(ask, alias))
        if (old < name) await dropCollection(ask, old);
      return { rows: await countRows(ask, name) };
    },
  };
}

/** Another rebuild has dropped the collection. */
function lost(error: unknown): never {
  throw isAbsentCause(error) ? superseded() : error;
}
