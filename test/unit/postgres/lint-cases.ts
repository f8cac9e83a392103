/** What each rule of the linter refuses and what it lets pass, as the text of a migration on the database that `lintHistory` makes. */
import type { LintSource } from "../../../src/migrate/step.ts";

/** The migrations before the one that is judged. */
export const lintHistory = `
create table customers (id uuid primary key, email text);
create table orders (
  id uuid primary key, customer_id uuid, note text not null default '', remark text, total integer, amount numeric(10, 2),
  code varchar(10), placed_at timestamp(3), labels text[], secret text, deleted_at timestamptz, wide_total bigint
);
create table events (id bigint, at timestamptz not null) partition by range (at);
create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
create table events_2 (id bigint, at timestamptz not null);
create table events_3 (id bigint, at timestamptz not null,
  constraint events_3_bounds check (at >= '2026-03-01' and at < '2026-04-01'));
create index orders_remark_idx on orders (remark);
create type mood as enum ('sad', 'glad');
create domain positive as text check (value <> '');
create view emails as select id, email from customers;
create materialized view totals as select id, email from customers;
create schema archive;
create unique index totals_key on totals (id);
alter table orders enable row level security;
create policy own_rows on orders using (id is not null);
create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
create function touched() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger orders_touched before update on orders for each row execute function touched();
alter table orders add constraint orders_remark_required check (remark is not null) not valid;
alter table orders add constraint orders_total_check check (total > 0) not valid;
alter table orders add constraint orders_code_required check (code is not null);
with part as (select id from orders where secret is null limit 1000),
  changed as (update orders set secret = '' from part where orders.id = part.id returning orders.id)
select count(*), max(id::text) from changed;
`;

export interface LintCase extends Partial<Omit<LintSource, "text">> {
  readonly text: string;
}

export interface RuleCases {
  readonly refused: readonly LintCase[];
  readonly accepted: readonly LintCase[];
}

const outside = (text: string): LintCase => ({
  text: `-- step: one\n${text}`,
  steps: [{ name: "one", transactional: false }],
});
const repaired = (text: string): LintCase => ({
  text: `-- step: one\n${text}`,
  steps: [{ name: "one", transactional: false, repair: "drop index concurrently if exists x" }],
});
const batch = { keys: 1, size: 1000 };
const batched = (text: string): LintCase => ({
  text: `-- step: one\n${text}`,
  steps: [{ name: "one", transactional: true, batch }],
});
const inTransaction = (...texts: readonly string[]): LintCase => ({
  text: texts.map((text, index) => `-- step: s${index}\n${text}`).join("\n"),
  steps: texts.map((_, index) => ({ name: `s${index}`, transactional: true })),
});
const sql = (...texts: readonly string[]): readonly LintCase[] => texts.map((text) => ({ text }));

export const cases: Readonly<Record<string, RuleCases>> = {
  "require-unfilled-column": {
    refused: [outside("alter table orders validate constraint orders_remark_required;")],
    accepted: [
      outside("alter table orders validate constraint orders_total_check;"),
      {
        text: "alter table orders validate constraint orders_remark_required;",
        history: [
          lintHistory,
          "with part as (select id from orders where remark is null limit 1000) update orders set remark = '' from part where orders.id = part.id;",
        ],
      },
      {
        text: "alter table orders validate constraint orders_remark_required;",
        history: [lintHistory, "update orders set remark = '' where remark is null and id < 'a';"],
      },
      {
        text: "alter table orders validate constraint r;",
        history: [
          lintHistory,
          "alter table orders add column rank text default ''; alter table orders add constraint r check (rank is not null) not valid;",
        ],
      },
      { text: "alter table orders validate constraint orders_remark_required;", fresh: ["orders"] },
    ],
  },
  "drop-policy": {
    refused: sql(
      "drop policy own_rows on orders;",
      "drop policy if exists own_rows on public.orders;",
    ),
    accepted: [
      { text: "drop policy own_rows on orders;", phase: "contract" },
      inTransaction(
        "drop policy own_rows on orders;",
        "create policy own_rows on orders using (id is not null);",
      ),
      inTransaction(
        "drop policy own_rows on orders;",
        "alter table orders disable row level security;",
      ),
      ...sql("create table a (b text); create policy c on a; drop policy c on a;"),
    ],
  },
  "syntax-error": {
    refused: sql("alter tabel orders;", "select 1;\nselect from where"),
    accepted: sql("", "-- nothing\n", "select 1;"),
  },
  "drop-deletion-mark": {
    refused: [
      { text: "alter table orders drop column deleted_at;", phase: "contract" },
      { text: "alter table public.orders drop if exists deleted_at;", phase: "expand" },
      {
        text: "delete from customers where email is null; alter table orders drop column deleted_at;",
        phase: "contract",
      },
    ],
    accepted: [
      {
        text: "delete from orders where deleted_at is not null and id = '01890000-0000-7000-8000-000000000001'; alter table orders drop column deleted_at;",
        phase: "contract",
      },
      { text: "alter table orders drop column note;", phase: "contract" },
      ...sql("create table a (deleted_at timestamptz); alter table a drop column deleted_at;"),
      { text: "alter table orders drop column deleted_at;", direction: "down" },
    ],
  },
  "drop-column": {
    refused: sql(
      "alter table orders drop column note;",
      'alter table only public.orders add column "A, b" int,\n drop column if exists note',
      "alter table orders drop column total; alter table orders rename column wide_total to amount;",
      "alter table orders drop column note; alter table orders rename column wide_total to note;",
    ),
    accepted: [
      {
        text: "alter table orders drop column total; alter table orders rename column wide_total to total;",
        phase: "backfill",
      },
      { text: "alter table orders drop column note;", phase: "contract" },
      ...sql("create table a (b int); alter table a drop column b;"),
      { text: "alter table orders drop column note;", fresh: ["orders"] },
      { text: "alter table orders drop column note;", direction: "down" },
      {
        text: "alter table orders drop column secret; alter table orders add column secret text generated always as (note) stored;",
      },
    ],
  },
  "drop-table": {
    refused: sql(
      "drop table orders;",
      "drop table if exists orders; create table orders (id int8);",
    ),
    accepted: [
      { text: "drop table orders;", phase: "contract" },
      ...sql("create table a (b text); drop table a;"),
    ],
  },
  "drop-object": {
    refused: [
      ...sql("drop view emails;", "drop function stamp();"),
      ...[
        "drop function stamp();",
        "drop function stamp;",
        "drop procedure if exists settle(integer);",
        "drop aggregate if exists product(integer);",
        "drop routine stamp();",
        "drop view emails;",
        "drop materialized view if exists totals;",
        "drop type if exists place;",
        "drop domain if exists grade;",
        "drop sequence if exists numbers;",
      ].map((text): LintCase => ({ text, phase: "expand" })),
    ],
    accepted: [
      { text: "drop view emails;", phase: "contract" },
      { text: "drop function stamp();", phase: "contract" },
      { text: "drop trigger x on orders; drop function stamp();", phase: "expand" },
      {
        text: "create function touch() returns trigger language plpgsql as 'begin return new; end'; drop function touch();",
        phase: "expand",
      },
      {
        text: "drop function stamp(); create function stamp() returns integer language sql as 'select 2';",
        phase: "expand",
      },
      {
        text: "drop view emails; create view emails as select id from orders;",
        phase: "expand",
      },
      ...sql("drop trigger x on orders;"),
    ],
  },
  "drop-cascade": {
    refused: sql(
      "drop view emails cascade;",
      "alter table orders drop constraint orders_total_check cascade;",
    ),
    accepted: sql("alter table orders drop constraint orders_total_check;"),
  },
  "drop-database": {
    refused: [outside("drop database shop;"), { text: "drop owned by shop;" }],
    accepted: sql("drop role shop_app;"),
  },
  truncate: {
    refused: sql("truncate orders;", "truncate table customers, orders cascade;"),
    accepted: sql("create table a (b text); truncate a;"),
  },
  "rename-column": {
    refused: [
      ...sql("alter table orders rename column note to comment;"),
      { text: "alter table orders rename remark to comment;", phase: "contract" },
    ],
    accepted: [
      {
        text: "alter table orders drop column note; alter table orders rename column remark to note;",
        phase: "contract",
      },
      {
        text: "alter table orders rename column note to n; alter table orders rename column remark to note;",
        phase: "contract",
        fresh: ["orders"],
      },
      ...sql("create table a (b text); alter table a rename b to c;"),
    ],
  },
  "rename-table": {
    refused: sql(
      "alter table orders rename to purchases;",
      "alter table orders set schema archive;",
    ),
    accepted: [
      ...sql(
        "alter table orders rename to purchases; create view orders with (security_invoker) as select * from purchases;",
        "create table a (b text); alter table a rename to c;",
        "alter index orders_remark_idx rename to orders_r_idx;",
      ),
      {
        text: "drop table customers; alter table orders rename to customers;",
        phase: "contract",
      },
    ],
  },
  "change-column-type": {
    refused: sql(
      "alter table orders alter column total type bigint;",
      "alter table orders alter code type varchar(9);",
      "alter table orders alter amount type numeric(12, 3);",
      "alter table orders alter note type integer using length(note);",
      "alter table orders alter placed_at type timestamptz using placed_at at time zone 'UTC';",
      "alter table orders alter placed_at type timestamp(0);",
    ),
    accepted: sql(
      "alter table orders alter code type varchar(20);",
      "alter table orders alter code type varchar;",
      "alter table orders alter code type text;",
      "alter table orders alter note type text using note::text;",
      "alter table orders alter amount type numeric(12, 2);",
      "alter table orders alter amount type numeric;",
      "alter table orders alter placed_at type timestamp(6);",
      "create table a (b int); alter table a alter b type text;",
    ),
  },
  "add-required-column": {
    refused: sql(
      "alter table orders add column x text not null;",
      "alter table orders add x text primary key;",
    ),
    accepted: sql(
      "alter table orders add column x text;",
      "alter table orders add column x text not null default '';",
      "create table a (b text); alter table a add c text not null;",
    ),
  },
  "add-column-volatile-default": {
    refused: sql(
      "alter table orders add column x uuid not null default gen_random_uuid();",
      "alter table orders add column x timestamptz default clock_timestamp();",
      "alter table orders add column x double precision default (1 + random());",
    ),
    accepted: sql(
      "alter table orders add column x timestamptz not null default now();",
      "alter table orders add column x integer default 5, add y jsonb default '{}';",
      "alter table orders add column x uuid default nullif(current_setting('app.current_tenant', true), '')::uuid;",
      "alter table orders alter column note set default gen_random_uuid()::text;",
    ),
  },
  "add-stored-generated-column": {
    refused: sql("alter table orders add column x integer generated always as (total * 2) stored;"),
    accepted: sql(
      "create table a (b int, c int generated always as (b * 2) stored);",
      "alter table orders add column x integer generated always as (total * 2) virtual;",
    ),
  },
  "add-auto-increment-column": {
    refused: sql(
      "alter table orders add column no bigserial;",
      "alter table orders add column no bigint generated by default as identity;",
    ),
    accepted: sql("create table a (b bigint generated by default as identity);"),
  },
  "add-column-constrained-domain": {
    refused: sql("alter table orders add column x positive;"),
    accepted: sql("create domain plain as text; alter table orders add column x plain;"),
  },
  "set-not-null-unvalidated": {
    refused: sql(
      "alter table orders alter column customer_id set not null;",
      "alter table orders alter column remark set not null;",
    ),
    accepted: [
      ...sql(
        "alter table orders alter column code set not null;",
        "alter table orders alter column note set not null;",
        "create table a (b text); alter table a alter b set not null;",
      ),
      {
        text: "-- step: a\nalter table orders validate constraint orders_remark_required;\n-- step: b\nalter table orders alter remark set not null;",
        steps: [
          { name: "a", transactional: false },
          { name: "b", transactional: true },
        ],
      },
    ],
  },
  "drop-not-null": {
    refused: sql("alter table orders alter note drop not null;"),
    accepted: [{ text: "alter table orders alter note drop not null;", phase: "expand" }],
  },
  "add-check-validated": {
    refused: sql(
      "alter table orders add constraint positive_total check (total > 0);",
      "alter table orders add constraint n check (customer_id is not null);",
      "alter table orders add constraint n not null customer_id;",
    ),
    accepted: sql(
      "alter table orders add constraint positive_total check (total > 0) not valid;",
      "create table a (b int); alter table a add check (b > 0);",
      "create table a (b int check (b > 0));",
    ),
  },
  "add-foreign-key-validated": {
    refused: sql(
      "alter table orders add constraint c foreign key (customer_id) references customers (id) on delete cascade;",
      "alter table orders add foreign key (customer_id) references customers;",
      "alter table orders add column buyer uuid references customers (id);",
      "alter table orders add column buyer uuid default null references customers;",
    ),
    accepted: sql(
      "alter table orders add constraint c foreign key (customer_id) references customers (id) not valid;",
      "create table a (b uuid references customers (id));",
    ),
  },
  "validate-while-locked": {
    refused: [
      ...sql(
        "alter table orders add constraint t check (total < 9) not valid; alter table orders validate constraint t;",
        "alter table orders add constraint t check (total < 9) not valid, validate constraint orders_total_check;",
      ),
      inTransaction(
        "alter table orders add column x text;",
        "alter table orders validate constraint orders_total_check;",
      ),
    ],
    accepted: [
      ...sql("alter table orders validate constraint orders_total_check;"),
      {
        text: "-- step: a\nalter table orders add constraint t check (total < 9) not valid;\n-- step: b\nalter table orders validate constraint t;",
        steps: [
          { name: "a", transactional: true },
          { name: "b", transactional: false },
        ],
      },
    ],
  },
  "add-unique-constraint": {
    refused: sql(
      "alter table orders add constraint orders_code_key unique (code);",
      "alter table orders add unique (customer_id, code);",
      "alter table orders add column x text unique;",
    ),
    accepted: sql(
      "alter table orders add constraint orders_code_key unique using index orders_code_key;",
      "create table a (b text unique, unique (b));",
    ),
  },
  "add-primary-key": {
    refused: sql("alter table events_2 add primary key (id);"),
    accepted: sql(
      "alter table events_2 add constraint events_2_pkey primary key using index events_2_pkey;",
    ),
  },
  "add-exclusion-constraint": {
    refused: sql("alter table orders add exclude using btree (code with =);"),
    accepted: sql("create table a (b text, exclude using btree (b with =));"),
  },
  "add-domain-constraint": {
    refused: sql("alter domain positive add constraint short check (char_length(value) < 9);"),
    accepted: sql(
      "alter domain positive add constraint short check (char_length(value) < 9) not valid;",
    ),
  },
  "create-index-blocking": {
    refused: sql(
      "create index orders_code_idx on orders (code);",
      "create unique index on orders using btree (code desc) where code <> '';",
      "create index events_at_idx on events (at);",
    ),
    accepted: [
      repaired("create index concurrently orders_code_idx on orders (code);"),
      ...sql(
        "create table a (b text); create index a_b_idx on a (b);",
        "create index events_at_idx on only events (at);",
      ),
    ],
  },
  "drop-index-blocking": {
    refused: sql(
      "drop index orders_remark_idx;",
      "drop index if exists public.orders_remark_idx, totals_key;",
    ),
    accepted: [
      outside("drop index concurrently orders_remark_idx;"),
      ...sql("create table a (b text); create index a_b_idx on a (b); drop index a_b_idx;"),
    ],
  },
  "reindex-blocking": {
    refused: [outside("reindex table orders;"), outside("reindex index orders_remark_idx;")],
    accepted: [
      outside("reindex table concurrently orders;"),
      outside("reindex (concurrently) index orders_remark_idx;"),
    ],
  },
  "concurrently-in-transaction": {
    refused: [
      ...sql(
        "create index concurrently orders_code_idx on orders (code);",
        "drop index concurrently orders_remark_idx;",
        "vacuum orders;",
        "alter table events detach partition events_1 concurrently;",
      ),
      { text: "drop index concurrently orders_remark_idx;", direction: "down" },
    ],
    accepted: [
      repaired("create index concurrently orders_code_idx on orders (code);"),
      outside("vacuum orders;"),
    ],
  },
  "concurrently-on-partitioned": {
    refused: [repaired("create index concurrently events_at_idx on events (at);")],
    accepted: [repaired("create index concurrently events_1_at_idx on events_1 (at);")],
  },
  "several-statements-outside-transaction": {
    refused: [outside("drop index concurrently orders_remark_idx; vacuum orders;")],
    accepted: [outside("vacuum orders;")],
  },
  "invalid-index-kept": {
    refused: [
      outside("create index concurrently orders_code_idx on orders (code);"),
      outside("create index concurrently if not exists orders_code_idx on orders (code);"),
    ],
    accepted: [repaired("create index concurrently orders_code_idx on orders (code);")],
  },
  "index-many-columns": {
    refused: [repaired("create index concurrently i on orders (code, note, remark, total);")],
    accepted: [
      repaired("create unique index concurrently i on orders (code, note, remark, total);"),
      repaired("create index concurrently i on orders (code, note, remark, id);"),
    ],
  },
  "attach-partition-unchecked": {
    refused: sql(
      "alter table events attach partition events_2 for values from ('2026-02-01') to ('2026-03-01');",
    ),
    accepted: sql(
      "alter table events attach partition events_3 for values from ('2026-03-01') to ('2026-04-01');",
      "create table e (like events); alter table events attach partition e for values from ('2027-02-01') to ('2027-03-01');",
    ),
  },
  "create-partition-in-place": {
    refused: sql(
      "create table events_4 partition of events for values from ('2026-05-01') to ('2026-06-01');",
    ),
    accepted: sql(
      "create table e (at timestamptz) partition by range (at); create table e_1 partition of e default;",
    ),
  },
  "detach-partition-blocking": {
    refused: sql("alter table events detach partition events_1;"),
    accepted: [outside("alter table events detach partition events_1 concurrently;")],
  },
  "rewrite-table": {
    refused: [
      outside("vacuum full orders;"),
      { text: "cluster orders using orders_pkey;" },
      { text: "alter table orders set unlogged;" },
    ],
    accepted: [
      outside("vacuum (analyze) orders;"),
      { text: "alter table orders set (fillfactor = 90);" },
    ],
  },
  "refresh-blocking": {
    refused: sql("refresh materialized view totals;"),
    accepted: sql("refresh materialized view concurrently totals;"),
  },
  "lock-table": {
    refused: sql("lock table orders in access exclusive mode;"),
    accepted: sql("create table a (b text); lock table a;"),
  },
  "enum-value-in-transaction": {
    refused: sql("alter type mood add value 'calm' before 'glad';"),
    accepted: [
      outside("alter type mood add value 'calm' before 'glad';"),
      ...sql("create type size as enum ('s'); alter type size add value 'm' after 's';"),
    ],
  },
  "rename-enum-value": {
    refused: sql("alter type mood rename value 'glad' to 'happy';"),
    accepted: [{ text: "alter type mood rename value 'glad' to 'happy';", phase: "contract" }],
  },
  "enum-value-order": {
    refused: [outside("alter type mood add value 'calm';")],
    accepted: [outside("alter type mood add value 'calm' after 'sad';")],
  },
  "unbatched-write": {
    refused: [
      { text: "update orders set remark = '' where remark is null;", phase: "contract" },
      { text: "update orders set secret = '' where secret is null;", phase: "expand" },
      { text: "update orders set secret = '';", phase: "contract" },
      ...sql(
        "update orders set note = '';",
        "update orders set remark = note where remark is null;",
        "delete from orders;",
        "update orders set remark = '' where remark is null or note is not null;",
        "with q as (delete from orders returning *) select count(*) from q;",
        "with q as (update orders set note = '' returning id), r as (select 1) insert into customers (id) select id from q;",
        "merge into orders using customers c on orders.customer_id = c.id when matched then update set note = c.email;",
        "merge into orders using (select id, email from customers) c on orders.customer_id = c.id when not matched then insert (id, note) values (c.id, c.email);",
      ),
    ],
    accepted: [
      batched(
        "with batch as (select id from orders where id > $1::uuid order by id limit $2) update orders set note = '' from batch where orders.id = batch.id;",
      ),
      batched("update orders set note = '' where remark is null;"),
      { text: "update orders set secret = '' where secret is null;", phase: "contract" },
      ...sql("update orders set note = '' where id = '01890000-0000-7000-8000-000000000001';"),
      ...sql("create table a (b text); update a set b = '';"),
      ...sql(
        "merge into orders using (values ('01890000-0000-7000-8000-000000000001'::uuid, 'x')) v (id, note) on orders.id = v.id when matched then update set note = v.note;",
        "with some as (select id from customers order by id limit 100) merge into orders using some on orders.customer_id = some.id when matched then delete;",
        "create table a (b text); merge into a using customers on a.b = customers.email when matched then delete;",
      ),
    ],
  },
  "backfill-with-schema-change": {
    refused: [
      ...sql(
        "alter table orders add column x text; update orders set x = note where id is not null and note = '';",
      ),
      inTransaction(
        "alter table orders add column x text;",
        "create table a (b text); insert into a select note from orders;",
      ),
    ],
    accepted: sql(
      "create table a (b text); insert into a values ('x');",
      "create table a (b text); insert into a select note from orders;",
    ),
  },
  "disable-trigger": {
    refused: sql(
      "alter table orders disable trigger all;",
      "alter table orders disable trigger orders_touched;",
    ),
    accepted: sql("alter table orders enable trigger all;"),
  },
  "disable-row-security": {
    refused: sql(
      "alter table orders disable row level security;",
      "alter table orders no force row level security;",
    ),
    accepted: [
      ...sql(
        "alter table orders no force row level security; select 1; alter table orders force row level security;",
      ),
      { text: "alter table orders disable row level security;", phase: "contract" },
    ],
  },
  "transaction-control": {
    refused: [...sql("begin;", "savepoint x;"), { text: "commit;", direction: "down" }],
    accepted: sql("select 1;"),
  },
  "session-setting": {
    refused: sql(
      "set lock_timeout = 0;",
      "set local statement_timeout = '1h';",
      "set role postgres;",
      "set session_replication_role = replica;",
      "reset all;",
    ),
    accepted: sql("set local work_mem = '64MB';"),
  },
  "drop-primary-key": {
    refused: sql("alter table orders drop constraint orders_pkey;"),
    accepted: [
      ...sql(
        "alter table orders drop constraint orders_code_required;",
        "alter table orders drop constraint orders_pkey, add primary key (id, code);",
        "create table a (b integer primary key); alter table a drop constraint a_pkey;",
      ),
      { text: "alter table orders drop constraint orders_pkey;", phase: "contract" },
    ],
  },
  "enable-row-security": {
    refused: sql(
      "alter table customers enable row level security;",
      "create policy own on customers using (id is not null); alter table customers enable row level security;",
    ),
    accepted: [
      ...sql(
        `create policy own on customers using (coalesce(current_setting('app.current_tenant', true), '') = '' or email = '');
alter table customers enable row level security;`,
        `create policy own on customers using (email = coalesce(current_setting('app.current_tenant', true), ''));
create policy purge on customers for delete using (id is null); alter table customers enable row level security;`,
      ),
      { text: "alter table customers enable row level security;", phase: "contract" },
    ],
  },
  "force-row-security": {
    refused: sql("alter table orders force row level security;"),
    accepted: sql(
      "alter table orders no force row level security; alter table orders force row level security;",
    ),
  },
  "create-trigger": {
    refused: sql(
      "create trigger a after insert on orders for each row execute function touched();",
    ),
    accepted: sql(
      "create table a (b integer); create trigger c after insert on a for each row execute function touched();",
      `create function s() returns trigger language plpgsql as $sync$ begin return new; end $sync$;
create trigger s before insert on orders for each row execute function s();`,
    ),
  },
  "unchecked-code": {
    refused: sql("do $$ begin execute 'drop table orders'; end $$;"),
    accepted: sql("create function f() returns int language sql as 'select 1';"),
  },
  "identifier-too-long": {
    refused: sql(
      `create table ${"a".repeat(64)} (b text);`,
      `create table a ("${"é".repeat(32)}" text);`,
    ),
    accepted: sql(`create table ${"a".repeat(63)} ("${"b".repeat(63)}" text);`),
  },
  "json-column": {
    refused: sql("alter table orders add column data json;"),
    accepted: sql("alter table orders add column data jsonb;", "create table a (b json);"),
  },
  "fixed-length-char": {
    refused: sql("create table a (b char(3));"),
    accepted: sql("create table a (b text);"),
  },
  "prefer-text": {
    refused: sql("alter table orders add column x varchar(3);"),
    accepted: sql("alter table orders add column x varchar;"),
  },
  "prefer-timestamptz": {
    refused: sql("alter table orders add column x timestamp;"),
    accepted: sql("alter table orders add column x timestamptz(3);"),
  },
  "prefer-bigint-key": {
    refused: sql(
      "create table a (id integer primary key);",
      "create table a (id int, primary key (id));",
    ),
    accepted: sql(
      "create table a (id bigint primary key, b integer);",
      "create table a (b uuid, c integer, primary key (b, c));",
    ),
  },
  "prefer-identity": {
    refused: sql("create table a (id bigserial);"),
    accepted: sql("create table a (id bigint generated always as identity);"),
  },
};
