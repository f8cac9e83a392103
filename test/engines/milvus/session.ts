/** What the provider asks a running server, through the engine's own channel: the driver's client hides what a server answers. */
import { randomBytes } from "node:crypto";
import { MilvusChannel } from "../../../templates/engines/milvus/channel.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import type { Attempt } from "../../../templates/runtime/call.ts";
import type { Namespace, ServerFacts } from "../contract.ts";

const rules = {
  schemes: [{ scheme: "milvus:" }, { scheme: "milvus+https:" }],
  parameters: [],
};

/** Procedures of a server under a deadline each. */
export type Ask = (method: string, request: object) => Promise<Readonly<Record<string, unknown>>>;

const patienceMs = 5_000;

const attemptOf = (): Attempt => {
  const end = performance.now() + patienceMs;
  return {
    sent: false,
    attempts: 1,
    settled: false,
    remainingMs: () => end - performance.now(),
    onAbandon: undefined,
  };
};

/** Runs `work` on a channel of its own. */
export async function onServer<T>(dsn: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const channel = new MilvusChannel(parseDsn(dsn, rules), {
    connections: 1,
    acquireTimeoutMs: patienceMs,
    connectTimeoutMs: 2_000,
  });
  try {
    return await work((method, request) => channel.call(method, request, attemptOf()));
  } finally {
    channel.close();
  }
}

/** Resolves when the server answers. */
export async function probe(dsn: string): Promise<void> {
  await onServer(dsn, (ask) => ask("GetVersion", {}));
}

const local = /^milvus_lite-/;

/** Facts of whatever server answers at `dsn`; Milvus Lite says so in its version. */
export async function describe(dsn: string): Promise<ServerFacts> {
  const { version } = await onServer(dsn, (ask) => ask("GetVersion", {}));
  const told = String(version);
  return {
    engine: "milvus",
    dsn,
    kind: local.test(told) ? "local build" : "real",
    version: local.test(told) ? `Lite ${told.replace(local, "")}` : told,
    origin: "TEST_MILVUS_URL",
    features: [],
  };
}

/** A database of its own. */
export async function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  await onServer(server.dsn, (ask) => ask("CreateDatabase", { db_name: name }));
  const { host, username, password, protocol } = new URL(server.dsn);
  const login = password === "" ? "" : `${username}:${password}@`;
  const dsn = `${protocol}//${login}${host}/${name}`;
  return {
    name,
    dsn,
    drop: async () => {
      await onServer(dsn, async (ask) => {
        const { collection_names: names } = await ask("ShowCollections", {});
        for (const collection of names as readonly string[]) {
          const { aliases } = await ask("ListAliases", { collection_name: collection });
          for (const alias of aliases as readonly string[]) await ask("DropAlias", { alias });
          await ask("DropCollection", { collection_name: collection });
        }
        await ask("DropDatabase", { db_name: name });
      });
    },
  };
}
