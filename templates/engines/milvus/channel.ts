import type { ClientUnaryCall } from "@grpc/grpc-js";
import type { Attempt } from "../../runtime/call.ts";
import type { Dsn } from "../../runtime/dsn.ts";
import {
  MilvusConnectError,
  MilvusNoStatusError,
  MilvusStatusError,
  type ReplyStatus,
} from "./errors.ts";
import { Gate } from "./gate.ts";
import { type Connector, connectorTo, lastTry, type Reply, type Service } from "./service.ts";

export interface ChannelConfig {
  /** Connections at most; calls share them. */
  readonly connections: number;
  /** Milliseconds a call waits for its turn before `overloaded`. */
  readonly acquireTimeoutMs: number;
  /** Milliseconds to connect. */
  readonly connectTimeoutMs: number;
}

/** Streams that a server takes on one HTTP/2 connection, at least: RFC 9113 section 6.5.2. */
const streamsPerConnection = 100;
/** `status.DEADLINE_EXCEEDED` of grpc-js. */
const deadlineExceeded = 4;
/** `connectivityState` of grpc-js. */
const states = { ready: 2, failed: 3, shutdown: 4 } as const;

interface Connection {
  readonly service: Service;
  calls: number;
  /** When it last answered anything. */
  answeredAt: number;
}

/** Connections to one server, made at the first call; every call of the engine goes through `call`. */
export class MilvusChannel {
  readonly #dsn: Dsn;
  readonly #config: ChannelConfig;
  readonly #gate: Gate;
  readonly #connections: Connection[] = [];
  #connector: Promise<Connector> | undefined;
  #closed = false;

  constructor(dsn: Dsn, config: ChannelConfig) {
    this.#dsn = dsn;
    this.#config = config;
    this.#gate = new Gate(config.connections * streamsPerConnection, config.acquireTimeoutMs);
  }

  /** Calls in flight, and those that wait for their turn. */
  get calls(): { readonly used: number; readonly pending: number } {
    return this.#gate.calls;
  }

  /**
   * One procedure. The reply is there when its status says success, and only then.
   *
   * @throws MilvusStatusError, MilvusNoStatusError, MilvusConnectError, or what gRPC reports
   */
  async call(method: string, request: object, attempt: Attempt): Promise<Reply> {
    attempt.sent = false;
    const leave = await this.#gate.enter();
    try {
      const connector = await this.#loaded();
      const connection = await this.#ready(connector, attempt);
      // While it waited for its turn or its connection, the caller was told that nothing was sent.
      if (attempt.settled) throw new MilvusConnectError("the call was over before it was sent");
      return await this.#send(connection, connector, method, request, attempt);
    } finally {
      leave();
    }
  }

  close(): void {
    this.#closed = true;
    for (const { service } of this.#connections.splice(0)) service.close();
  }

  /** Loads the driver, once; connects to nothing. */
  async load(): Promise<void> {
    await this.#loaded();
  }

  #loaded(): Promise<Connector> {
    this.#connector ??= connectorTo(this.#dsn);
    return this.#connector;
  }

  /** The least busy connection, connected: a call that leaves on no connection is known not to have been applied. */
  async #ready(connector: Connector, attempt: Attempt): Promise<Connection> {
    const connection = this.#pick(connector);
    const channel = connection.service.getChannel();
    const end = Date.now() + Math.min(this.#config.connectTimeoutMs, attempt.remainingMs());
    for (let state = channel.getConnectivityState(true); state !== states.ready;) {
      if (state === states.shutdown) throw new MilvusConnectError("the connection is closed");
      if (state === states.failed)
        throw new MilvusConnectError(
          "no server answers there",
          await lastTry(connection.service, connector.metadata, end),
        );
      const before = state;
      await new Promise<void>((changed, failed) => {
        channel.watchConnectivityState(before, end, (late) => {
          if (late === undefined) changed();
          else failed(new MilvusConnectError("no connection within its time", late.message));
        });
      });
      state = channel.getConnectivityState(true);
    }
    return connection;
  }

  #pick(connector: Connector): Connection {
    if (this.#closed) throw new MilvusConnectError("the store is closed");
    const idle = this.#connections.toSorted((a, b) => a.calls - b.calls)[0];
    const full = this.#connections.length >= this.#config.connections;
    if (idle !== undefined && (full || idle.calls < streamsPerConnection)) return idle;
    const made = { service: connector.open(), calls: 0, answeredAt: 0 };
    this.#connections.push(made);
    return made;
  }

  #send(
    connection: Connection,
    { metadata }: Connector,
    method: string,
    request: object,
    attempt: Attempt,
  ): Promise<Reply> {
    const send = connection.service[method];
    if (send === undefined) throw new MilvusNoStatusError(method);
    const began = performance.now();
    connection.calls += 1;
    attempt.sent = true;
    const dropSilent = (): void => {
      if (connection.answeredAt < began) this.#drop(connection);
    };
    return new Promise<Reply>((resolve, reject) => {
      let call: ClientUnaryCall | undefined;
      attempt.onAbandon = (reason) => {
        call?.cancel();
        if (reason === "deadline") dropSilent();
      };
      const deadline = Date.now() + Math.max(1, Math.ceil(attempt.remainingMs()));
      call = send.call(connection.service, request, metadata, { deadline }, (error, reply) => {
        connection.calls -= 1;
        if (error === null) connection.answeredAt = performance.now();
        // Of the two clocks that watch the deadline, gRPC's was first.
        else if ("code" in error && error.code === deadlineExceeded) dropSilent();
        if (error !== null) reject(error);
        else settle(method, reply, resolve, reject);
      });
    });
  }

  /** It was silent for the whole time of a call: its peer may be gone without a word, so the next call takes a new one. */
  #drop(connection: Connection): void {
    const at = this.#connections.indexOf(connection);
    if (at === -1) return;
    this.#connections.splice(at, 1);
    connection.service.close();
  }
}

/** Some procedures answer with a bare status, the others with one in their reply; a reply without any is no success. */
function settle(
  method: string,
  reply: Reply | undefined,
  resolve: (reply: Reply) => void,
  reject: (error: unknown) => void,
): void {
  const status = statusOf(reply);
  if (reply === undefined || status === undefined) reject(new MilvusNoStatusError(method));
  else if (status.code !== 0 || status.error_code !== 0) reject(new MilvusStatusError(status));
  else resolve(reply);
}

function statusOf(reply: Reply | undefined): ReplyStatus | undefined {
  const status = reply !== undefined && "status" in reply ? reply["status"] : reply;
  return isStatus(status) ? status : undefined;
}

const isStatus = (value: unknown): value is ReplyStatus =>
  typeof value === "object" &&
  value !== null &&
  "error_code" in value &&
  typeof value.error_code === "number" &&
  "code" in value &&
  typeof value.code === "number";
