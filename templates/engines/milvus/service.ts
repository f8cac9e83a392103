import type { ChannelOptions, Client, ClientUnaryCall, Metadata } from "@grpc/grpc-js";
import type { Dsn } from "../../runtime/dsn.ts";

/** A reply before it is checked: plain data as the protocol's definition names it. */
export type Reply = Readonly<Record<string, unknown>>;

type Send = (
  request: object,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: Error | null, reply: Reply | undefined) => void,
) => ClientUnaryCall;

/** One connection with the server's procedures by name. */
export type Service = Client & Readonly<Record<string, Send | undefined>>;

/** What it takes to open a connection. */
export interface Connector {
  readonly metadata: Metadata;
  open(): Service;
}

/** Milliseconds. A restarted server is found again within the largest of them. */
const reconnect = { first: 100, largest: 1_000 };
const keepalive = { every: 10_000, patience: 5_000 };

const channelOptions: ChannelOptions = {
  // Each connection is one of its own: by default those to one address are shared, and a broken one would come back.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": reconnect.first,
  "grpc.min_reconnect_backoff_ms": reconnect.first,
  "grpc.max_reconnect_backoff_ms": reconnect.largest,
  "grpc.keepalive_time_ms": keepalive.every,
  "grpc.keepalive_timeout_ms": keepalive.patience,
  "grpc.keepalive_permit_without_calls": 1,
  // The data layer has the one retry rule.
  "grpc.enable_retries": 0,
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  // An environment's proxy is for HTTP; a database behind it would be reached by nobody's intent.
  "grpc.enable_http_proxy": 0,
};

const defaultPort = 19_530;

/**
 * The vendor's service definition on a channel of our own. The driver's `MilvusClient` is not used: it connects in its constructor,
 * retries by itself, makes an empty success of a call that the server does not know, and hides the status of a failed search behind a
 * TypeError. Loaded at the first call, since it takes some 500 ms.
 */
export async function connectorTo(dsn: Dsn): Promise<Connector> {
  const [grpc, sdk] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@zilliz/milvus2-sdk-node"),
  ]);
  const Definition = sdk.getGRPCService(
    { serviceName: "milvus.proto.milvus.MilvusService" },
    { keepCase: true, longs: String, enums: Number, defaults: true },
  );
  const address = addressOf(dsn);
  const metadata = new grpc.Metadata();
  metadata.set("dbname", dsn.path === "" ? "default" : dsn.path);
  const login = loginOf(dsn);
  if (login !== undefined) metadata.set("authorization", Buffer.from(login).toString("base64"));
  const secure = dsn.scheme === "milvus+https";
  return {
    metadata,
    open: () => {
      const credentials = secure ? grpc.credentials.createSsl() : grpc.credentials.createInsecure();
      return new Definition(address, credentials, channelOptions) as unknown as Service;
    },
  };
}

/**
 * What gRPC tells of its last try to connect: a call on a connection that has failed fails at once, with that.
 *
 * @param deadline as of `Date.now()`
 */
export function lastTry(service: Service, metadata: Metadata, deadline: number): Promise<string> {
  return new Promise((told) => {
    service["GetVersion"]?.({}, metadata, { deadline }, (error) => {
      told(error !== null && "details" in error ? String(error.details) : "");
    });
  });
}

function addressOf({ hosts: [host] }: Dsn): string {
  const name = host?.host ?? "127.0.0.1";
  return `${name.includes(":") ? `[${name}]` : name}:${host?.port ?? defaultPort}`;
}

/** `user:password`, or a token given as a password without a user. */
function loginOf({ user, password }: Dsn): string | undefined {
  if (password === undefined) return undefined;
  return user === undefined ? password : `${user}:${password}`;
}
