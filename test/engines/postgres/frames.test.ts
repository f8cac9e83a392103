import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { cell, proving } from "../../support/closing-table.ts";
import { type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { columnOf, isMissing, type Namespace, type Server, sharedServer } from "../servers.ts";
import { postgresFramer } from "./frames.ts";

const found = await sharedServer("postgres");
const missing = isMissing(found) ? found.reason : undefined;
const proof = { port: "fault proxy", engine: columnOf(found), method: "drop_reply" };
if (missing !== undefined) cell(proof, { kind: "not proven", why: missing });

let space: Namespace;
let proxy: FaultProxy;
let direct: pg.Client;

/** Tests below run only with a server. */
function server(): Server {
  if (isMissing(found)) throw new Error(found.reason);
  return found;
}

async function connect(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function count(): Promise<number> {
  const { rows } = await direct.query<{ n: number }>("select count(*)::int as n from t");
  return rows[0]?.n ?? -1;
}

beforeAll(async () => {
  if (missing !== undefined) return;
  space = await server().namespace();
  direct = await connect(space.dsn);
  await direct.query("create table t (id int primary key, note text)");
});

afterAll(async () => {
  if (missing !== undefined) return;
  await direct.end();
  await space.drop();
});

beforeEach(async () => {
  if (missing !== undefined) return;
  await direct.query("truncate t");
  proxy = await startFaultProxy({ target: space.dsn, framer: postgresFramer });
});

afterEach(() => proxy?.stop());

function on(name: string, body: () => Promise<void>): void {
  test.skipIf(missing !== undefined)(name, proving(proof, body));
}

on(
  "the reply to one insert is lost, by its text: the row is there, its caller does not know",
  async () => {
    proxy.add({ kind: "drop_reply", when: ({ text }) => /insert/.test(text), after: "cut" });
    const client = await connect(proxy.through(space.dsn));
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await expect(client.query("insert into t values ($1, $2)", [1, "x"])).rejects.toThrow();
    expect(await count()).toBe(1);
  },
);

on("a named statement is known by its text also when it is only bound", async () => {
  const lost = proxy.add(
    { kind: "drop_reply", when: ({ text }) => text.includes("insert into t"), after: "cut" },
    { on: false },
  );
  const client = await connect(proxy.through(space.dsn));
  const insert = { name: "put", text: "insert into t values ($1, $2)" };
  await client.query(insert, [1, "x"]);
  lost.toggle(true);
  await expect(client.query(insert, [2, "y"])).rejects.toThrow();
  expect(lost.hits()).toBe(1);
  expect(await count()).toBe(2);
});

on("the reply to COMMIT is lost: the transaction holds", async () => {
  proxy.add({ kind: "drop_reply", when: ({ text }) => /^commit$/i.test(text), after: "cut" });
  const client = await connect(proxy.through(space.dsn));
  await client.query("begin");
  await client.query("insert into t values (1, 'x')");
  await expect(client.query("commit")).rejects.toThrow();
  expect(await count()).toBe(1);
});

on("the N-th request of a connection, among replies of many messages and errors", async () => {
  const client = await connect(proxy.through(space.dsn));
  await client.query("select generate_series(1, 5000), repeat('x', 300)");
  await expect(client.query("select 1/0")).rejects.toThrow("division");
  await expect(client.query("insert into t values ($1)", ["nope"])).rejects.toThrow("invalid");
  await client.query("insert into t values (1, 'a'); insert into t values (2, 'b')");
  proxy.add({ kind: "drop_reply", when: ({ index }) => index === 4, after: "cut" });
  await expect(client.query("insert into t values (3, 'c')")).rejects.toThrow();
  expect(await count()).toBe(3);
  expect(proxy.counts()).toMatchObject({ requests: 5, repliesLost: 1 });
});

on(
  "blackhole after the reply: the query never settles by itself, the next connection works",
  async () => {
    proxy.add({ kind: "drop_reply", when: ({ text }) => /insert/.test(text), after: "blackhole" });
    const client = await connect(proxy.through(space.dsn));
    let settled = false;
    const lost = client.query("insert into t values (1, 'x')").finally(() => (settled = true));
    const other = await connect(proxy.through(space.dsn));
    await other.query("insert into t values (2, 'y')");
    expect(settled).toBe(false);
    await other.end();
    proxy.cut();
    await expect(lost).rejects.toThrow();
    expect(await count()).toBe(2);
  },
);

on("everything is the same through one-byte slices", async () => {
  proxy.add({ kind: "slicer", bytes: 1 }, { direction: "up" });
  proxy.add({ kind: "slicer", bytes: 7 }, { direction: "down" });
  const client = await connect(proxy.through(space.dsn));
  const text = "select n, repeat('é', 40) as word from generate_series(1, $1::int) n";
  const sliced = await client.query(text, [20]);
  expect(sliced.rows).toEqual((await direct.query(text, [20])).rows);
  await client.end();
});
