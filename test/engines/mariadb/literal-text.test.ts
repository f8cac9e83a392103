// Values that go within the text of a search: the server reads each as what it is, and none of them ends its literal.
import fc from "fast-check";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { literalText } from "../../../templates/engines/mysql/literal-text.ts";
import { prepared } from "../../../templates/engines/mysql/prepared.ts";
import { sessionSettings } from "../../../templates/engines/mysql/session-settings.ts";
import type { Value } from "../../../templates/engines/mysql/statement.ts";
import { cell } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("mariadb");
const proof = { port: "search", engine: columnOf(server), method: "values within the text" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

describe.skipIf(isMissing(server))("values within the text", () => {
  let space: Namespace;
  let connection: mysql.Connection;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    connection = await mysql.createConnection({
      uri: space.dsn.replace(/^mariadb/, "mysql"),
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    for (const text of sessionSettings("mariadb", 5)) await connection.query(text);
  });
  afterAll(async () => {
    await connection?.end();
    await space?.drop();
    cell(proof, { kind: "proven" });
  });

  const asked = prepared("select hex($1) as given, '$1' as text");
  const given = async (value: Value): Promise<string> => {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      literalText(asked, [value], undefined),
    );
    expect(rows[0]?.["text"]).toBe("$1");
    return String(rows[0]?.["given"]);
  };

  test.each([
    "",
    "'",
    "''",
    "\\",
    "\\'",
    "'; drop table a; -- ",
    "\\\\' or 1=1 #",
    "%_",
    "\n\r\t\u001a",
    "äß漢😀",
    '"`?$1',
  ])("%j", async (text) => {
    expect(Buffer.from(await given(text), "hex").toString()).toBe(text);
  });

  test("any text", async () => {
    const character = fc.constantFrom("'", "\\", '"', "%", "0", "Z", "-", " ", "\n", "é", "😀");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: character, maxLength: 20 }), async (text) => {
        expect(Buffer.from(await given(text), "hex").toString()).toBe(text);
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });

  test("numbers, bytes and nothing", async () => {
    const typed = prepared("select $1 as a, $2 as b, $3 as c, hex($4) as d, $5 is null as e");
    const values = [7, -2.5e-7, 9_007_199_254_740_993n, Uint8Array.of(0, 39, 92), null];
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      literalText(typed, values, undefined),
    );
    expect(rows).toEqual([{ a: 7, b: -2.5e-7, c: "9007199254740993", d: "00275C", e: 1 }]);
  });
});
