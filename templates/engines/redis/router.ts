import type { RedisCaller } from "./op.ts";
import type { SubscriptionListener } from "./subscription.ts";

/** Where a store's commands go: one server, or the nodes of a cluster. */
export interface RedisRouter extends RedisCaller {
  /** For calls that are part of another one in flight: admitted while draining too. */
  readonly nested: RedisCaller;
  /** Calls that wait for a connection or for a reply. */
  readonly pending: number;
  readonly connected: boolean;
  /**
   * Parts that the keys of one command must not lie across. A cluster's are its slots: what one script names together then carries the
   * same hash tag.
   */
  readonly partitioned: boolean;
  /** One caller per server that holds a part of the keys, for commands that go over all of them. */
  everywhere(): Promise<readonly RedisCaller[]>;
  /** Groups of keys that one command may name together. */
  together(keys: readonly string[]): readonly (readonly string[])[];
  /** Listens to a channel until the returned function is called or the router is closed. */
  subscribe(channel: string, listener: SubscriptionListener): () => void;
  close(): void;
}
