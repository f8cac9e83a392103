/** What the providers of MySQL and MariaDB ask a running server, through the driver. */
import { randomBytes } from "node:crypto";
import mysql, { type Connection } from "mysql2/promise";
import { collations, type Dialect } from "../../../templates/engines/mysql/session-settings.ts";
import type { Namespace, ServerFacts } from "../contract.ts";

const connectMs = 2_000;

/** Resolves when the server answers a query. */
export async function probe(dsn: string, tls: boolean): Promise<void> {
  await ask(dsn, tls, (connection) => connection.query("select 1"));
}

/** Facts of whatever server answers at `dsn`. */
export async function describe(engine: Dialect, dsn: string, tls: boolean): Promise<ServerFacts> {
  const [rows] = await ask(dsn, tls, (connection) =>
    connection.query<mysql.RowDataPacket[]>("select version() as version"),
  );
  const version = String(rows[0]?.["version"]).replace(/-.*$/, "");
  const origin = `TEST_${engine.toUpperCase()}_URL`;
  return { engine, dsn, kind: "real", version, origin, features: [] };
}

/** A database of its own, with the collation of generated tables. */
export async function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  const url = new URL(server.dsn);
  url.pathname = `/${name}`;
  const collation = collations[server.engine as Dialect];
  const tls = server.caPem !== undefined;
  const run = async (text: string): Promise<void> => {
    await ask(server.dsn, tls, (connection) => connection.query(text));
  };
  await run(`create database ${name} character set utf8mb4 collate ${collation}`);
  return { name, dsn: url.href, drop: () => run(`drop database if exists ${name}`) };
}

async function ask<T>(
  dsn: string,
  tls: boolean,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const url = new URL(dsn);
  const connection = await mysql.createConnection({
    host: url.hostname,
    port: Number(url.port || "3306"),
    user: decodeURIComponent(url.username) || "root",
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    connectTimeout: connectMs,
    ...(tls ? { ssl: { rejectUnauthorized: false } } : {}),
  });
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
