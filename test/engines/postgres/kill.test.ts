import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, privateServer } from "../servers.ts";

const server = await privateServer("postgres");
const proof = { port: "test server", engine: columnOf(server), method: "kill -9 under load" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

afterAll(async () => {
  if (!isMissing(server)) await server.stop();
});

async function connect(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

// A backend that computes does not look whether its parent lives: left alone it would hold the old data's memory for minutes.
const body = proving(proof, async () => {
  if (isMissing(server)) return expect.unreachable();
  const client = await connect(server.dsn);
  await client.query("create table kept (id int)");
  await client.query("insert into kept values (1)");
  const busy = client.query(
    "select count(*) from generate_series(1, 1000000000) n where n % 7 = 3",
  );
  const outcome = busy.then(
    () => "answered",
    () => "lost",
  );
  await sleep(200);
  await server.kill9();
  expect(await outcome).toBe("lost");
  await server.restart();
  const again = await connect(server.dsn);
  expect((await again.query("select id from kept")).rows).toEqual([{ id: 1 }]);
  await again.end();
});

test.skipIf(isMissing(server))(
  "killed with a computing backend, it is back at once with all that was committed",
  body,
);
