import { DataError } from "../../runtime/errors.ts";
import type { CallOptions } from "../../runtime/options.ts";
import type { StreamEntry, StreamStructure } from "../../shared/ports/structures.ts";
import { encoded, json } from "./codec.ts";
import type { Reply } from "./op.ts";
import {
  limitOf,
  parsedMessage,
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
  const codec = json<M>();
  /** What others wrote is told and passed over: one entry of theirs must not end the reading of the stream. */
  const known = (method: string, key: string, reply: Reply): Sorted<M> => {
    const found = sorted<M>(reply);
    if (found.foreign.length > 0)
      host.onError(foreignError(host, `${declaration.name}.${method}`, key, found.foreign));
    return found;
  };
  /** Of a group, which then holds no more what is no message: it would be claimed for ever. */
  const held = async (
    method: string,
    key: string,
    group: string,
    reply: Reply,
    options?: CallOptions,
  ): Promise<readonly StreamEntry<M>[]> => {
    const { messages, foreign } = known(method, key, reply);
    if (foreign.length > 0) await caller.read(method, "xack", key, [group, ...foreign], options);
    return messages;
  };
  return {
    async append(key, message, options) {
      const text = encoded("message", codec, message);
      const args = ["maxlen", "~", declaration.maxLength, "*", field, text];
      return String(await caller.write("append", "xadd", key, args, options));
    },
    async read(key, { after, limit } = {}, options) {
      let from = after === undefined ? "-" : `(${after}`;
      for (;;) {
        const args = [from, "+", "count", limitOf(limit)];
        const reply = await caller.read("read", "xrange", key, args, options);
        const { messages, foreign } = known("read", key, reply);
        // No messages are the end of the stream, which a part of it that others wrote is not.
        if (messages.length > 0 || foreign.length === 0) return messages;
        from = `(${foreign.at(-1)}`;
      }
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
      return held("take", key, group, entriesOfStream(reply), options);
    },
    async acknowledge(key, group, ids, options) {
      if (ids.length === 0) return 0;
      return Number(await caller.read("acknowledge", "xack", key, [group, ...ids], options));
    },
    async claim(key, group, consumer, idleMs, limit, options) {
      const most = limitOf(limit);
      const name = caller.key(key);
      const rest = remaining(host, options);
      const claimed: StreamEntry<M>[] = [];
      let cursor = "0";
      // A request looks at ten times as many entries as it may claim, and they need not be among those.
      do {
        const args = [name, group, consumer, idleMs, cursor, "count", most - claimed.length];
        try {
          const reply = await grouped(caller.call("claim", "read", "xautoclaim", args, rest()));
          const [next, entries = []] = reply as readonly Reply[];
          claimed.push(...(await held("claim", key, group, entries, rest())));
          cursor = String(next);
        } catch (error) {
          // What is claimed already is this consumer's: kept back it would lie idle once more.
          if (claimed.length === 0 || options?.signal?.aborted === true) throw error;
          return claimed;
        }
      } while (cursor !== "0-0" && claimed.length < most);
      return claimed;
    },
  };
}

/** The options of each request of a call, with what is left of its deadline. */
function remaining(
  { runtime }: StructureHost,
  options: CallOptions | undefined,
): () => CallOptions {
  const began = performance.now();
  const limit = options?.deadlineMs ?? runtime.defaultDeadlineMs;
  return () => ({ ...options, deadlineMs: Math.max(1, limit - (performance.now() - began)) });
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

interface Sorted<M> {
  readonly messages: readonly StreamEntry<M>[];
  /** Ids of entries that hold no JSON under {@link field}. */
  readonly foreign: readonly string[];
}

function sorted<M>(reply: Reply): Sorted<M> {
  const messages: StreamEntry<M>[] = [];
  const foreign: string[] = [];
  for (const [id, fields] of (reply ?? []) as readonly (readonly [
    string,
    readonly string[] | null,
  ])[]) {
    // What was deleted since is claimed as an id without fields.
    if (fields === null) continue;
    const [name, text = ""] = fields;
    const message = name === field ? parsedMessage<M>(text) : undefined;
    if (message === undefined) foreign.push(id);
    else messages.push({ id, message });
  }
  return { messages, foreign };
}

const foreignError = (
  { runtime: { store } }: StructureHost,
  operation: string,
  key: string,
  ids: readonly string[],
): DataError =>
  new DataError({
    kind: "programming",
    operation,
    store,
    message: `${operation}: entries of the stream ${JSON.stringify(key)} that are no messages of this data layer were passed over: ${ids.join(", ")}`,
    hint: "something else writes to this stream; XRANGE shows what it wrote",
  });
