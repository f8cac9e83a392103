import { isIP } from "node:net";
import { Command, Redis, type RedisOptions } from "ioredis";
import type { Dsn } from "../../runtime/dsn.ts";
import {
  type AbandonReason,
  nestedRuntime,
  Op,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { Subscription, type SubscriptionListener } from "./subscription.ts";

/** A reply as the driver decodes it. */
export type Reply = string | number | null | readonly Reply[];
export type Argument = string | number | Buffer;

/** Sends commands. */
export interface RedisCaller {
  call(spec: OpSpec, name: string, args: readonly Argument[], options?: OpOptions): Promise<Reply>;
}

/**
 * One ioredis connection without the driver's own repetitions: nothing is resent, nothing waits in its offline queue; deadline,
 * retry and drain are the runtime's. Calls made while there is no connection wait here, for their deadline or for the first failure
 * to connect, whichever comes first.
 */
export class RedisConnection implements RedisCaller {
  /** For calls that are part of another one in flight: admitted while draining too. */
  readonly nested: RedisCaller;
  readonly #runtime: OpRuntime;
  readonly #onError: (error: unknown) => void;
  readonly #client: Redis;
  readonly #waiting = new Set<RedisOp>();
  readonly #inFlight = new Set<RedisOp>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #watch = new SilenceWatch(silentMs, () => this.#client.stream?.destroy());
  /** What this turn of the event loop has written: nothing, one command, or several under one cork. */
  #turn: "idle" | "written" | "corked" = "idle";
  /** The server has become a replica: calls wait for another connection, which may find its successor. */
  #leaving = false;
  #lastError: unknown = undefined;

  constructor(dsn: Dsn, runtime: OpRuntime, onError: (error: unknown) => void) {
    this.#runtime = runtime;
    const nested = nestedRuntime(runtime);
    this.nested = {
      call: (spec, name, args, options) =>
        new RedisOp(this, nested, spec, name, args, options).start(),
    };
    this.#onError = onError;
    this.#client = new Redis(clientOptions(dsn));
    this.#client.on("connect", () => this.#watch.sign());
    this.#client.on("ready", () => this.#flushWaiting());
    this.#client.on("error", (error) => this.#noteError(error));
    this.#client.on("close", () => this.#closed());
    this.#client.on("end", () => this.#failAll());
  }

  /** Sends one command; `text` is what a span shows of it. */
  call(spec: OpSpec, name: string, args: readonly Argument[], options?: OpOptions): Promise<Reply> {
    return new RedisOp(this, this.#runtime, spec, name, args, options).start();
  }

  /** Listens to a channel until the returned function is called or this connection is closed. */
  subscribe(channel: string, listener: SubscriptionListener): () => void {
    const client = this.#client.duplicate({ enableOfflineQueue: true, lazyConnect: true });
    const subscription = new Subscription(client, channel, listener);
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      subscription.close();
    };
  }

  /** Calls that wait for a connection or for a reply. */
  get pending(): number {
    return this.#waiting.size + this.#inFlight.size;
  }

  get connected(): boolean {
    return this.#client.status === "ready";
  }

  /** Closes every socket; what still waits fails as a lost connection. */
  close(): void {
    this.#watch.stop();
    for (const subscription of this.#subscriptions) subscription.close();
    this.#client.disconnect();
    this.#failAll();
  }

  /** Sends or queues an attempt; called by the op. */
  dispatch(op: RedisOp): void {
    if (this.#client.status === "ready" && !this.#leaving) return this.#write(op);
    if (this.#client.status === "end") return op.fail(lostConnection(this.#lastError));
    this.#waiting.add(op);
    if (this.#client.status === "wait") this.#client.connect().catch(() => {});
  }

  /** The op was answered by deadline or abort; a late reply is dropped by the op itself. */
  forget(op: RedisOp, reason: AbandonReason): void {
    this.#waiting.delete(op);
    this.#inFlight.delete(op);
    this.#leaveWhenAnswered();
    if (reason === "deadline") this.#watch.suspect();
  }

  /** The reply goes straight to the op: awaiting the command's own promise would cost a turn of the microtask queue per call. */
  #write(op: RedisOp): void {
    const command = new Command(op.name, op.args as Argument[], { replyEncoding: "utf8" });
    const attempt = op.attempts;
    const isCurrent = (): boolean => {
      this.#watch.sign();
      return op.attempts === attempt && this.#inFlight.delete(op);
    };
    command.resolve = (reply: Buffer) => {
      if (isCurrent()) op.succeed(command.transformReply(reply) as Reply);
    };
    command.reject = (error) => {
      if (error.message.startsWith("READONLY")) this.#leaving = true;
      if (isCurrent()) op.fail(error);
      this.#leaveWhenAnswered();
    };
    this.#inFlight.add(op);
    op.sent = true;
    this.#corkFromTheSecond();
    this.#client.sendCommand(command);
  }

  /**
   * A turn's first command leaves at once, which spares a lone caller the cork; those after it leave in one system call, which halves the
   * time of a command with 32 callers.
   */
  #corkFromTheSecond(): void {
    if (this.#turn === "corked") return;
    const { stream } = this.#client;
    if (this.#turn === "written") {
      this.#turn = "corked";
      return stream.cork();
    }
    this.#turn = "written";
    process.nextTick(() => {
      if (this.#turn === "corked") stream.uncork();
      this.#turn = "idle";
    });
  }

  #flushWaiting(): void {
    this.#lastError = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const op of waiting) if (!op.settled) this.#write(op);
  }

  /** What is in flight gets its reply first: dropped replies would leave writes in doubt. */
  #leaveWhenAnswered(): void {
    if (this.#leaving && this.#inFlight.size === 0) this.#client.stream?.destroy();
  }

  #closed(): void {
    const expected = this.#leaving && this.#inFlight.size === 0;
    this.#leaving = false;
    if (!expected) this.#failAll();
  }

  #noteError(error: unknown): void {
    this.#lastError = error;
    if (this.pending === 0) this.#onError(error);
  }

  #failAll(): void {
    const ops = [...this.#waiting, ...this.#inFlight];
    this.#waiting.clear();
    this.#inFlight.clear();
    for (const op of ops)
      op.fail(op.sent ? lostConnection(undefined) : lostConnection(this.#lastError));
  }
}

class RedisOp extends Op<Reply> {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly #connection: RedisConnection;

  constructor(
    connection: RedisConnection,
    runtime: OpRuntime,
    spec: OpSpec,
    name: string,
    args: readonly Argument[],
    options: OpOptions | undefined,
  ) {
    super(runtime, spec, options);
    this.#connection = connection;
    this.name = name;
    this.args = args;
  }

  protected override send(): void {
    this.#connection.dispatch(this);
  }

  protected override abandon(reason: AbandonReason): void {
    this.#connection.forget(this, reason);
  }
}

/** The error that closed the connection, or one that says that it closed. */
function lostConnection(cause: unknown): unknown {
  if (cause !== undefined) return cause;
  return Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
}

const maxReconnectDelayMs = 1_000;
/** Milliseconds of silence after a deadline until the connection is given up. */
const silentMs = 500;

function clientOptions(dsn: Dsn): RedisOptions & { replyMapping: "legacy" } {
  const { host = "127.0.0.1", port = 6379 } = dsn.hosts[0] ?? {};
  return {
    host,
    port,
    db: Number(dsn.path === "" ? 0 : dsn.path),
    ...(dsn.user === undefined ? {} : { username: dsn.user }),
    ...(dsn.password === undefined ? {} : { password: dsn.password }),
    ...(dsn.scheme === "rediss" ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {}),
    replyMapping: "legacy",
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: true,
    maxRetriesPerRequest: null,
    connectTimeout: Number(dsn.parameters.get("connect_timeout_ms") ?? 2_000),
    keepAlive: 10_000,
    // Jittered, and never above a second: the first call after an outage must not wait for a long pause to end.
    retryStrategy: (times) =>
      Math.random() * Math.min(maxReconnectDelayMs, 25 * 2 ** Math.min(times, 10)),
  };
}
