import type { Redis } from "ioredis";
import type { Dsn } from "../../runtime/dsn.ts";
import { isDataError } from "../../runtime/errors.ts";
import {
  type AbandonReason,
  nestedRuntime,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";
import { type Greeting, RedisConnection } from "../redis/connection.ts";
import { refuseOtherDatabase } from "../redis/database.ts";
import {
  type Argument,
  type Dispatcher,
  type Judge,
  type RedisCaller,
  RedisOp,
  type Reply,
} from "../redis/op.ts";
import type { RedisRouter } from "../redis/router.ts";
import { slotOf } from "../redis/slot.ts";
import { Subscriber, type SubscriptionListener } from "../redis/subscription.ts";
import { commandKey } from "./command-key.ts";
import { addressOf, parsedAddress, redirectionOf, SlotMap } from "./slot-map.ts";

/** How often one attempt may be sent elsewhere before it is left to the retry rule. */
const maxRedirections = 5;
/** Milliseconds between two looks at the map, however many calls miss. */
const lookEveryMs = 100;
const lookDeadlineMs = 1_000;

/**
 * The primaries of a Redis Cluster, one connection each. A command goes where its key's slot is; MOVED and ASK are followed within the
 * attempt, everything else is the retry rule's and the deadline's. The map of slots is looked up at the first call, after a redirection
 * and whenever a node is lost.
 */
export class ClusterConnection implements RedisRouter, Dispatcher {
  readonly partitioned = true;
  readonly defaultDeadlineMs: number;
  readonly nested: RedisCaller;
  readonly #dsn: Dsn;
  readonly #runtime: OpRuntime;
  readonly #onError: (error: unknown) => void;
  readonly #greeting: Greeting | undefined;
  readonly #seeds: readonly string[];
  readonly #nodes = new Map<string, RedisConnection>();
  readonly #waiting = new Set<RedisOp>();
  readonly #subscriber = new Subscriber(() => this.#listener());
  readonly #look: OpSpec;
  #map: SlotMap | undefined = undefined;
  #looking: Promise<void> | undefined = undefined;
  #lookedAt = -lookEveryMs;
  #again: NodeJS.Timeout | undefined = undefined;
  #turn = 0;
  #closed = false;

  constructor(
    dsn: Dsn,
    runtime: OpRuntime,
    onError: (error: unknown) => void,
    greeting?: Greeting,
  ) {
    refuseOtherDatabase(dsn, runtime.store);
    this.#dsn = dsn;
    this.#runtime = runtime;
    this.#onError = onError;
    this.#greeting = greeting;
    this.#seeds = dsn.hosts.map(({ host, port = 6379 }) => addressOf(host, port));
    this.#look = { operation: `${runtime.store}.cluster slots`, effect: "read" };
    const nested = nestedRuntime(runtime);
    this.defaultDeadlineMs = runtime.defaultDeadlineMs;
    this.nested = {
      defaultDeadlineMs: runtime.defaultDeadlineMs,
      call: (spec, name, args, options, judge) =>
        new RedisOp(this, nested, spec, name, args, options, judge).start(),
    };
  }

  get pending(): number {
    return [...this.#nodes.values()].reduce((sum, node) => sum + node.pending, this.#waiting.size);
  }

  get connected(): boolean {
    const primaries = this.#map?.primaries() ?? [];
    return (
      primaries.length > 0 &&
      primaries.every((address) => this.#nodes.get(address)?.connected === true)
    );
  }

  call(
    spec: OpSpec,
    name: string,
    args: readonly Argument[],
    options?: OpOptions,
    judge?: Judge,
  ): Promise<Reply> {
    return new RedisOp(this, this.#runtime, spec, name, args, options, judge).start();
  }

  async everywhere(): Promise<readonly RedisCaller[]> {
    if (this.#map === undefined) await this.#lookUp();
    return (this.#map?.primaries() ?? []).map((address) => this.#node(address).nested);
  }

  together(keys: readonly string[]): readonly (readonly string[])[] {
    return [...Map.groupBy(keys, slotOf).values()];
  }

  subscribe(channel: string, listener: SubscriptionListener): () => void {
    return this.#subscriber.listen(channel, listener);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#subscriber.close();
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
    this.#failWaiting(nobody());
  }

  dispatch(op: RedisOp): void {
    if (this.#closed) return op.fail(nobody());
    if (this.#map === undefined) {
      this.#waiting.add(op);
      this.#lookUp().catch(() => {});
      return;
    }
    const key = commandKey(op.name, op.args);
    const primaries = key === undefined ? this.#map.primaries() : [];
    const address =
      key === undefined ? primaries[this.#next(primaries)] : this.#map.owner(slotOf(key));
    if (address !== undefined) return this.#send(op, address);
    this.#lookSoon();
    op.fail(reply("CLUSTERDOWN Hash slot not served"));
  }

  forget(op: RedisOp, reason: AbandonReason): void {
    this.#waiting.delete(op);
    op.at?.forget(op, reason);
  }

  redirected(op: RedisOp, error: Error): boolean {
    if (error.message.startsWith("CLUSTERDOWN")) this.#lookSoon();
    const asked = op.node === undefined ? "" : parsedAddress(op.node).host;
    const to = redirectionOf(error.message, asked);
    if (to === undefined) return false;
    if (to.kind === "MOVED") {
      this.#map?.move(to.slot, to.address);
      this.#lookSoon();
    }
    if (op.redirections >= maxRedirections) return false;
    op.redirections += 1;
    op.asking = to.kind === "ASK";
    this.#send(op, to.address);
    return true;
  }

  #send(op: RedisOp, address: string): void {
    const node = this.#node(address);
    op.at = node;
    op.node = address;
    node.dispatch(op);
  }

  #node(address: string): RedisConnection {
    const known = this.#nodes.get(address);
    if (known !== undefined) return known;
    const endpoint = { dsn: this.#dsn, ...parsedAddress(address), database: 0 };
    const node = new RedisConnection(endpoint, this.#runtime, this.#onError, this.#greeting, () =>
      this.#lookSoon(),
    );
    this.#nodes.set(address, node);
    return node;
  }

  /** Of many the next in turn. */
  #next(of: readonly unknown[]): number {
    this.#turn += 1;
    return of.length === 0 ? 0 : this.#turn % of.length;
  }

  /** Another node each time, so that a lost one is not listened to again. Messages reach every node of a cluster. */
  #listener(): Redis {
    const known = this.#map?.primaries() ?? [];
    const places = known.length === 0 ? this.#seeds : known;
    return this.#node(places[this.#next(places)] ?? this.#seeds[0] ?? "").duplicate();
  }

  /** The map may be old. Calls go on by it meanwhile. */
  #lookSoon(): void {
    if (this.#closed || this.#again !== undefined || this.#looking !== undefined) return;
    const wait = Math.max(0, this.#lookedAt + lookEveryMs - performance.now());
    this.#again = setTimeout(() => {
      this.#again = undefined;
      this.#lookUp().catch(() => {});
    }, wait);
    this.#again.unref();
  }

  /** Of several callers one asks. @throws when no node answers */
  #lookUp(): Promise<void> {
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined;
      this.#lookedAt = performance.now();
    });
    return this.#looking;
  }

  /** The first node that answers tells where all slots are. */
  async #ask(): Promise<void> {
    const known = [...new Set([...(this.#map?.primaries() ?? []), ...this.#nodes.keys()])];
    const from = this.#next(known);
    const places = new Set([...known.slice(from), ...known.slice(0, from), ...this.#seeds]);
    let last: unknown = nobody();
    for (const address of places) {
      if (this.#closed) break;
      try {
        const options = { retry: "never", deadlineMs: lookDeadlineMs } as const;
        const slots = await this.#node(address).nested.call(
          this.#look,
          "cluster",
          ["slots"],
          options,
        );
        return this.#take(new SlotMap(slots, parsedAddress(address).host));
      } catch (error) {
        last = error;
      }
    }
    this.#failWaiting(isVerdict(last) ? last : nobody());
    throw last;
  }

  #take(map: SlotMap): void {
    const primaries = new Set(map.primaries());
    if (primaries.size === 0)
      return this.#failWaiting(reply("CLUSTERDOWN The cluster holds no slots"));
    this.#map = map;
    for (const [address, node] of this.#nodes) {
      if (primaries.has(address) || node.pending > 0) continue;
      this.#nodes.delete(address);
      node.close();
    }
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const op of waiting) if (!op.settled) this.dispatch(op);
  }

  #failWaiting(error: unknown): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const op of waiting) op.fail(error);
  }
}

/** Nobody was asked anything: nothing was applied, and another attempt may find a node. */
const nobody = (): Error =>
  Object.assign(new Error("no node of the cluster answered"), { code: "ECONNREFUSED" });

const reply = (message: string): Error => Object.assign(new Error(message), { name: "ReplyError" });

/** Wrong credentials, a server that is no cluster: asking again would change nothing. */
const isVerdict = (error: unknown): boolean =>
  isDataError(error) && error.kind !== "unavailable" && error.kind !== "timeout";
