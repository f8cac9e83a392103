/**
 * One server per engine for a whole test run. The test runner's main process owns the servers and starts each when the first
 * worker asks; workers ask over loopback, so a run that needs no server starts none.
 */
import { createConnection, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { reasonOf } from "./command.ts";
import { isMissing, type Missing, type PrivateServer, type ServerFacts } from "./contract.ts";
import { givenServer, providerOf, startServer } from "./registry.ts";

/** What a worker is told. */
export type Answer = ServerFacts | Missing | { readonly failure: string };

export interface Broker {
  readonly port: number;
  /** Stops every server that it started. */
  stop(): Promise<void>;
}

interface Owned {
  readonly facts: ServerFacts | Missing;
  readonly server?: PrivateServer;
}

/** Listens on loopback for workers. */
export async function startBroker(): Promise<Broker> {
  const owned = new Map<string, Promise<Owned>>();
  const once = (wanted: string): Promise<Owned> => {
    const known = owned.get(wanted) ?? obtain(wanted);
    owned.set(wanted, known);
    return known;
  };
  const listener = createServer({ allowHalfOpen: true }, (socket) => void serve(socket, once));
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  listener.unref();
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port for the broker");
  const stop = async (): Promise<void> => {
    listener.close();
    const all = await Promise.allSettled(owned.values());
    await Promise.all(
      all.map((one) => (one.status === "fulfilled" ? one.value.server?.stop() : undefined)),
    );
  };
  return { port: address.port, stop };
}

/** @param wanted the engine, then the features that its server must have */
async function obtain(wanted: string): Promise<Owned> {
  const [engine = "", ...features] = wanted.split(" ");
  const given = await givenServer(await providerOf(engine));
  if (given) return { facts: lacking(given, features) ?? given };
  const server = await startServer(engine, { features });
  if (isMissing(server)) return { facts: server };
  const {
    namespace: _,
    pidNow: _p,
    stop: _s,
    kill9: _k,
    restart: _r,
    atRest: _a,
    freeze: _f,
    thaw: _t,
    ...facts
  } = server;
  return { facts, server };
}

function lacking(given: ServerFacts, wanted: readonly string[]): Missing | undefined {
  const missing = wanted.filter((feature) => !given.features.includes(feature));
  if (missing.length === 0) return undefined;
  return { engine: given.engine, reason: `the given server has no ${missing.join(", ")}` };
}

async function serve(socket: Socket, once: (engine: string) => Promise<Owned>): Promise<void> {
  socket.on("error", () => socket.destroy());
  const wanted = await text(socket).catch(() => "");
  const answer: Answer = await once(wanted).then(
    (one) => one.facts,
    (cause: unknown) => ({ failure: reasonOf(cause) }),
  );
  socket.end(JSON.stringify(answer));
}

/** Asks the broker that listens on `port`. */
export async function askBroker(
  port: number,
  engine: string,
  features: readonly string[] = [],
): Promise<Answer> {
  const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end([engine, ...features].join(" "));
  // Our own process wrote it.
  return JSON.parse(await text(socket)) as Answer;
}
