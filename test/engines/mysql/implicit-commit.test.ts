// What the servers commit by themselves, `tx.raw()` refuses: asked of the servers, since their manuals leave some out.
import { createConnection, type Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isCommitting, isFrame, isLasting } from "../../../templates/engines/mysql/raw-text.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const committed = [
  "flush tables",
  "FLUSH NO_WRITE_TO_BINLOG STATUS",
  "/* x */ check table item",
  "analyze table item",
  "alter table item comment 'x'",
  "execute made",
  "create view seen as select 1 as one",
  "drop view seen",
];

const kept = [
  "checksum table item",
  "explain select 1",
  "show tables",
  "do 1",
  "create temporary table made_here (a int)",
  "drop temporary table made_here",
  "savepoint here",
  "rollback to here",
];

/** Commits on one server, or where its parts are there, only: refused on both. */
const refusedOnly = [
  "cache index item in default",
  "load index into cache item",
  "reset query cache",
  "reset master",
  "set password = 'x'",
  "set default role none",
  "execute immediate 'commit'",
  "prepare made from 'commit'",
  "deallocate prepare made",
  "drop prepare made",
  "handler item open",
  "/* x */ HANDLER item OPEN AS here",
  "handler here read first",
  "handler here close",
  "backup stage start",
  "import table from 'x'",
  "clone local data directory = '/x'",
  "start replica",
  "stop all slaves",
  "change replication source to source_host = 'x'",
  "lock instance for backup",
];

const isRefused = (text: string): boolean => isFrame(text) || isLasting(text) || isCommitting(text);

test.each(refusedOnly)("%s is refused in a transaction", (text) => {
  expect(isRefused(text)).toBe(true);
});

test.each(["set password = 'x'", "flush tables", "check table item"])(
  "%s may run outside of one",
  (text) => {
    expect([isFrame(text), isLasting(text)]).toEqual([false, false]);
  },
);

for (const engine of ["mysql", "mariadb"]) {
  const server = await sharedServer(engine);
  const of = { port: "record", engine: columnOf(server), method: "implicit commit" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  describe(of.engine, () => {
    let place: Namespace;
    let connection: Connection;
    beforeAll(async () => {
      place = await server.namespace();
      connection = await createConnection(place.dsn);
      await connection.query("create table item (a int primary key) engine=innodb");
      await connection.query("prepare made from 'commit'");
    });
    afterAll(async () => {
      await connection?.end();
      await place?.drop();
    });

    /** Whether the row of an open transaction outlives its rollback. */
    const commits = async (text: string): Promise<boolean> => {
      await connection.query("delete from item");
      await connection.query("begin");
      await connection.query("insert into item values (1)");
      if (text.startsWith("rollback to")) await connection.query("savepoint here");
      await connection.query(text);
      await connection.query("rollback");
      const [rows] = await connection.query("select a from item");
      return Array.isArray(rows) && rows.length === 1;
    };

    test(
      "what commits is refused, what does not is allowed",
      proving(of, async () => {
        for (const text of committed)
          expect([text, await commits(text), isRefused(text)]).toEqual([text, true, true]);
        for (const text of kept)
          expect([text, await commits(text), isRefused(text)]).toEqual([text, false, false]);
      }),
    );
  });
}
