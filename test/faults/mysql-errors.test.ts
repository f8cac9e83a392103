// E1: the codes of the fault table as real servers give them.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type MysqlStore } from "../../templates/engines/mysql/store.ts";
import { isDataError } from "../../templates/runtime/errors.ts";
import { openStore, type Opened } from "../unit/mysql-driver/open-store.ts";
import { onPrivateServers } from "./mysql-server.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Kind, code and attempts of a failure. */
const told = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "ok",
    (error: unknown) => (isDataError(error) ? [error.kind, error.code, error.attempts] : error),
  );

const schema = [
  `create table parent (id int primary key, name varchar(5) not null, n int unsigned, u int unique,
    constraint name_check check (name <> 'bad'))`,
  "create table child (id int primary key, parent_id int not null, constraint child_parent foreign key (parent_id) references parent (id))",
  "insert into parent values (1, 'one', 1, 1), (2, 'two', 2, 2)",
  "insert into child values (1, 1)",
  "create trigger parent_guard before delete on parent for each row signal sqlstate '45000' set message_text = 'kept'",
];

/** As the triggers of an audited entity write: the rows of a select. */
const audited = [
  "create table ledger (id int primary key, n int not null)",
  "create table ledger_history (revision bigint not null auto_increment primary key, id int, n int)",
  `insert into ledger with recursive ids (id) as (select 1 union all select id + 1 from ids where id < 110)
    select id, 0 from ids`,
  ...["insert", "update"].map(
    (event) =>
      `create trigger ledger_${event} after ${event} on ledger for each row
        insert into ledger_history (id, n) select new.id, new.n from (select 1) one`,
  ),
];

await onPrivateServers(
  "E1: codes of the server",
  (server) => {
    let opened: Opened;
    let store: MysqlStore;
    let dsn: string;
    const mysql = server.engine === "mysql";

    beforeAll(async () => {
      ({ dsn } = await server.namespace());
      opened = await openStore(dsn, { deadlineMs: 10_000 });
      store = opened.store;
      for (const text of schema) await store.raw(text);
    });
    afterAll(() => opened.close());

    const as = async (name: string): Promise<Opened> => {
      const url = new URL(dsn);
      url.username = name;
      url.password = "p";
      return openStore(url.href, { deadlineMs: 3_000 });
    };
    const user = async (name: string, options = ""): Promise<void> => {
      await store.raw(`create user '${name}'@'127.0.0.1' identified by 'p' ${options}`);
      await store.raw(
        `grant select on ${new URL(dsn).pathname.slice(1)}.* to '${name}'@'127.0.0.1'`,
      );
    };

    type Row = readonly [code: number, kind: string, text: string, constraint?: string];
    const statements: readonly Row[] = [
      [1048, "constraint", "insert into parent (id, name) values (3, null)", "name"],
      [1054, "programming", "select nothing from parent"],
      [1062, "conflict", "insert into parent values (1, 'x', 1, 9)", "PRIMARY"],
      [1062, "conflict", "insert into parent values (3, 'x', 1, 1)", "u"],
      [1064, "programming", "selec 1"],
      [1146, "programming", "select 1 from nowhere"],
      [1264, "constraint", "insert into parent values (3, 'x', -1, 9)"],
      [1364, "constraint", "insert into parent (id) values (3)", "name"],
      [1365, "programming", "insert into parent values (3, 'x', 1 / 0, 9)"],
      [1366, "programming", "insert into parent values ('x', 'x', 1, 9)"],
      [1406, "constraint", "insert into parent values (3, 'too long', 1, 9)", "name"],
      [1451, "constraint", "update parent set id = 9 where id = 1", "child_parent"],
      [1452, "constraint", "insert into child values (2, 99)", "child_parent"],
      [1644, "constraint", "delete from parent where id = 2"],
      [1690, "constraint", "update parent set n = n - 5 where id = 1"],
    ];

    it.each(statements.map(([code, kind, text, constraint]) => ({ code, kind, text, constraint })))(
      "$code: $kind",
      async ({ code, kind, text, constraint }) => {
        const failed = store.raw(text);
        await expect(failed, text).rejects.toMatchObject({
          kind,
          code: `${code}`,
          attempts: 1,
          ...(constraint === undefined ? {} : { constraint }),
        });
      },
    );

    it("a violated check", async () => {
      await expect(store.raw("insert into parent values (3, 'bad', 1, 9)")).rejects.toMatchObject({
        kind: "constraint",
        code: mysql ? "3819" : "4025",
        constraint: "name_check",
      });
    });

    it("messages to the caller hold no values", async () => {
      const error = await store
        .raw("insert into parent values (1, 'SECRT', 1, 9)")
        .catch((failure: unknown) => failure);
      expect(
        `${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`,
      ).not.toMatch(/SECRT|entry '1'/);
    });

    it("1153: a value larger than the server takes", async () => {
      const huge = "x".repeat(2 * 1024 * 1024);
      const [kind, code] = (await told(
        store.raw("select length($1)", [huge]),
      )) as readonly string[];
      // The server hangs up after its answer, which the rest of the value, still being written, may overtake.
      if (kind === "outcome-unknown") expect(["EPIPE", "ECONNRESET"]).toContain(code);
      else expect([kind, code]).toEqual(["constraint", "1153"]);
      expect(await told(store.raw("select 1"))).toBe("ok");
    });

    it("1044, 1045, 1049, 1142, 1227: who may not", async () => {
      await user("reader");
      const reader = await as("reader");
      expect(await told(reader.store.raw("delete from child"))).toEqual(["auth", "1142", 1]);
      expect(await told(reader.store.raw("set global max_connections = 10"))).toEqual([
        "auth",
        "1227",
        1,
      ]);
      await reader.close();
      const elsewhere = await openStore(
        dsn.replace(/\/[^/]*$/, "/mysql").replace("root:right", "reader:p"),
      );
      expect(await told(elsewhere.store.raw("select 1"))).toEqual(["auth", "1044", 1]);
      await elsewhere.close();
      const stranger = await as("stranger");
      expect(await told(stranger.store.raw("select 1"))).toEqual(["auth", "1045", 1]);
      await stranger.close();
      const nowhere = await openStore(dsn.replace(/\/[^/]*$/, "/nowhere"));
      expect(await told(nowhere.store.raw("select 1"))).toEqual(["programming", "1049", 1]);
      await nowhere.close();
    });

    it("1226, 1203: limits of a user are overload, and retried", async () => {
      await user("narrow", "with max_user_connections 1");
      const [one, other] = [await as("narrow"), await as("narrow")];
      await one.store.raw("select 1");
      const refused = (await told(
        other.store.raw("select 1", [], { deadlineMs: 2_000 }),
      )) as readonly unknown[];
      expect(refused[0]).toBe("overloaded");
      expect(["1203", "1226"]).toContain(refused[1]);
      await one.close();
      await other.close();
    });

    it("1040: too many connections are overload", async () => {
      const greedy = await openStore(dsn.replace("root:right", "crowd:p"), {
        pool: { max: 30 },
        deadlineMs: 4_000,
      });
      await user("crowd");
      const calls = await Promise.all(
        Array.from({ length: 30 }, () => told(greedy.store.raw("select sleep(1)"))),
      );
      const kinds = new Set(calls.map((each) => (Array.isArray(each) ? each[0] : each)));
      expect([...kinds].every((kind) => kind === "ok" || kind === "overloaded")).toBe(true);
      expect(kinds).toContain("ok");
      await greedy.close();
    });

    it("1792 in a read-only transaction is the program's fault", async () => {
      const mistake = store.transaction((tx) => tx.raw("update parent set n = 1"), {
        readOnly: true,
      });
      expect(await told(mistake)).toEqual(["programming", "1792", 1]);
    });

    it("1317, 3024, 1969: a statement that was ended applied nothing", async () => {
      const text = mysql
        ? "select /*+ max_execution_time(50) */ sleep(5) from parent where sleep(1) = 0"
        : "set statement max_statement_time = 0.05 for select count(*) from parent where sleep(2) = 0";
      const limited = await told(store.raw(text));
      // MySQL's sleep answers instead of failing when it is interrupted in a select list alone.
      expect(limited).toEqual(["timeout", mysql ? "3024" : "1969", 1]);
      const killed = told(
        store.raw("update parent set n = n + 1 where id = 2 and sleep(5) = 0 /* victim */"),
      );
      await sleep(300);
      const { rows } = await store.raw(
        "select id from information_schema.processlist where info like '%victim%' and info not like '%processlist%'",
      );
      await store.raw(`kill query ${String(rows[0]?.[0])}`);
      expect(await killed).toEqual(["timeout", "1317", 1]);
    });

    it("a killed session leaves a write in doubt, and a read is retried", async () => {
      const kill = async (mark: string): Promise<void> => {
        await sleep(300);
        const { rows } = await store.raw(
          `select id from information_schema.processlist where info like '%${mark}%' and info not like '%processlist%'`,
        );
        await store.raw(`kill ${String(rows[0]?.[0])}`);
      };
      const lost = told(store.raw("update parent set n = n where sleep(2) = 0 /* doubted */"));
      await kill("doubted");
      expect(await lost).toMatchObject(["outcome-unknown", expect.anything(), 1]);
    });

    it("1205 and 1213 are conflicts", async () => {
      const impatient = await openStore(dsn, { deadlineMs: 2_000 });
      const locked = store.transaction(async (tx) => {
        await tx.raw("select 1 from parent where id = 2 for update");
        expect(await told(impatient.store.raw("update parent set n = 7 where id = 2"))).toEqual([
          "conflict",
          "1205",
          1,
        ]);
      });
      await locked;
      await impatient.close();
      const cross = (first: number, second: number): Promise<unknown> =>
        told(
          store.transaction(async (tx) => {
            await tx.raw("update parent set n = 5 where id = $1", [first]);
            await sleep(100);
            await tx.raw("update parent set n = 5 where id = $1", [second]);
          }),
        );
      const outcomes = await Promise.all([cross(1, 2), cross(2, 1)]);
      expect(outcomes).toContainEqual(["conflict", "1213", 1]);
      expect(outcomes).toContain("ok");
    });

    it("1467, or 1213: who deadlocks over an auto-increment column has lost the whole transaction", async () => {
      for (const text of audited) await store.raw(text);
      let runs = 0;
      const victim = (
        entered: () => void,
        swallows: boolean,
        rerunnable: boolean,
      ): Promise<unknown> =>
        store.transaction(
          async (tx) => {
            runs += 1;
            await tx.raw("insert into ledger values (200, 1) on duplicate key update n = n + 1");
            await tx.raw("update ledger set n = n + 1 where id = 109");
            entered();
            await sleep(400);
            const change = tx.raw("update ledger set n = n + 1 where id = 110");
            await (swallows ? change.catch(() => {}) : change);
          },
          { rerunnable },
        );
      // Keeps the lock of its triggers while it waits for the row 109.
      const winner = (): Promise<unknown> =>
        store.raw("update ledger set n = n + 1 where id < 110");
      const race = async (swallows: boolean, rerunnable: boolean): Promise<unknown> => {
        const held = Promise.withResolvers<void>();
        const lost = told(victim(held.resolve, swallows, rerunnable));
        await held.promise;
        await winner();
        return lost;
      };
      const recorded = async (): Promise<unknown> =>
        (
          await store.raw(
            "select id, max(n), count(*) from ledger_history where id >= 109 group by id order by id",
          )
        ).rows;

      expect(await race(false, false)).toEqual(["conflict", mysql ? "1213" : "1467", 1]);
      expect(await recorded()).toEqual([[109, 1, "1"]]);
      expect(await race(true, false)).toEqual(["programming", undefined, 1]);
      expect(await recorded()).toEqual([[109, 2, "2"]]);
      runs = 0;
      expect(await race(false, true)).toBe("ok");
      expect(runs).toBe(2);
      expect(await recorded()).toEqual([
        [109, 4, "4"],
        [110, 1, "1"],
        [200, 1, "1"],
      ]);
    });

    describe("1461: statements beyond what the server keeps prepared", () => {
      it("are overload", async () => {
        await store.raw("set global max_prepared_stmt_count = 0");
        const fresh = await openStore(dsn, { deadlineMs: 1_500 });
        // Connections that were closed a moment ago may still count.
        await vi.waitFor(
          async () => {
            const refused = (await told(fresh.store.raw("select $1", [1]))) as readonly unknown[];
            expect(refused.slice(0, 2)).toEqual(["overloaded", "1461"]);
          },
          { timeout: 10_000, interval: 200 },
        );
        await fresh.close();
      });
    });
  },
  {
    password: "right",
    settings: {
      "innodb-autoinc-lock-mode": "1",
      "max-allowed-packet": "1M",
      "max-connections": "20",
    },
  },
);
