/**
 * A TCP proxy on loopback that does the network's worst between a client and a real server. Faults are added, toggled and
 * removed while connections live; a seed repeats its choices.
 */
import { createServer, type Server, type Socket } from "node:net";
import { FaultConnection } from "./fault-connection.ts";
import type { Framer } from "./frames.ts";
import { seeded } from "./random.ts";
import type { ActiveToxic, Toxic, ToxicHandle, ToxicOptions } from "./toxics.ts";

export interface FaultProxyOptions {
  /** DSN or `host:port` of the server behind. */
  readonly target: string;
  /** Needed for `drop_reply`: how to tell replies apart. */
  readonly framer?: () => Framer;
  readonly seed?: number;
}

export interface FaultProxyCounts {
  /** Connections ever accepted, refused ones not counted. */
  readonly accepted: number;
  readonly refused: number;
  /** Client connections open now. */
  readonly open: number;
  /** The most that were open at once. */
  readonly peak: number;
  /** Bytes that arrived, not those swallowed. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Requests seen by the framer. */
  readonly requests: number;
  readonly repliesLost: number;
}

export interface FaultProxy {
  readonly port: number;
  /** The same DSN, led through this proxy. */
  through(dsn: string): string;
  add(toxic: Toxic, options?: ToxicOptions): ToxicHandle;
  /** Removes every toxic. Connections that lost bytes stay dead, as no real network would bring them back. */
  clear(): void;
  /** RST to all connections of now. */
  cut(): void;
  counts(): FaultProxyCounts;
  /** Cuts all, stops listening. */
  stop(): Promise<void>;
}

/** Starts listening on a free loopback port. Nothing is connected before a client comes. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const target = addressOf(options.target);
  const random = seeded(options.seed ?? 1);
  const connections = new Set<FaultConnection>();
  const tally = {
    accepted: 0,
    refused: 0,
    peak: 0,
    bytesUp: 0,
    bytesDown: 0,
    requests: 0,
    repliesLost: 0,
  };
  let toxics: readonly ActiveToxic[] = [];
  const accept = (client: Socket): void => {
    if (toxics.some((one) => one.on && one.toxic.kind === "down")) {
      tally.refused += 1;
      client.resetAndDestroy();
      return;
    }
    tally.accepted += 1;
    const connection = new FaultConnection(client, {
      target,
      toxics: () => toxics,
      random,
      tally,
      framer: options.framer?.(),
      closed: (one) => connections.delete(one),
    });
    connections.add(connection);
    connection.toxicsChanged();
    tally.peak = Math.max(tally.peak, connections.size);
  };
  const changed = (): void => connections.forEach((connection) => connection.toxicsChanged());
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  const port = await listen(listener);
  const cut = (): void => connections.forEach((connection) => connection.cut());
  const replace = (next: readonly ActiveToxic[]): void => {
    toxics = next;
    changed();
  };
  return {
    port,
    through: (dsn) => throughPort(dsn, port),
    add: (toxic, how = {}) => {
      if (toxic.kind === "drop_reply" && !options.framer)
        throw new Error("drop_reply needs a framer: startFaultProxy({ framer })");
      const { direction, probability = 1, on = true } = how;
      const active: ActiveToxic = { toxic, direction, probability, on, hits: 0 };
      replace([...toxics, active]);
      return {
        toggle: (state = !active.on) => {
          active.on = state;
          changed();
        },
        remove: () => replace(toxics.filter((one) => one !== active)),
        hits: () => active.hits,
      };
    },
    clear: () => replace([]),
    cut,
    counts: () => ({ ...tally, open: connections.size }),
    stop: async () => {
      const closed = new Promise<void>((done) => listener.close(() => done()));
      cut();
      await closed;
    },
  };
}

function listen(listener: Server): Promise<number> {
  return new Promise((done, fail) => {
    listener.once("error", fail);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      if (address && typeof address !== "string") done(address.port);
    });
  });
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function addressOf(target: string): Address {
  const url = new URL(target.includes("://") ? target : `tcp://${target}`);
  if (!url.port) throw new Error("the proxy's target needs a port");
  return { host: url.hostname, port: Number(url.port) };
}

function throughPort(dsn: string, port: number): string {
  const url = new URL(dsn);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return url.href;
}
