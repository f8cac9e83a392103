import { DataError } from "../../runtime/errors.ts";
import type { ChannelStructure, SubscribeOptions } from "../../shared/ports/structures.ts";
import { encoded, json } from "./codec.ts";
import {
  parsedMessage,
  StructureCaller,
  type StructureDeclaration,
  type StructureHost,
} from "./structure-host.ts";

export interface ChannelDeclaration extends StructureDeclaration {
  /** Messages that wait for a slow reader; the oldest go first. */
  readonly buffer: number;
}

/** JSON messages to whoever listens at the time. */
export function channel<M>(
  host: StructureHost,
  declaration: ChannelDeclaration,
): ChannelStructure<M> {
  const caller = new StructureCaller(host, declaration);
  const codec = json<M>();
  return {
    async publish(key, message, options) {
      const args = [caller.key(key), encoded("message", codec, message)];
      await caller.call("publish", "write", "publish", args, { retry: "safe", ...options });
    },
    async subscribe(key, options = {}) {
      options.signal?.throwIfAborted();
      const messages = new Messages<M>(declaration.buffer, options);
      const heard = Promise.withResolvers<void>();
      messages.onEnd = host.router.subscribe(caller.key(key), {
        heard: () => {
          heard.resolve();
          messages.heard();
        },
        lost: () => messages.lost(),
        message: (text) => {
          const message = parsedMessage<M>(text);
          if (message === undefined) host.onError(foreignError(caller, key));
          else messages.push(message);
        },
      });
      await listening(heard.promise, messages, caller);
      return messages;
    },
  };
}

function foreignError(caller: StructureCaller, key: string): DataError {
  const { operation } = caller.spec("subscribe", "read");
  return new DataError({
    kind: "programming",
    operation,
    store: caller.host.runtime.store,
    message: `${operation}: what is no message of this data layer was passed over on the channel ${JSON.stringify(key)}`,
    hint: "something else publishes to this channel",
  });
}

/** Waits until the channel is heard, for the store's deadline at most. */
async function listening<M>(
  heard: Promise<void>,
  messages: Messages<M>,
  { host, spec }: Pick<StructureCaller, "host" | "spec">,
): Promise<void> {
  const { defaultDeadlineMs, store } = host.runtime;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), defaultDeadlineMs);
  });
  const ended = await Promise.race([heard, late, messages.ended]);
  clearTimeout(timer);
  if (ended !== "late") return;
  await messages.return();
  const operation = spec("subscribe", "read").operation;
  const message = `${operation}: the channel is not heard within the deadline`;
  throw new DataError({ kind: "unavailable", operation, store, attempts: 1, message });
}

/** What has arrived and was not read yet. One reader at a time. */
class Messages<M> implements AsyncIterableIterator<M> {
  /** Resolves when the subscription is over. */
  readonly ended: Promise<void>;
  onEnd: () => void = () => {};
  readonly #limit: number;
  readonly #options: SubscribeOptions;
  readonly #waiting: M[] = [];
  readonly #abort = (): void => void this.return();
  #end: () => void = () => {};
  #reader: ((result: IteratorResult<M>) => void) | undefined = undefined;
  #over = false;
  #deaf = false;

  constructor(limit: number, options: SubscribeOptions) {
    this.#limit = limit;
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    options.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  push(message: M): void {
    if (this.#over) return;
    if (this.#reader !== undefined) {
      const reader = this.#reader;
      this.#reader = undefined;
      return reader({ value: message, done: false });
    }
    this.#waiting.push(message);
    if (this.#waiting.length <= this.#limit) return;
    this.#waiting.shift();
    this.#options.onGap?.("buffer");
  }

  lost(): void {
    this.#deaf = true;
  }

  /** Heard again: what was sent meanwhile is missing. */
  heard(): void {
    if (this.#deaf && !this.#over) this.#options.onGap?.("connection");
    this.#deaf = false;
  }

  next(): Promise<IteratorResult<M>> {
    const first = this.#waiting.shift();
    if (first !== undefined) return Promise.resolve({ value: first, done: false });
    if (this.#over) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => (this.#reader = resolve));
  }

  return(): Promise<IteratorResult<M>> {
    if (!this.#over) {
      this.#over = true;
      this.#waiting.length = 0;
      this.#options.signal?.removeEventListener("abort", this.#abort);
      this.onEnd();
      this.#reader?.({ value: undefined, done: true });
      this.#reader = undefined;
      this.#end();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
