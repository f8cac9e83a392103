import { rowName } from "../../runtime/unreadable.ts";
import type { CountingHashStructure, HashStructure } from "../../shared/ports/structures.ts";
import { bounds32, encoded, type ValueCodec } from "./codec.ts";
import {
  StructureCaller,
  type StructureDeclaration,
  type StructureHost,
} from "./structure-host.ts";

export interface HashDeclaration<V> extends StructureDeclaration {
  readonly value: ValueCodec<V>;
}

/** Values under the fields of a hash. */
export function hash<V>(host: StructureHost, declaration: HashDeclaration<V>): HashStructure<V> {
  const caller = new StructureCaller(host, declaration);
  const decode = (method: string, field: string, text: string): V => {
    try {
      return declaration.value.decode(text);
    } catch {
      // The cause would show the value.
      const what = rowName("the stored value", [field], " of ");
      throw caller.mistake(method, `${what} is not of its type`, { hint: otherWriter });
    }
  };
  return {
    async get(key, field, options) {
      const reply = await caller.read("get", "hget", key, [field], options);
      return typeof reply === "string" ? decode("get", field, reply) : undefined;
    },
    async getAll(key, options) {
      // As pairs, since the driver makes an object of HGETALL's reply, in which `__proto__` would be lost.
      const reply = await caller.read("getAll", "hgetall", key, [], options);
      return new Map(pairsOf(reply).map(([field, text]) => [field, decode("getAll", field, text)]));
    },
    async set(key, values, options) {
      const pairs = Object.entries(values).flatMap(([field, one]) => [
        field,
        encoded("value", declaration.value, one),
      ]);
      if (pairs.length > 0) await caller.write("set", "hset", key, pairs, options);
    },
    async remove(key, fields, options) {
      if (fields.length === 0) return 0;
      return Number(await caller.write("remove", "hdel", key, fields, options));
    },
  };
}

const otherWriter =
  "something else wrote it, or code from before its type changed: set the field again, or remove it";

/** The server itself keeps a sum within 64 bits. */
const bounds64 = ["", ""] as const;

/** A hash of whole numbers that are counted up and down where they lie. */
export function countingHash<V extends number | bigint>(
  host: StructureHost,
  declaration: HashDeclaration<V>,
): CountingHashStructure<V> {
  const caller = new StructureCaller(host, declaration);
  return {
    ...hash(host, declaration),
    async increment(key, field, by, options) {
      if (typeof by === "number" && !Number.isSafeInteger(by))
        throw caller.mistake("increment", "the amount must be a whole number");
      const bounds = typeof by === "number" ? bounds32 : bounds64;
      const sum = await caller.count("increment", key, field, String(by), bounds, options);
      return declaration.value.decode(sum);
    },
  };
}

function pairsOf(reply: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(reply)) return Object.entries(reply as Readonly<Record<string, string>>);
  return Array.from({ length: reply.length / 2 }, (_, at) => [
    String(reply[at * 2]),
    String(reply[at * 2 + 1]),
  ]);
}
