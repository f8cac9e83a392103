import { DataError } from "../../runtime/errors.ts";
import type { StreamEntry, StreamStructure } from "../../shared/ports/structures.ts";
import type { Reply } from "./op.ts";
import {
  limitOf,
  StructureCaller,
  type StructureDeclaration,
  type StructureHost,
} from "./structure-host.ts";

export interface StreamDeclaration extends StructureDeclaration {
  /** Messages that are kept at least; some more may stay, since whole nodes of the log are cut off. */
  readonly maxLength: number;
}

/** The one field of an entry. */
const field = "m";

/** A log of JSON messages with groups of consumers. */
export function stream<M>(host: StructureHost, declaration: StreamDeclaration): StreamStructure<M> {
  const caller = new StructureCaller(host, declaration);
  return {
    async append(key, message, options) {
      const args = ["maxlen", "~", declaration.maxLength, "*", field, JSON.stringify(message)];
      return String(await caller.write("append", "xadd", key, args, options));
    },
    async read(key, { after, limit } = {}, options) {
      const from = after === undefined ? "-" : `(${after}`;
      const args = [from, "+", "count", limitOf(limit)];
      return entriesOf(await caller.read("read", "xrange", key, args, options));
    },
    async join(key, group, options) {
      const args = ["create", caller.key(key), group, "0", "mkstream"];
      try {
        await caller.call("join", "read", "xgroup", args, options);
      } catch (error) {
        if (!isCode(error, "BUSYGROUP")) throw error;
      }
    },
    async take(key, group, consumer, limit, options) {
      const args = [
        "group",
        group,
        consumer,
        "count",
        limitOf(limit),
        "streams",
        caller.key(key),
        ">",
      ];
      const safe = { retry: "safe", ...options } as const;
      const reply = await grouped(caller.call("take", "write", "xreadgroup", args, safe));
      return entriesOf(entriesOfStream(reply));
    },
    async acknowledge(key, group, ids, options) {
      if (ids.length === 0) return 0;
      return Number(await caller.read("acknowledge", "xack", key, [group, ...ids], options));
    },
    async claim(key, group, consumer, idleMs, limit, options) {
      const args = [caller.key(key), group, consumer, idleMs, "0", "count", limitOf(limit)];
      const reply = await grouped(caller.call("claim", "read", "xautoclaim", args, options));
      return entriesOf((reply as readonly Reply[])[1] ?? []);
    },
  };
}

/** A group that nobody made is told as what is missing. */
async function grouped(call: Promise<Reply>): Promise<Reply> {
  try {
    return await call;
  } catch (error) {
    if (!isCode(error, "NOGROUP")) throw error;
    throw new DataError({
      kind: "not-found",
      operation: error.operation,
      store: error.store,
      attempts: error.attempts,
      message: `${error.operation}: there is no such group`,
      code: "NOGROUP",
      hint: "call join() first",
      cause: error,
    });
  }
}

const isCode = (error: unknown, code: string): error is DataError =>
  error instanceof DataError && error.code === code;

/** `[[key, entries]]`, or null when there is nothing new. */
function entriesOfStream(reply: Reply): Reply {
  const [first] = (reply ?? []) as readonly (readonly Reply[])[];
  return first?.[1] ?? [];
}

function entriesOf<M>(reply: Reply): readonly StreamEntry<M>[] {
  const entries = (reply ?? []) as readonly (readonly [string, readonly string[] | null])[];
  // What was deleted since is claimed as an id without fields.
  return entries.flatMap(([id, fields]) =>
    fields === null ? [] : [{ id, message: JSON.parse(fields[1] ?? "null") as M }],
  );
}
