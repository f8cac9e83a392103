import { isIP } from "node:net";
import { Command, Redis, type RedisOptions } from "ioredis";
import type { Dsn } from "../../runtime/dsn.ts";
import {
  type AbandonReason,
  nestedRuntime,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";
import { databaseOf, isRefusedChoice } from "./database.ts";
import { unanswered } from "./errors.ts";
import {
  type Argument,
  type Dispatcher,
  type Judge,
  type RedisCaller,
  RedisOp,
  type Reply,
} from "./op.ts";
import type { RedisRouter } from "./router.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { Subscriber, type SubscriptionListener } from "./subscription.ts";

/** Where one server is, and who asks. */
export interface Endpoint {
  readonly dsn: Dsn;
  readonly host: string;
  readonly port: number;
  readonly database: number;
}

/** The DSN's first host. @throws DataError programming for a path that is no number */
export function endpointOf(dsn: Dsn, store: string): Endpoint {
  const { host = "127.0.0.1", port = 6379 } = dsn.hosts[0] ?? {};
  return { dsn, host, port, database: databaseOf(dsn, store) };
}

/** Asks a new connection whether this server may be used at all. @throws DataError when it may not */
export type Greeting = (
  ask: (name: string, ...args: readonly string[]) => Promise<Reply>,
) => Promise<void>;

/** One after the other; undefined where there is none. */
export function greetings(...all: readonly (Greeting | undefined)[]): Greeting | undefined {
  const given = all.filter((one) => one !== undefined);
  if (given.length < 2) return given[0];
  return async (ask) => {
    for (const greeting of given) await greeting(ask);
  };
}

/**
 * One ioredis connection without the driver's own repetitions: nothing is resent, nothing waits in its offline queue; deadline,
 * retry and drain are the runtime's. Calls made while there is no connection wait here, for their deadline or for the first failure
 * to connect, whichever comes first.
 */
export class RedisConnection implements RedisRouter, Dispatcher {
  readonly partitioned = false;
  readonly defaultDeadlineMs: number;
  readonly nested: RedisCaller;
  readonly #runtime: OpRuntime;
  readonly #onError: (error: unknown) => void;
  readonly #client: Redis;
  readonly #waiting = new Set<RedisOp>();
  readonly #inFlight = new Set<RedisOp>();
  readonly #greeting: Greeting | undefined;
  #subscriber: Subscriber | undefined = undefined;
  readonly #watch = new SilenceWatch(silentMs, () => this.#client.stream?.destroy());
  /** What this turn of the event loop has written: nothing, one command, or several under one cork. */
  #turn: "idle" | "written" | "corked" = "idle";
  /** The server has become a replica: calls wait for another connection, which may find its successor. */
  #leaving = false;
  /** Connected, and the server has not yet answered what the driver asks first. */
  #shaking = false;
  /** The server was greeted since the connection came about. */
  #welcome = false;
  /** Connections that came and went, and the one that was greeted last: the driver may never settle what it asked a lost one. */
  #connections = 0;
  #greeted = -1;
  #lastError: unknown = undefined;

  constructor(
    endpoint: Endpoint,
    runtime: OpRuntime,
    onError: (error: unknown) => void,
    greeting?: Greeting,
    onLost?: () => void,
  ) {
    this.#runtime = runtime;
    this.#greeting = greeting;
    const nested = nestedRuntime(runtime);
    this.defaultDeadlineMs = runtime.defaultDeadlineMs;
    this.nested = {
      defaultDeadlineMs: runtime.defaultDeadlineMs,
      call: (spec, name, args, options, judge) =>
        new RedisOp(this, nested, spec, name, args, options, judge).start(),
    };
    this.#onError = onError;
    this.#client = new Redis(clientOptions(endpoint));
    this.#client.on("connect", () => {
      this.#watch.sign();
      this.#shaking = true;
      this.#lastError = undefined;
    });
    this.#client.on("ready", () => {
      this.#shaking = false;
      this.#greet();
    });
    this.#client.on("error", (error) => this.#noteError(error));
    this.#client.on("close", () => {
      this.#closed();
      onLost?.();
    });
    this.#client.on("end", () => this.#failAll());
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

  subscribe(channel: string, listener: SubscriptionListener): () => void {
    this.#subscriber ??= new Subscriber(() => this.duplicate());
    return this.#subscriber.listen(channel, listener);
  }

  /** A client for channels, which are of no database; not connected yet. */
  duplicate(): Redis {
    return this.#client.duplicate({ db: 0, enableOfflineQueue: true, lazyConnect: true });
  }

  everywhere(): Promise<readonly RedisCaller[]> {
    return Promise.resolve([this.nested]);
  }

  together(keys: readonly string[]): readonly (readonly string[])[] {
    return [keys];
  }

  get pending(): number {
    return this.#waiting.size + this.#inFlight.size;
  }

  get connected(): boolean {
    return this.#client.status === "ready";
  }

  /** Closes every socket; what still waits fails as a lost connection. */
  close(): void {
    this.#watch.stop();
    this.#subscriber?.close();
    this.#client.disconnect();
    this.#failAll();
  }

  /** Sends or queues an attempt; called by the op. */
  dispatch(op: RedisOp): void {
    if (this.#welcome && !this.#leaving && this.#client.status === "ready") return this.#write(op);
    if (this.#client.status === "end") return op.fail(lostConnection(this.#lastError));
    this.#waiting.add(op);
    if (this.#client.status === "ready" && !this.#leaving) this.#greet();
    if (this.#client.status === "wait") this.#client.connect().catch(() => {});
  }

  /** The op was answered by deadline or abort; of a late reply it only hears. */
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
    if (op.asking) this.#ask();
    const isCurrent = (): boolean => {
      this.#watch.sign();
      return op.attempts === attempt && this.#inFlight.delete(op);
    };
    command.resolve = (reply: Buffer) => {
      // What its caller no longer waits for may still have changed something.
      if (isCurrent() || op.settled) op.answered(command.transformReply(reply) as Reply);
    };
    command.reject = (error) => {
      if (error.message.startsWith("READONLY")) this.#leaving = true;
      if (isCurrent()) op.rejected(error);
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

  /** The command after it may be about a slot that is on its way to this node. */
  #ask(): void {
    const command = new Command("asking", []);
    command.reject = () => {};
    this.#client.sendCommand(command);
  }

  /** Calls wait until the server is known to be one that may hold the store. */
  #greet(): void {
    if (this.#greeting === undefined) return this.#flushWaiting();
    if (this.#greeted === this.#connections) return;
    const connection = (this.#greeted = this.#connections);
    const ask = (name: string, ...args: readonly string[]): Promise<Reply> =>
      this.#client.call(name, ...args) as Promise<Reply>;
    const current = (): boolean => connection === this.#connections;
    this.#greeting(ask).then(
      () => {
        if (current()) this.#flushWaiting();
      },
      (error: unknown) => {
        if (current()) this.#turnAway(error);
      },
    );
  }

  /** The next call asks again: the server may have been set right. */
  #turnAway(error: unknown): void {
    this.#greeted = -1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const op of waiting) op.fail(error);
  }

  #flushWaiting(): void {
    this.#welcome = this.#client.status === "ready";
    if (!this.#welcome) return;
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
    if (this.#shaking) this.#lastError = unanswered(this.#lastError);
    this.#shaking = false;
    this.#leaving = false;
    this.#welcome = false;
    this.#connections += 1;
    if (!expected) this.#failAll();
  }

  #noteError(error: unknown): void {
    if (isRefusedChoice(error)) return;
    this.#lastError = error;
    // What is no Redis says so at every attempt to connect, which the next caller hears.
    if (this.pending === 0 && !this.#shaking) this.#onError(error);
  }

  #failAll(): void {
    const ops = [...this.#waiting, ...this.#inFlight];
    this.#waiting.clear();
    this.#inFlight.clear();
    for (const op of ops)
      op.fail(op.sent ? lostConnection(undefined) : lostConnection(this.#lastError));
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

function clientOptions({
  dsn,
  host,
  port,
  database,
}: Endpoint): RedisOptions & { replyMapping: "legacy" } {
  return {
    host,
    port,
    db: database,
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
