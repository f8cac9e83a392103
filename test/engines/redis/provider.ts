/** Redis: given by DSN, from PATH or Debian's packages, from Docker. */
import { join } from "node:path";
import type { EngineProvider, PrivateServer, ServerFacts, ServerNeed } from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { findBinary } from "./binary.ts";
import { describe, namespace, probe } from "./session.ts";

/** No persistence unless a test asks for it; room for a database per suite. */
const settings: Readonly<Record<string, string>> = {
  save: "",
  appendonly: "no",
  databases: "4096",
  bind: "127.0.0.1",
};

function commandLine(need: ServerNeed, own: Readonly<Record<string, string>>): string[] {
  const secret = need.password ? { requirepass: need.password } : {};
  return Object.entries({ ...settings, ...own, ...secret, ...need.settings }).flatMap(
    ([key, value]) => [`--${key}`, value],
  );
}

function dsnAt(hostAndPort: string, need: ServerNeed): string {
  return `redis://${need.password ? `:${encodeURIComponent(need.password)}@` : ""}${hostAndPort}`;
}

async function startNative(need: ServerNeed): Promise<PrivateServer> {
  const binary = await findBinary();
  const folder = serverFolder("redis", undefined);
  const port = await freePort();
  const dsn = dsnAt(`127.0.0.1:${port}`, need);
  const plan = {
    command: binary.path,
    argv0: "redis-server",
    args: commandLine(need, { port: String(port), dir: folder }),
    folder,
    log: join(folder, "log"),
    probe: () => probe(dsn),
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
  } as const;
  const facts = async (): Promise<ServerFacts> => ({
    ...(await describe(dsn)),
    origin: binary.origin,
  });
  return startPrivate(plan, facts, namespace);
}

const provider: EngineProvider = {
  engine: "redis",
  variable: "TEST_REDIS_URL",
  describe,
  namespace,
  sources: [
    {
      name: "redis-server",
      offers: ["password"],
      start: startNative,
    },
    dockerSource(() => provider, {
      image: "redis:8",
      port: 6379,
      offers: ["password"],
      environment: () => ({}),
      // Inside the container every interface is the container's own; Docker publishes the port.
      command: (need) => ["redis-server", ...commandLine(need, { bind: "*" })],
      dsn: dsnAt,
    }),
  ],
};

export default provider;
