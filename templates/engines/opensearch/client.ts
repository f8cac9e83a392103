import { readFileSync } from "node:fs";
import { Client, Connection } from "@opensearch-project/opensearch";
import type { ClientOptions } from "@opensearch-project/opensearch";
import type { Attempt } from "../../runtime/call.ts";
import type { Dsn } from "../../runtime/dsn.ts";
import type { StoreConfig } from "../../runtime/store.ts";
import type { PoolState } from "../../runtime/telemetry.ts";
import { UnexpectedAnswer } from "./errors.ts";

/** One request of the REST interface. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** An object as JSON; a text as it is. */
  readonly body?: object | string | undefined;
  /** The body is lines of JSON. */
  readonly lines?: boolean;
}

/** A JSON answer; what is read of it is checked by whoever reads it. */
export type Answer = Readonly<Record<string, unknown>>;

/** Sockets per node: a search takes one of the node's few search threads, so more only wait there instead of here. */
const defaultSockets = 32;
/** A request outlives the call's own deadline by this much, so that the deadline speaks first. */
const graceMs = 1_000;

type Received = Parameters<Connection["request"]>[1];

/** The driver's connection without its habit of printing what happens to a socket after the answer began. */
class QuietConnection extends Connection {
  override request(
    params: Parameters<Connection["request"]>[0],
    received: Received,
  ): ReturnType<Connection["request"]> {
    const request = super.request(params, (error, response) => {
      if (response !== null) {
        request.removeAllListeners("error");
        request.on("error", () => {});
      }
      received(error, response);
    });
    return request;
  }
}

/**
 * The driver with everything of its own off that would hide a failure: retries, sniffing, resurrection by ping. What a request means and
 * whether it is sent again is the runtime's.
 */
export class HttpClient {
  readonly #client: Client;
  readonly #sockets: number;

  constructor(config: StoreConfig) {
    this.#sockets = config.pool?.max ?? defaultSockets;
    this.#client = new Client(clientOptions(config, this.#sockets));
  }

  /** Sends one request for an attempt of a call; when the caller is answered first, its socket is closed, which cancels a search. */
  send(request: HttpRequest, attempt: Attempt): Promise<Answer> {
    const { method, path, query = {}, body, lines = false } = request;
    const params = {
      method,
      path,
      querystring: { ...query },
      ...(body === undefined ? {} : lines ? { bulkBody: body as string } : { body }),
    };
    const options = {
      maxRetries: 0,
      requestTimeout: Math.max(1, Math.ceil(attempt.remainingMs())) + graceMs,
    };
    const sent = this.#client.transport.request(params, options);
    const before = attempt.onAbandon;
    attempt.onAbandon = (reason) => {
      before?.(reason);
      sent.abort();
    };
    return sent.then(({ body: told }) => {
      if (typeof told !== "object" || told === null) throw new UnexpectedAnswer();
      return told;
    });
  }

  poolState(): PoolState {
    const agents = [...this.#client.connectionPool.connections].map(({ agent }) => agent);
    const count = (part: "freeSockets" | "sockets" | "requests"): number =>
      agents.reduce(
        (sum, agent) =>
          sum + Object.values(agent[part]).reduce((all, list) => all + (list?.length ?? 0), 0),
        0,
      );
    return {
      idle: count("freeSockets"),
      used: count("sockets"),
      pending: count("requests"),
      max: this.#sockets * agents.length,
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function clientOptions({ dsn, pool }: StoreConfig, maxSockets: number): ClientOptions {
  const { user, password } = dsn;
  return {
    nodes: urlsOf(dsn),
    Connection: QuietConnection,
    maxRetries: 0,
    sniffOnStart: false,
    sniffInterval: false,
    sniffOnConnectionFault: false,
    // A node that failed is asked again with the next call when no other is left: a ping in between would prove nothing.
    resurrectStrategy: "optimistic",
    // Documents of the user may hold any property name; nothing here merges them into other objects.
    disablePrototypePoisoningProtection: true,
    agent: {
      keepAlive: true,
      maxSockets,
      maxFreeSockets: maxSockets,
      // Beyond the driver's types: the agent of node:http closes what was idle for so long.
      ...(pool?.idleTimeoutMs === undefined ? {} : { timeout: pool.idleTimeoutMs }),
    },
    ...(user === undefined ? {} : { auth: { username: user, password: password ?? "" } }),
    ...tlsOptions(dsn),
  };
}

function tlsOptions(dsn: Dsn): Pick<ClientOptions, "ssl"> {
  const file = dsn.parameters.get("ca");
  return file === undefined ? {} : { ssl: { ca: readFileSync(file, "utf8") } };
}

const defaultPort = 9_200;

function urlsOf({ scheme, hosts }: Dsn): string[] {
  const protocol = scheme.endsWith("+https") ? "https" : "http";
  return hosts.map(({ host, port }) => {
    const name = host.includes(":") ? `[${host}]` : host;
    return `${protocol}://${name}:${port ?? defaultPort}`;
  });
}
