import type { Redis } from "ioredis";
import { SilenceWatch } from "./silence-watch.ts";

/** A subscribed channel loses what is published while nobody listens: it is asked this often whether it still hears. */
const heartbeatMs = 2_000;
const silentMs = 1_500;

export interface SubscriptionListener {
  /** The channel is heard from now on; what was published before was not. */
  heard(): void;
  /** The channel may be missed from now on. */
  lost(): void;
  message(text: string): void;
}

/** The channels of one process on one connection, made anew whenever it is lost; closed while nobody listens. */
export class Subscriber {
  readonly #make: () => Redis;
  readonly #channels = new Map<string, Set<SubscriptionListener>>();
  #line: Line | undefined = undefined;
  #closed = false;

  /** @param make a client that is not connected yet; asked again after each loss, so that it may lead to another server */
  constructor(make: () => Redis) {
    this.#make = make;
  }

  /** Listens until the returned function is called or this subscriber is closed. */
  listen(channel: string, listener: SubscriptionListener): () => void {
    const known = this.#channels.get(channel);
    if (known === undefined) this.#channels.set(channel, new Set([listener]));
    else known.add(listener);
    if (this.#line === undefined) this.#connect();
    else this.#line.join(channel, [listener]);
    return () => this.#leave(channel, listener);
  }

  close(): void {
    this.#closed = true;
    this.#line?.end();
    this.#channels.clear();
  }

  #leave(channel: string, listener: SubscriptionListener): void {
    const listeners = this.#channels.get(channel);
    listeners?.delete(listener);
    if (listeners === undefined || listeners.size > 0) return;
    this.#channels.delete(channel);
    if (this.#channels.size > 0) return this.#line?.part(channel);
    this.#line?.end();
    this.#line = undefined;
  }

  #connect(): void {
    const line: Line = new Line(this.#make(), {
      ready: () => {
        for (const [channel, listeners] of this.#channels) line.join(channel, [...listeners]);
      },
      lost: () => {
        for (const listeners of this.#channels.values()) for (const one of listeners) one.lost();
      },
      ended: () => {
        if (this.#closed || this.#line !== line) return;
        this.#connect();
      },
      message: (channel, text) => {
        for (const listener of this.#channels.get(channel) ?? []) listener.message(text);
      },
    });
    this.#line = line;
  }
}

interface LineEvents {
  ready(): void;
  lost(): void;
  ended(): void;
  message(channel: string, text: string): void;
}

/** Milliseconds until another connection is tried, spread at random. */
const againMs = 500;

/** One subscribed connection, until it is lost. */
class Line {
  readonly #client: Redis;
  readonly #events: LineEvents;
  readonly #watch: SilenceWatch;
  readonly #heartbeat: NodeJS.Timeout;
  #again: NodeJS.Timeout | undefined = undefined;
  #over = false;

  constructor(client: Redis, events: LineEvents) {
    this.#client = client;
    this.#events = events;
    this.#watch = new SilenceWatch(silentMs, () => this.#lose());
    client.on("error", () => {});
    client.on("close", () => this.#lose());
    client.on("ready", () => events.ready());
    client.on("message", (channel, text) => {
      this.#watch.sign();
      events.message(channel, text);
    });
    this.#heartbeat = setInterval(() => this.#ask(), heartbeatMs);
    this.#heartbeat.unref();
    client.connect().catch(() => {});
  }

  join(channel: string, listeners: readonly SubscriptionListener[]): void {
    if (this.#client.status !== "ready") return;
    this.#client.subscribe(channel).then(
      () => {
        if (!this.#over) for (const listener of listeners) listener.heard();
      },
      () => {},
    );
  }

  part(channel: string): void {
    if (this.#client.status === "ready") this.#client.unsubscribe(channel).catch(() => {});
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#again);
    this.#stop();
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    this.#watch.stop();
    this.#client.disconnect();
  }

  #lose(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    this.#events.lost();
    this.#again = setTimeout(() => this.#events.ended(), Math.random() * againMs);
    this.#again.unref();
  }

  #ask(): void {
    this.#watch.suspect();
    if (this.#client.status !== "ready") return;
    this.#client.ping().then(
      () => this.#watch.sign(),
      () => {},
    );
  }
}
