/** What the provider asks a running server, through the driver. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Namespace, ServerFacts } from "../contract.ts";

/** Resolves when the server takes a connection and answers. */
export async function probe(dsn: string, tls = false): Promise<void> {
  await ask(dsn, tls, "select 1");
}

/** Facts of whatever server answers at `dsn`. */
export async function describe(dsn: string, tls = false): Promise<ServerFacts> {
  const [row] = await ask(
    dsn,
    tls,
    `select current_setting('server_version') as version, current_setting('ssl') = 'on' as tls,
            exists (select from pg_available_extensions where name = 'vector') as vector`,
  );
  const has = (feature: string): string[] => (row?.[feature] === true ? [feature] : []);
  return {
    engine: "postgres",
    dsn,
    kind: "real",
    version: String(row?.["version"]),
    origin: "TEST_POSTGRES_URL",
    features: [...has("vector"), ...has("tls")],
  };
}

/** A database of its own. Dropping it closes the connections that are still open to it. */
export async function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  const tls = server.caPem !== undefined;
  await ask(server.dsn, tls, `create database ${name}`);
  const url = new URL(server.dsn);
  url.pathname = `/${name}`;
  return {
    name,
    dsn: url.href,
    drop: async () => {
      await ask(server.dsn, tls, `drop database if exists ${name} with (force)`);
    },
  };
}

async function ask(
  dsn: string,
  tls: boolean,
  text: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: dsn,
    connectionTimeoutMillis: 5000,
    // Only to see that the test's own server is up, whatever (bad) certificate the test gave it.
    ...(tls ? { ssl: { rejectUnauthorized: false } } : {}),
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
