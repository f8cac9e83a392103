// E1: SQLSTATEs as a real server gives them, with the kind that each is told as.
import { afterAll, beforeAll, expect, it } from "vitest";
import { isDataError } from "../../templates/runtime/errors.ts";
import { type Opened, openStore } from "../unit/postgres-driver/open-store.ts";
import { onPrivateServer } from "./postgres-server.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Kind, code, and whether it was tried again. */
const told = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "ok",
    (error: unknown) =>
      isDataError(error) ? [error.kind, error.code, error.attempts > 1 ? "again" : "once"] : error,
  );

const schema = [
  `create table parent (id int primary key, name varchar(5) not null, n int, u int unique,
    constraint name_check check (name <> 'bad'), during int4range,
    constraint apart exclude using gist (during with &&))`,
  "create table child (id int primary key, parent_id int not null, constraint child_parent foreign key (parent_id) references parent (id))",
  "create view positive as select * from parent where n > 0 with check option",
  "insert into parent values (1, 'one', 1, 1, '[1,5)'), (2, 'two', 2, 2, '[5,9)')",
  "insert into child values (1, 1)",
  `create function guard() returns trigger language plpgsql as 'begin raise exception ''kept''; end'`,
  "create trigger parent_guard before delete on parent for each row execute function guard()",
];

await onPrivateServer(
  "E1: codes of the server",
  (server) => {
    let opened: Opened;
    let dsn: string;
    const raw = (text: string, values: readonly string[] = []): Promise<unknown> =>
      opened.store.raw(text, values);

    beforeAll(async () => {
      ({ dsn } = await server.namespace());
      opened = await openStore(dsn, { deadlineMs: 10_000 });
      for (const text of schema) await raw(text);
    });
    afterAll(() => opened.close());

    type Row = readonly [code: string, kind: string, text: string, constraint?: string];
    const statements: readonly Row[] = [
      // No value is given for it.
      ["08P01", "programming", "select $1::int"],
      ["21000", "programming", "select (select id from parent)"],
      ["22001", "programming", "insert into parent values (3, 'too long')"],
      ["22003", "constraint", "update parent set n = 2147483647 + n where id = 1"],
      ["22007", "programming", "select 'x'::timestamptz"],
      ["22012", "programming", "select 1 / 0"],
      ["22P02", "programming", "select 'x'::int"],
      ["23502", "constraint", "insert into parent (id) values (3)", "name"],
      ["23503", "constraint", "insert into child values (2, 99)", "child_parent"],
      ["23505", "conflict", "insert into parent values (1, 'x')", "parent_pkey"],
      ["23505", "conflict", "insert into parent values (3, 'x', 1, 1)", "parent_u_key"],
      ["23514", "constraint", "insert into parent values (3, 'bad')", "name_check"],
      ["23P01", "constraint", "insert into parent values (3, 'x', 1, 9, '[4,6)')", "apart"],
      ["3F000", "programming", "create table nowhere.t (id int)"],
      ["42601", "programming", "selec 1"],
      ["42703", "programming", "select nothing from parent"],
      ["42P01", "programming", "select 1 from nowhere"],
      ["42883", "programming", "select nonsense(1)"],
      ["44000", "constraint", "insert into positive values (3, 'x', -1)"],
      ["P0001", "constraint", "delete from parent where id = 2"],
    ];
    it.each(statements.map(([code, kind, text, constraint]) => ({ code, kind, text, constraint })))(
      "$code: $kind",
      async ({ code, kind, text, constraint }) => {
        await expect(raw(text), text).rejects.toMatchObject({
          kind,
          code,
          attempts: 1,
          ...(constraint === undefined ? {} : { constraint }),
        });
      },
    );

    it("messages to the caller hold no values", async () => {
      const error = await raw("insert into parent values (1, 'SECRT')").catch(
        (one: unknown) => one,
      );
      expect(
        `${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`,
      ).not.toMatch(/SECRT|\(id\)=\(1\)/);
    });

    const as = (name: string, password: string, database?: string): Promise<Opened> => {
      const url = new URL(dsn);
      url.username = name;
      url.password = password;
      if (database !== undefined) url.pathname = `/${database}`;
      return openStore(url.href, { deadlineMs: 3_000 });
    };

    it("28P01, 3D000, 42501: who may not, and where nothing is", async () => {
      await raw("create role reader login password 'p'");
      await raw("grant select on child to reader");
      const reader = await as("reader", "p");
      expect(await told(reader.store.raw("select * from child"))).toBe("ok");
      expect(await told(reader.store.raw("delete from child"))).toEqual(["auth", "42501", "once"]);
      await reader.close();
      for (const [stranger, answer] of [
        [await as("reader", "wrong"), ["auth", "28P01", "once"]],
        [await as("stranger", "p"), ["auth", "28P01", "once"]],
        [await as("reader", "p", "nowhere"), ["programming", "3D000", "once"]],
      ] as const) {
        expect(await told(stranger.store.raw("select 1"))).toEqual(answer);
        await stranger.close();
      }
    });

    it("53300: a role's connections beyond its limit are overload", async () => {
      await raw("create role narrow login password 'p' connection limit 1");
      const [one, other] = [await as("narrow", "p"), await as("narrow", "p")];
      await one.store.raw("select 1");
      expect(await told(other.store.raw("select 1", [], { deadlineMs: 1_500 }))).toEqual([
        "overloaded",
        "53300",
        "once",
      ]);
      await one.close();
      await other.close();
    });

    it("25006: a read-only transaction takes no write", async () => {
      const mistake = opened.store.transaction((tx) => tx.raw("update parent set n = 1"), {
        readOnly: true,
      });
      expect(await told(mistake)).toMatchObject([expect.any(String), "25006", expect.anything()]);
    });

    it("25P02: a transaction goes on after an error that was swallowed", async () => {
      const mistake = opened.store.transaction(async (tx) => {
        await tx.raw("select 1 / 0").catch(() => undefined);
        await tx.raw("select 1");
      });
      expect(await told(mistake)).toEqual(["programming", "25P02", "once"]);
    });

    const pidOf = async (mark: string): Promise<unknown> => {
      const { rows } = await opened.store.raw(
        "select pid from pg_stat_activity where query like $1 and query not like '%pg_stat_activity%'",
        [`%${mark}%`],
      );
      return rows[0]?.[0];
    };

    it("57014, 57P01: a statement that was cancelled applied nothing, a session that was ended leaves it in doubt", async () => {
      const cancelled = told(
        raw("update parent set n = n where pg_sleep(5) is not null /* victim */"),
      );
      await sleep(300);
      await raw("select pg_cancel_backend($1::int)", [String(await pidOf("victim"))]);
      expect(await cancelled).toEqual(["timeout", "57014", "once"]);
      const doubted = told(
        raw("update parent set n = n where pg_sleep(5) is not null /* doubted */"),
      );
      await sleep(300);
      await raw("select pg_terminate_backend($1::int)", [String(await pidOf("doubted"))]);
      expect(await doubted).toEqual(["outcome-unknown", "57P01", "once"]);
    });

    it("40P01 and 40001 are conflicts", async () => {
      const cross = (first: number, second: number): Promise<unknown> =>
        told(
          opened.store.transaction(async (tx) => {
            await tx.raw(`update parent set n = 5 where id = ${first}`);
            await sleep(200);
            await tx.raw(`update parent set n = 5 where id = ${second}`);
          }),
        );
      const outcomes = await Promise.all([cross(1, 2), cross(2, 1)]);
      expect(outcomes).toContainEqual(["conflict", "40P01", "once"]);
      expect(outcomes).toContain("ok");
      const beside = await openStore(dsn);
      const stale = opened.store.transaction(
        async (tx) => {
          await tx.raw("select n from parent where id = 1");
          await beside.store.raw("update parent set n = 6 where id = 1");
          await tx.raw("update parent set n = 7 where id = 1");
        },
        { isolation: "repeatable read" },
      );
      expect(await told(stale)).toEqual(["conflict", "40001", "once"]);
      await beside.close();
    });

    it("55P03: a lock that is not to be waited for", async () => {
      const beside = await openStore(dsn);
      await opened.store.transaction(async (tx) => {
        await tx.raw("select 1 from parent where id = 2 for update");
        expect(
          await told(beside.store.raw("select 1 from parent where id = 2 for update nowait")),
        ).toMatchObject(["conflict", "55P03", expect.anything()]);
      });
      await beside.close();
    });
  },
  { password: "right" },
);
