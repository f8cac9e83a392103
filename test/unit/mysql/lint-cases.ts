/** What each rule of the linter refuses and what it lets pass, as the text of a migration on the database that `lintHistory` makes. */
import type { LintSource } from "../../../src/migrate/step.ts";

/** The migrations before the one that is judged. */
export const lintHistory = `
create table customers (id char(36) not null primary key, email varchar(190));
create table orders (
  id bigint not null auto_increment,
  customer_id char(36),
  note varchar(20) default 'x',
  remark varchar(20) not null,
  total int,
  amount decimal(10, 2),
  mood enum('sad', 'glad'),
  body longtext,
  title varchar(900),
  secret varchar(20),
  deleted_at datetime(3),
  primary key (id),
  key orders_remark_idx (remark),
  constraint orders_total_check check (total > -5)
);
create table pages (id bigint not null primary key, body longtext, note varchar(20), fulltext key pages_body_idx (body));
create table logs (id int not null, at datetime not null, primary key (id))
  partition by range (id) (partition p0 values less than (10), partition p1 values less than (20));
create table members (
  id char(36) not null,
  email varchar(100) not null,
  note varchar(20) null,
  mark int null,
  deleted_at datetime(3) null,
  is_live tinyint generated always as (if(deleted_at is null, 1, null)) virtual,
  primary key (id),
  unique key e (email, is_live),
  key m (mark),
  constraint members_mark_check check (mark > -5)
);
create table guests (
  id char(36) not null primary key,
  body longtext,
  note varchar(20) null,
  double_id varchar(80) as (concat(id, id)) virtual,
  fulltext key f (body)
);
create view emails as select id, email from customers;
-- step: fill
select count(*) over () as done, id from (select id from orders where ($1 is null or id > $1) order by id limit $2) part order by id desc limit 1;
update orders set secret = '' where id <= $3 and secret is null;
`;

export interface LintCase extends Partial<Omit<LintSource, "text" | "history">> {
  readonly text: string;
  /** On MySQL unless said. */
  readonly dialect?: "mysql" | "mariadb";
  /** No server takes it, or it needs what the history has not. */
  readonly notLive?: true;
}

export interface RuleCases {
  readonly refused: readonly LintCase[];
  readonly accepted: readonly LintCase[];
}

const contract = (text: string): LintCase => ({ text, phase: "contract" });
const checked = (text: string): LintCase =>
  contract(`-- refuse: a row does not fit\nselect 1 from orders where 1 = 0 limit 1;\n${text}`);
const onMariadb = (text: string): LintCase => ({ text, dialect: "mariadb" });
const inBatch = (text: string): LintCase => ({
  text: `-- step: one\n${text}`,
  steps: [{ name: "one", transactional: false, batch: { keys: 1, size: 1000 } }],
  notLive: true,
});
const down = (text: string): LintCase => ({ text, direction: "down" });
const batch = `select count(*) over () as done, id from (select id from orders where ($1 is null or id > $1) order by id limit $2) part order by id desc limit 1;`;

export const cases: Readonly<Record<string, RuleCases>> = {
  "syntax-error": {
    refused: [
      { text: "alter table orders add column x int default 'a;", notLive: true },
      { text: "create table x (id int;", notLive: true },
    ],
    accepted: [{ text: "select ';', '(', ')' from orders;" }],
  },
  "drop-column": {
    refused: [
      { text: "alter table orders drop column note, algorithm=instant;" },
      { text: "alter table orders drop note, algorithm=instant;", phase: "expand" },
    ],
    accepted: [
      contract("alter table orders drop column note, algorithm=instant;"),
      { text: "create table x (id int primary key, a int);\nalter table x drop column a;" },
    ],
  },
  "drop-deletion-mark": {
    refused: [
      contract("alter table orders drop column deleted_at, algorithm=instant;"),
      { text: "alter table orders drop deleted_at, algorithm=instant;", phase: "expand" },
    ],
    accepted: [
      checked("alter table orders drop column deleted_at, algorithm=instant;"),
      contract("alter table orders drop column note, algorithm=instant;"),
      {
        text: "create table x (id int primary key, deleted_at int);\nalter table x drop column deleted_at;",
      },
    ],
  },
  "drop-table": {
    refused: [
      { text: "drop table customers;", notLive: true },
      { text: "drop table if exists pages;" },
    ],
    accepted: [contract("drop table pages;"), { text: "drop temporary table if exists x;" }],
  },
  "drop-object": {
    refused: [{ text: "drop view emails;" }],
    accepted: [contract("drop view emails;"), { text: "drop trigger if exists stamp;" }],
  },
  "drop-database": {
    refused: [
      { text: "drop database shop;", notLive: true },
      { text: "drop schema if exists shop;", notLive: true },
    ],
    accepted: [contract("drop view if exists emails;")],
  },
  "drop-partition": {
    refused: [{ text: "alter table logs drop partition p0;" }],
    accepted: [
      contract("alter table logs drop partition p0;"),
      { text: "alter table logs add partition (partition p2 values less than (30));" },
    ],
  },
  truncate: {
    refused: [{ text: "truncate orders;" }, { text: "truncate table orders;" }],
    accepted: [{ text: "create table x (id int primary key);\ntruncate x;" }],
  },
  "rename-column": {
    refused: [
      { text: "alter table orders rename column note to words, algorithm=instant;" },
      { text: "alter table orders change note words varchar(20) null, algorithm=instant;" },
      { text: "alter table pages rename column note to words, algorithm=instant;" },
      onMariadb("alter table members rename column note to words, algorithm=instant;"),
    ],
    accepted: [
      contract("alter table orders rename column note to words, algorithm=instant;"),
      { text: "alter table orders change note note varchar(20) null, algorithm=instant;" },
    ],
  },
  "rename-table": {
    refused: [
      { text: "rename table pages to sheets;" },
      { text: "alter table pages rename to sheets, algorithm=instant;" },
    ],
    accepted: [contract("rename table pages to sheets;")],
  },
  "change-column-type": {
    refused: [
      { text: "alter table orders modify column total bigint null;" },
      { text: "alter table orders modify column note varchar(100) null;" },
      { text: "alter table orders modify note varchar(10) null, algorithm=copy;", phase: "expand" },
      { text: "alter table orders modify column mood enum('sad', 'so', 'glad') null;" },
      { ...onMariadb("alter table orders modify column amount decimal(12, 2) null;") },
      onMariadb("alter table members modify column mark bigint null;"),
    ],
    accepted: [
      contract("alter table orders modify column total bigint null, algorithm=copy, lock=shared;"),
      { text: "alter table orders modify note varchar(40) null, algorithm=inplace, lock=none;" },
      { text: "alter table orders modify mood enum('sad', 'glad', 'so') null, algorithm=instant;" },
      onMariadb("alter table orders modify column note varchar(100) null, algorithm=instant;"),
    ],
  },
  "required-column-added": {
    refused: [
      { text: "alter table orders add column brand varchar(40) not null, algorithm=instant;" },
      { text: "alter table orders add (brand int not null), algorithm=instant;" },
      { text: "alter table pages add column brand int not null, algorithm=copy, lock=shared;" },
      onMariadb("alter table members add column brand int not null, algorithm=copy, lock=shared;"),
    ],
    accepted: [
      {
        text: "alter table orders add column brand varchar(40) not null default '', algorithm=instant;",
      },
      { text: "alter table orders add column brand varchar(40) null, algorithm=instant;" },
      {
        text: "alter table orders add column twice int as (total * 2) virtual, algorithm=instant;",
      },
    ],
  },
  "volatile-default": {
    refused: [
      {
        text: "alter table orders add column token char(36) default (uuid()), algorithm=copy;",
        notLive: true,
      },
      {
        text: "alter table orders add column tag varchar(20) default (concat('a', 'b')), algorithm=copy;",
      },
      { text: "alter table orders add column tags json not null default ('[]'), algorithm=copy;" },
      {
        ...onMariadb(
          "alter table orders add column token char(36) default uuid(), algorithm=copy;",
        ),
      },
      onMariadb("alter table members add column token char(36) default uuid(), algorithm=copy;"),
    ],
    accepted: [
      {
        text: "alter table orders add column at datetime default current_timestamp, algorithm=instant;",
      },
      { text: "alter table orders add column tag varchar(20) default 'a', algorithm=instant;" },
      onMariadb(
        "alter table orders add column tag varchar(20) default (concat('a', 'b')), algorithm=instant;",
      ),
    ],
  },
  "stored-generated-column": {
    refused: [{ text: "alter table orders add column twice int as (total * 2) stored;" }],
    accepted: [
      {
        text: "alter table orders add column twice int as (total * 2) virtual, algorithm=instant;",
      },
      contract(
        "alter table orders add twice int as (total * 2) stored, algorithm=copy, lock=shared;",
      ),
    ],
  },
  "auto-increment-added": {
    refused: [
      { text: "alter table customers add column n bigint not null auto_increment unique;" },
    ],
    accepted: [
      contract(
        "alter table customers add n bigint not null auto_increment unique, algorithm=inplace, lock=shared;",
      ),
    ],
  },
  "set-not-null": {
    refused: [
      {
        text: "alter table orders modify note varchar(20) not null, algorithm=inplace, lock=none;",
      },
      contract(
        "alter table orders modify secret varchar(20) not null, algorithm=inplace, lock=none;",
      ),
    ],
    accepted: [
      checked("alter table orders modify note varchar(20) not null, algorithm=inplace, lock=none;"),
      {
        text: "alter table orders modify remark varchar(20) not null default '', algorithm=instant;",
      },
    ],
  },
  "foreign-key-validated": {
    refused: [
      {
        text: "alter table orders add constraint orders_customer_fk foreign key (customer_id) references customers (id);",
      },
      contract(
        "alter table orders add foreign key (customer_id) references customers (id), algorithm=copy;",
      ),
    ],
    accepted: [
      checked(
        "alter table orders add constraint f foreign key (customer_id) references customers (id), algorithm=copy, lock=shared;",
      ),
    ],
  },
  "check-validated": {
    refused: [
      { text: "alter table orders add constraint orders_amount_check check (amount >= 0);" },
    ],
    accepted: [
      checked(
        "alter table orders add constraint c check (amount >= 0), algorithm=copy, lock=shared;",
      ),
    ],
  },
  "unique-index-unchecked": {
    refused: [
      {
        text: "alter table customers add unique key customers_email_key (email), algorithm=inplace, lock=none;",
      },
      {
        text: "create unique index customers_email_key on customers (email) algorithm=inplace lock=none;",
      },
    ],
    accepted: [
      checked("alter table customers add unique key k (email), algorithm=inplace, lock=none;"),
      { text: "create table x (id int primary key, a int, unique key (a));" },
    ],
  },
  "primary-key-changed": {
    refused: [
      { text: "alter table logs drop primary key;", notLive: true },
      {
        text: "alter table customers drop primary key, add primary key (id, email), algorithm=inplace;",
        notLive: true,
      },
    ],
    accepted: [
      contract(
        "alter table customers drop primary key, add primary key (id), algorithm=inplace, lock=none;",
      ),
    ],
  },
  "long-index-key": {
    refused: [
      { text: "alter table orders add index i (title), algorithm=inplace, lock=none;" },
      { text: "create index i on orders (body) algorithm=inplace lock=none;", notLive: true },
      {
        text: "create table x (id int primary key, a varchar(500), b varchar(500), key (a, b));",
        notLive: true,
      },
    ],
    accepted: [
      { text: "alter table orders add index i (title(700)), algorithm=inplace, lock=none;" },
      { text: "create index i on orders (body(100)) algorithm=inplace lock=none;" },
      { text: "alter table orders add fulltext index i (body), algorithm=inplace, lock=shared;" },
    ],
  },
  "index-many-columns": {
    refused: [
      {
        text: "alter table orders add index i (note, remark, total, amount), algorithm=inplace, lock=none;",
      },
    ],
    accepted: [
      {
        text: "alter table orders add index i (note, remark, total), algorithm=inplace, lock=none;",
      },
    ],
  },
  "alter-without-algorithm": {
    refused: [
      { text: "alter table orders add column brand varchar(40) null;" },
      { text: "create index i on orders (note);" },
      { text: "drop index orders_remark_idx on orders;" },
      { text: "alter table orders add fulltext index i (body);" },
      { text: "alter table orders comment = 'x';" },
      { text: "alter table pages modify column note varchar(30) null, lock=none;" },
    ],
    accepted: [
      { text: "alter table orders add column brand varchar(40) null, algorithm=instant;" },
      { text: "create index i on orders (note) algorithm=inplace lock=none;" },
      { text: "create table x (id int primary key);\ncreate index i on x (id);" },
      contract("alter table orders modify total bigint null, algorithm=copy, lock=shared;"),
    ],
  },
  "wrong-algorithm": {
    refused: [
      {
        text: "alter table orders modify total bigint null, algorithm=inplace, lock=none;",
        notLive: true,
      },
      { text: "alter table orders add index i (note), algorithm=instant;", notLive: true },
      {
        text: "alter table orders add fulltext index i (body), algorithm=inplace, lock=none;",
        notLive: true,
      },
      { text: "alter table pages add column x int null, algorithm=instant;", notLive: true },
      { ...down("alter table orders modify total bigint null, algorithm=instant;"), notLive: true },
    ],
    accepted: [
      { text: "alter table orders add index i (note), algorithm=inplace, lock=none;" },
      { text: "alter table orders drop constraint orders_total_check, algorithm=instant;" },
      onMariadb("alter table pages add column x int null, algorithm=inplace, lock=shared;"),
    ],
  },
  "table-copy": {
    refused: [
      contract("alter table orders modify total bigint null, algorithm=copy, lock=shared;"),
      { text: "alter table orders add fulltext index i (body), algorithm=inplace, lock=shared;" },
    ],
    accepted: [{ text: "alter table orders add index i (note), algorithm=inplace, lock=none;" }],
  },
  "rewrite-table": {
    refused: [
      { text: "optimize table orders;" },
      { text: "alter table logs remove partitioning;" },
    ],
    accepted: [contract("alter table orders force, algorithm=inplace, lock=none;")],
  },
  "convert-charset": {
    refused: [{ text: "alter table orders convert to character set utf8mb4;" }],
    accepted: [
      contract("alter table orders convert to character set utf8mb4, algorithm=copy, lock=shared;"),
    ],
  },
  "narrow-charset": {
    refused: [
      { text: "create table x (id int primary key) default character set utf8mb3;" },
      {
        text: "alter table orders add column x varchar(9) character set latin1, algorithm=instant;",
      },
      { text: "alter table orders modify note varchar(20) collate utf8mb3_bin, algorithm=copy;" },
    ],
    accepted: [
      { text: "create table x (id int primary key) default charset=utf8mb4 collate utf8mb4_bin;" },
      { text: "create table x (id char(36) character set ascii primary key);" },
    ],
  },
  "storage-without-transactions": {
    refused: [
      { text: "create table x (id int primary key) engine=MyISAM;" },
      { text: "alter table pages engine = memory;", notLive: true },
    ],
    accepted: [{ text: "create table x (id int primary key) engine=InnoDB;" }],
  },
  "create-table-select": {
    refused: [{ text: "create table x as select * from orders;" }],
    accepted: [{ text: "create temporary table x as select * from orders;" }],
  },
  "no-primary-key": {
    refused: [{ text: "create table x (id int, name varchar(20));" }],
    accepted: [
      { text: "create table x (id int, primary key (id));" },
      { text: "create table x (id serial primary key);" },
    ],
  },
  "unbatched-write": {
    refused: [
      { text: "update orders set note = '' where note is null;" },
      { text: "delete from orders;" },
      { text: "update orders o join customers c on c.id = o.customer_id set o.note = c.email;" },
      { text: "insert into customers (id, email) select remark, note from orders;" },
    ],
    accepted: [
      inBatch(`${batch}\nupdate orders set note = '' where id <= $3 and note is null;`),
      { text: "update orders set note = '' where id = 5;" },
      { text: "delete from orders where note is null limit 1000;" },
      { text: "insert into customers (id, email) values ('1', 'a@b');" },
      contract("update orders set secret = '' where secret is null;"),
    ],
  },
  "implicit-commit": {
    refused: [
      inBatch(`${batch}\nalter table orders add index i (note), algorithm=inplace, lock=none;`),
    ],
    accepted: [{ text: "alter table orders add index i (note), algorithm=inplace, lock=none;" }],
  },
  "several-statements-in-step": {
    refused: [
      {
        text: "-- step: one\nalter table orders add column a int null, algorithm=instant;\nalter table orders add column b int null, algorithm=instant;",
      },
      { text: "insert into customers (id) values ('1');\ndrop trigger if exists stamp;" },
    ],
    accepted: [
      {
        text: "-- step: one\nalter table orders add column a int null, algorithm=instant;\n-- step: two\nalter table orders add column b int null, algorithm=instant;",
      },
      { text: "drop view if exists emails;\ncreate view emails as select id from customers;" },
    ],
  },
  "transaction-control": {
    refused: [{ text: "begin;" }, { text: "start transaction;" }, down("commit;")],
    accepted: [
      {
        text: "delimiter //\ncreate trigger stamp before insert on orders for each row begin set new.note = ''; end//\ndelimiter ;",
      },
    ],
  },
  "session-setting": {
    refused: [
      { text: "set foreign_key_checks = 0;" },
      { text: "set session sql_mode = '';" },
      { text: "set @@sql_log_bin = 0;", notLive: true },
    ],
    accepted: [{ text: "set @batch = 5;" }],
  },
  "explicit-lock": {
    refused: [
      { text: "lock tables orders write;", notLive: true },
      { text: "flush tables;", notLive: true },
    ],
    accepted: [{ text: "select * from orders for update;" }],
  },
  "unchecked-code": {
    refused: [
      { text: "call purge();", notLive: true },
      {
        text: "alter table orders /*!80000 add column x int, */ algorithm=instant;",
        notLive: true,
      },
    ],
    accepted: [{ text: "alter table orders /* a remark */ add column x int, algorithm=instant;" }],
  },
  "long-identifier": {
    refused: [
      { text: `create index ${"i".repeat(65)} on orders (note) algorithm=inplace;`, notLive: true },
    ],
    accepted: [{ text: `create index ${"i".repeat(64)} on orders (note) algorithm=inplace;` }],
  },
  "prefer-datetime": {
    refused: [{ text: "create table x (id int primary key, at timestamp null);" }],
    accepted: [{ text: "create table x (id int primary key, at datetime(3));" }],
  },
  "prefer-bigint-key": {
    refused: [{ text: "create table x (id int auto_increment primary key);" }],
    accepted: [{ text: "create table x (id bigint auto_increment primary key);" }],
  },
  "float-with-digits": {
    refused: [{ text: "create table x (id int primary key, a float(10, 2));" }],
    accepted: [{ text: "create table x (id int primary key, a double);" }],
  },
  "zero-date": {
    refused: [
      { text: "create table x (id int primary key, at date default '0000-00-00');", notLive: true },
    ],
    accepted: [{ text: "create table x (id int primary key, at date default '2000-01-01');" }],
  },
};
