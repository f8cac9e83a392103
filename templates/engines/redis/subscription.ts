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

/** One channel on a connection of its own, made anew whenever it is lost. */
export class Subscription {
  readonly #client: Redis;
  readonly #watch: SilenceWatch;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(client: Redis, channel: string, listener: SubscriptionListener) {
    this.#client = client;
    this.#watch = new SilenceWatch(silentMs, () => {
      listener.lost();
      client.stream?.destroy();
    });
    client.on("error", () => {});
    client.on("close", () => listener.lost());
    client.on("ready", () => {
      client.subscribe(channel).then(
        () => listener.heard(),
        () => {},
      );
    });
    client.on("message", (_channel, text) => {
      this.#watch.sign();
      listener.message(text);
    });
    this.#heartbeat = setInterval(() => this.#ask(), heartbeatMs);
    this.#heartbeat.unref();
    client.connect().catch(() => {});
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#watch.stop();
    this.#client.disconnect();
  }

  #ask(): void {
    if (this.#client.status === "reconnecting") return;
    this.#watch.suspect();
    if (this.#client.status !== "ready") return;
    this.#client.ping().then(
      () => this.#watch.sign(),
      () => {},
    );
  }
}
