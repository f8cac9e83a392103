import type { CallOptions, Range, ReadOptions, WriteOptions } from "../../runtime/options.ts";

/** Structures of a workload. Each is a family: the first argument of every method names one of it, such as a board or a room. */

/** Values under fields. */
export interface HashStructure<V> {
  /** The value of a field, or undefined. */
  get(key: string, field: string, options?: ReadOptions): Promise<V | undefined>;
  /** Every field with its value. */
  getAll(key: string, options?: ReadOptions): Promise<ReadonlyMap<string, V>>;
  /** Sets fields; the others stay. @throws DataError outcome-unknown */
  set(key: string, values: Readonly<Record<string, V>>, options?: WriteOptions): Promise<void>;
  /** Removes fields; how many there were. @throws DataError outcome-unknown */
  remove(key: string, fields: readonly string[], options?: WriteOptions): Promise<number>;
}

/** Whole numbers under fields. */
export interface CountingHashStructure<V> extends HashStructure<V> {
  /** Adds to a field, a missing one counting as 0; the sum. @throws DataError constraint (range of the type), outcome-unknown */
  increment(key: string, field: string, by: V, options?: WriteOptions): Promise<V>;
}

/** A member of a sorted set and what it is sorted by: any number but NaN. */
export interface Scored {
  readonly member: string;
  readonly score: number;
}

/** Which part of an order. */
export interface Slice {
  /** 1 to 1,000; default 50. */
  readonly limit?: number | undefined;
  /** Members that are passed over. */
  readonly offset?: number | undefined;
}

/** Members in the order of their scores. */
export interface SortedSetStructure {
  /** Adds members, or gives those that are there another score; how many are new. @throws DataError outcome-unknown */
  add(key: string, members: readonly Scored[], options?: WriteOptions): Promise<number>;
  /** Adds to a member's score, a missing one counting as 0; the sum. @throws DataError outcome-unknown */
  increment(key: string, member: string, by: number, options?: WriteOptions): Promise<number>;
  score(key: string, member: string, options?: ReadOptions): Promise<number | undefined>;
  /** 0 for the highest score; undefined for no member. */
  rank(key: string, member: string, options?: ReadOptions): Promise<number | undefined>;
  /** Highest scores first; of equal scores the later member in binary order. */
  top(key: string, slice?: Slice, options?: ReadOptions): Promise<readonly Scored[]>;
  /** Scores of a range, both ends inclusive, lowest first. */
  range(
    key: string,
    scores: Range<number>,
    slice?: Slice,
    options?: ReadOptions,
  ): Promise<readonly Scored[]>;
  /** Removes members; how many there were. @throws DataError outcome-unknown */
  remove(key: string, members: readonly string[], options?: WriteOptions): Promise<number>;
  size(key: string, options?: ReadOptions): Promise<number>;
}

export interface StreamEntry<M> {
  /** Rises within a stream. */
  readonly id: string;
  readonly message: M;
}

/**
 * A log of messages, the oldest of which go when it is longer than declared. What something else wrote to it is passed over, and told to
 * `onError`; a group then holds it no more.
 */
export interface StreamStructure<M> {
  /** Adds a message; its id. @throws DataError constraint for what JSON does not hold; outcome-unknown */
  append(key: string, message: M, options?: WriteOptions): Promise<string>;
  /** Messages after an id (from the oldest without one), oldest first. */
  read(
    key: string,
    from?: { readonly after?: string | undefined; readonly limit?: number | undefined },
    options?: ReadOptions,
  ): Promise<readonly StreamEntry<M>[]>;
  /** Makes a group of consumers that begins with the oldest message; nothing when there is one of this name. */
  join(key: string, group: string, options?: CallOptions): Promise<void>;
  /**
   * Messages that no consumer of the group has had; they are this one's until it acknowledges them, or another claims them.
   *
   * @throws DataError not-found without such a group; outcome-unknown: what was given and got lost can be claimed
   */
  take(
    key: string,
    group: string,
    consumer: string,
    limit?: number,
    options?: CallOptions,
  ): Promise<readonly StreamEntry<M>[]>;
  /** Ends messages of a group; how many it still held. Ending them twice harms nobody. */
  acknowledge(
    key: string,
    group: string,
    ids: readonly string[],
    options?: ReadOptions,
  ): Promise<number>;
  /**
   * Takes over what has not been acknowledged for `idleMs` since a consumer got it or claimed it, this one's own included; the oldest first.
   *
   * @throws DataError not-found without such a group
   */
  claim(
    key: string,
    group: string,
    consumer: string,
    idleMs: number,
    limit?: number,
    options?: CallOptions,
  ): Promise<readonly StreamEntry<M>[]>;
}

/** How a channel is listened to. */
export interface SubscribeOptions {
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
  /** Told when messages were missed: the connection was lost, or the reader was slower than the buffer is long. */
  readonly onGap?: ((why: "connection" | "buffer") => void) | undefined;
}

/** Messages to whoever listens at the time: delivered at most once. What something else sent is passed over, and told to `onError`. */
export interface ChannelStructure<M> {
  /** Sends a message. Sent twice where a reply was lost and `retry` is `always`. */
  publish(key: string, message: M, options?: CallOptions): Promise<void>;
  /**
   * Messages from now on; leave the loop, call `return()` or abort the signal to end it. A lost connection is made anew by itself.
   * Resolves once the channel is heard.
   *
   * @throws DataError unavailable when it is not heard within the store's deadline
   */
  subscribe(key: string, options?: SubscribeOptions): Promise<AsyncIterableIterator<M>>;
}
