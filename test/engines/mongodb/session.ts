/** What the provider asks a running server, through the driver. */
import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import type { Namespace, ServerFacts } from "../contract.ts";

/** Resolves when the server answers a ping. */
export async function probe(dsn: string): Promise<void> {
  await ask(dsn, (client) => client.db("admin").command({ ping: 1 }));
}

/** Facts of whatever server answers at `dsn`; one that does not know its own source revision is not the vendor's. */
export async function describe(dsn: string): Promise<ServerFacts> {
  const build = await ask(dsn, (client) => client.db("admin").command({ buildInfo: 1 }));
  return {
    engine: "mongodb",
    dsn,
    kind: build["gitVersion"] === "unknown" ? "emulator" : "real",
    version: String(build["version"]),
    origin: "TEST_MONGODB_URL",
    features: [],
  };
}

/** A database of its own. */
export async function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  const url = new URL(server.dsn);
  // With credentials in the DSN the path also says where they are kept: say it apart from the path now.
  if (url.username && !url.searchParams.has("authSource"))
    url.searchParams.set("authSource", url.pathname.slice(1) || "admin");
  url.pathname = `/${name}`;
  return {
    name,
    dsn: url.href,
    drop: async () => {
      await ask(server.dsn, (client) => client.db(name).dropDatabase());
    },
  };
}

async function ask<T>(dsn: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(dsn, { serverSelectionTimeoutMS: 2000, connectTimeoutMS: 2000 });
  try {
    return await work(await client.connect());
  } finally {
    await client.close();
  }
}
