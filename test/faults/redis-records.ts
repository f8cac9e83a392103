/** A small repository as a generated adapter declares it, for faults that need no generated project. */
import type { WriteOptions } from "../../templates/runtime/options.ts";
import { int, optional, present, text, uuid } from "../../templates/engines/redis/codec.ts";
import type { MethodDeclaration, RecordDeclaration } from "../../templates/engines/redis/record.ts";
import type { RedisSession } from "../../templates/engines/redis/session.ts";

export interface Counter {
  readonly id: string;
  readonly label: string;
  readonly count: number;
  readonly version: number;
}

export interface NewCounter {
  readonly id?: string;
  readonly label: string;
  readonly count: number;
}

const codecs = {
  id: present("id", uuid()),
  label: present("label", text(40)),
  count: present("count", int()),
  version: present("version", int()),
};

const stored: RecordDeclaration<string, NewCounter, Counter> = {
  entity: "Counter",
  table: "counters",
  columns: ["id", "label", "count", "version"],
  keyAt: [0],
  madeKey: true,
  key: (key) => [codecs.id.encode(key) ?? ""],
  encode: (value) => [
    optional(codecs.id, value.id),
    codecs.label.encode(value.label),
    codecs.count.encode(value.count),
  ],
  decode: (row) => ({
    id: codecs.id.decode(row[0]),
    label: codecs.label.decode(row[1]),
    count: codecs.count.decode(row[2]),
    version: codecs.version.decode(row[3]),
  }),
  version: "version",
};

const method = (
  name: string,
  effect: "read" | "write",
): MethodDeclaration<string, NewCounter, Counter> => ({
  operation: `counters.${name}`,
  effect,
  of: stored,
});

const get = method("get", "read");
const add = method("add", "write");
const put = method("put", "write");
const raise = { ...method("raise", "write"), column: "count", kind: "integer", by: "any" } as const;
const drop = method("drop", "write");

/** Its methods, as the application calls them. */
export const counters = (records: RedisSession) => ({
  get: (id: string) => records.get(get, id),
  getMany: (ids: readonly string[]) => records.getMany(get, ids),
  add: (value: NewCounter, options?: WriteOptions) => records.insert(add, value, options),
  put: (value: NewCounter, options?: WriteOptions) => records.upsert(put, value, options),
  raise: (id: string, by: number, options?: WriteOptions) =>
    records.increment(raise, id, by, options),
  drop: (id: string, options?: WriteOptions) => records.delete(drop, id, options),
});
