// The rotation that the report names: two passwords while the DSN is rolled out, then only the new one.
import { randomBytes } from "node:crypto";
import { createConnection } from "mysql2/promise";
import { afterAll, describe, expect, test } from "vitest";
import { twoPasswords } from "../../../src/engines/mysql/credentials.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";

const server = await sharedServer("mysql");
const of = { port: "secrets", engine: columnOf(server), method: "rotation" };
if (isMissing(server)) cell(of, { kind: "not proven", why: server.reason });
const user = `u_${randomBytes(6).toString("hex")}`;
const [retain = "", , discard = ""] = twoPasswords.replaceAll(" app ", ` ${user} `).split("; ");

async function run(dsn: string, ...statements: readonly string[]): Promise<void> {
  const connection = await createConnection(dsn);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

describe.skipIf(isMissing(server))("a password of MySQL", () => {
  if (isMissing(server)) return;
  const as = (password: string): string => {
    const url = new URL(server.dsn);
    Object.assign(url, { username: user, password, pathname: "/" });
    return url.href;
  };
  afterAll(() => run(server.dsn, `drop user if exists ${user}`));

  test(
    "is replaced while both hold",
    proving(of, async () => {
      await run(server.dsn, `create user ${user} identified by 'old'`, retain);
      await run(as("old"), "select 1");
      await run(as("new"), "select 1");
      await run(server.dsn, discard);
      await expect(run(as("old"), "select 1")).rejects.toThrow(/denied/);
      await run(as("new"), "select 1");
    }),
  );
});
