/** A store of its own on a server, with a view to write and to read. */
import opensearch from "../../../src/engines/opensearch/index.ts";
import type { ViewDeclaration } from "../../../templates/engines/opensearch/declaration.ts";
import { nearestOf, searchOf, viewOf } from "../../../templates/engines/opensearch/declaration.ts";
import {
  Generations,
  type IndexDefinition,
} from "../../../templates/engines/opensearch/generation.ts";
import type { HttpClient } from "../../../templates/engines/opensearch/client.ts";
import { openSearchStore, type SearchStore } from "../../../templates/engines/opensearch/store.ts";
import { type ItemShape, mappedIn } from "../../../templates/engines/opensearch/view-shape.ts";
import { viewTarget } from "../../../templates/engines/opensearch/view-target.ts";
import { type Attempt, callOp } from "../../../templates/runtime/call.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../../templates/runtime/store.ts";
import type { ViewChange, ViewTarget } from "../../../templates/runtime/view.ts";
import { settle } from "./session.ts";

export interface OpenedSearch {
  readonly dsn: string;
  readonly store: SearchStore;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: readonly unknown[];
  /** Everything written is found from here on. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** A store as a generated project opens it, without its signal handlers. */
export function openStore(
  dsn: string,
  config: Omit<Partial<StoreConfig>, "dsn"> = {},
): OpenedSearch {
  const stray: unknown[] = [];
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const store = openSearchStore(
    { name: "search", project: "test" },
    { ...config, dsn: parseDsn(dsn, opensearch.dsn) },
    { lifecycle, telemetry: {}, onError: (error) => void stray.push(error) },
  );
  lifecycle.onClose(() => store.close());
  return {
    dsn,
    store,
    lifecycle,
    stray,
    settle: () => settle(dsn),
    close: () => lifecycle.close(),
  };
}

/** What the views of these tests copy. */
export interface Note {
  readonly id: string;
  readonly number: number;
  readonly text: string;
  readonly embedding?: readonly number[];
  readonly cost?: string;
}

export const note = (number: number, text = "a note"): Note => ({
  id: String(number),
  number,
  text,
});

/** A view of notes with the definition of its index. */
export interface NoteView {
  readonly declared: ViewDeclaration<Note>;
  readonly definition: IndexDefinition;
}

export const dimensions = 4;

export function noteView(
  alias: string,
  {
    vectors = false,
    tenants = false,
    fingerprint = "one",
    more = {} as ItemShape,
    /** Mappings of further properties, by their names. */
    compared = {} as Readonly<Record<string, object>>,
  } = {},
): NoteView {
  const item = { id: "string", number: "int", text: "text", ...more };
  const method = { name: "hnsw", engine: "lucene" };
  const embedding = { type: "knn_vector", dimension: dimensions, space_type: "l2", method };
  const properties = {
    id: { type: "keyword" },
    number: { type: "integer" },
    text: { type: "text" },
    ...(vectors ? { embedding } : {}),
    ...compared,
  };
  const definition = {
    settings: {
      index: {
        number_of_shards: "1",
        auto_expand_replicas: "0-1",
        refresh_interval: "1s",
        ...(vectors ? { knn: "true" } : {}),
      },
    },
    mappings: {
      _meta: { project: "test", view: alias, definition: fingerprint, item },
      dynamic: "strict",
      properties: {
        key: { type: "keyword" },
        ...(tenants ? { tenant: { type: "keyword" } } : {}),
        deleted: { type: "date", format: "epoch_millis" },
        item: { type: "object", dynamic: false, properties },
      },
    },
  };
  const declared = viewOf({
    view: alias,
    alias,
    definition: fingerprint,
    item,
    mapped: mappedIn(definition.mappings),
    tenantScoped: tenants,
    toJson: (one: Note) => one,
    fromJson: (json: Note) => json,
  });
  return { declared, definition };
}

/** The methods that a generated repository of notes declares. */
export const findIn = ({ declared }: NoteView, typoTolerant = false) =>
  searchOf({
    operation: `${declared.view}.find`,
    effect: "read",
    of: declared,
    searched: { fields: ["item.text"], typoTolerant },
    marked: [],
    facets: [],
    hit: ({ item }) => item,
  });

export const nearestIn = ({ declared }: NoteView) =>
  nearestOf({
    operation: `${declared.view}.nearest`,
    effect: "read",
    of: declared,
    field: "embedding",
    vectorOf: ({ embedding }) => (embedding === undefined ? null : Float32Array.from(embedding)),
    dimensions,
    metric: "l2",
    exact: false,
  });

/** Requests that no method of the adapter makes, under its own rules. */
export const request = <T>(
  { store }: OpenedSearch,
  work: (attempt: Attempt) => Promise<T>,
  options: { readonly deadlineMs?: number; readonly effect?: "read" | "write" } = {},
): Promise<T> => {
  const { deadlineMs = 10_000, effect = "read" } = options;
  const spec = { operation: "test.request", effect, collection: "" } as const;
  return callOp(store.runtime, spec, { deadlineMs }, work);
};

/** Defines the view and lets an empty generation answer. */
export async function place(opened: OpenedSearch, view: NoteView): Promise<ViewTarget<Note>> {
  const { store } = opened;
  const generations = new Generations(store.http, `${store.prefix}${view.declared.alias}`);
  await request(opened, (attempt) => store.state.create(attempt));
  await request(opened, (attempt) => generations.define(view.definition, attempt));
  const target = viewTarget(store, view.declared);
  await (await target.begin()).publish();
  return target;
}

/** A client whose requests are sent by another function. */
export const sendingBy = (http: HttpClient, send: HttpClient["send"]): HttpClient =>
  new Proxy(http, {
    get: (whole, name) => (name === "send" ? send : (Reflect.get(whole, name, whole) as unknown)),
  });

/** Sends what it is given until the first request of a kind, `POST /_aliases`; that one and all after it wait, as in a stopped process. */
export function stoppedAt(http: HttpClient, kind: RegExp) {
  let tell = (): void => {};
  let goOn = (): void => {};
  const reached = new Promise<void>((resolve) => (tell = resolve));
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  let stopped = false;
  const send: HttpClient["send"] = async (asked, attempt) => {
    stopped ||= kind.test(`${asked.method} ${asked.path}`);
    if (stopped) {
      tell();
      await gate;
    }
    return http.send(asked, attempt);
  };
  return { send, reached, goOn: () => goOn() };
}

export const upsert = (item: Note, revision: bigint, tenant?: string): ViewChange<Note> => ({
  kind: "upsert",
  key: item.id,
  revision,
  item,
  ...(tenant === undefined ? {} : { tenant }),
});
