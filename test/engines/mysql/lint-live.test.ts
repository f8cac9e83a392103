/** What the linter says of the servers, held against them: recipes run, and a change is taken in the way that it is said to need, in no gentler one. */
import { afterAll, expect, test } from "vitest";
import { mariadbDialect, mysqlDialect } from "../../../src/engines/mysql/dialect.ts";
import { readFile } from "../../../src/engines/mysql/lint/file.ts";
import { judge } from "../../../src/engines/mysql/lint/lint.ts";
import { clausesOf, needOf, ways } from "../../../src/engines/mysql/lint/needs.ts";
import { emptyCatalogue, follow } from "../../../src/engines/mysql/lint/catalogue.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { cases, lintHistory } from "../../unit/mysql/lint-cases.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { type SchemaLab, schemaLab } from "./schema-lab.ts";

/** Without the step in batches, which needs its values. */
const history = lintHistory.split("-- step: fill")[0] ?? "";

const bare = { steps: [], fresh: [], history: [lintHistory] };

/** What changes a table, one each. */
const actions = [
  "add column x int null",
  "add column x int not null default 5",
  "add column x datetime not null default current_timestamp",
  "add column x varchar(20) not null default (concat('a', 'b'))",
  "add column x json null default ('[]')",
  "modify column body longtext null default ('-')",
  "add column x int as (total + 1) virtual",
  "add column x int as (total + 1) stored",
  "drop column note",
  "drop column remark",
  "rename column note to words",
  "alter column note set default 'y'",
  "modify column note varchar(20) null default 'q'",
  "modify column note varchar(20) null default 'x' comment 'q'",
  "modify column note varchar(20) not null",
  "modify column remark varchar(20) null",
  "modify column note varchar(30) null default 'x'",
  "modify column note varchar(100) null default 'x'",
  "modify column note varchar(10) null default 'x'",
  "modify column note text null",
  "modify column total bigint null",
  "modify column amount decimal(12, 2) null",
  "modify column mood enum('sad', 'glad', 'so') null",
  "modify column mood enum('sad', 'so', 'glad') null",
  "modify column note varchar(20) character set latin1 null default 'x'",
  "add index i (note)",
  "add unique index i (note)",
  "add fulltext index i (body)",
  "add constraint f foreign key (customer_id) references customers (id)",
  "add constraint c check (total > -9)",
  "drop constraint orders_total_check",
  "force",
];

const onSearched = [
  "add column x int null",
  "add column x int as (id + 1) virtual",
  "drop column note",
  "rename column note to words",
  "modify column note varchar(20) not null",
  "modify column note varchar(20) null default 'q'",
  "add index i (note)",
];

/** MySQL takes none in whatever way while it writes a binary log: error 1674. */
const volatileDefault = "add column x char(36) null default (uuid())";

const onLiving = [
  "add column x int null",
  "add column x int not null default 5",
  "add column x int as (mark + 1) virtual",
  "add column x int as (mark + 1) stored",
  "drop column note",
  "drop column mark",
  "rename column note to words",
  "rename column email to mail",
  "alter column note set default 'y'",
  "modify column note varchar(20) null default 'q'",
  "modify column note varchar(20) null comment 'q'",
  "modify column note varchar(20) not null",
  "modify column mark int not null",
  "modify column email varchar(100) null",
  "modify column email varchar(120) not null",
  "modify column mark bigint null",
  "add index i (note)",
  "add unique index i (note, is_live)",
  "add fulltext index i (note)",
  "drop index m",
  "drop index e",
  "drop index e, add unique index e (email, note, is_live)",
  "add constraint f foreign key (id) references customers (id)",
  "add constraint c check (mark > -9)",
  "drop constraint members_mark_check",
  "drop primary key, add primary key (id, email)",
  "force",
];

const onGuests = [
  "add column x int null",
  "drop column note",
  "modify column note varchar(20) not null",
];

/** Columns of expressions lie in the order of their indexes' names. */
const computed =
  "create table sayings (id int primary key, a varchar(40), b varchar(40), c int, key p (b), key m ((lower(a))), unique key u ((lower(b))));";

const onComputed = [
  "add index x ((upper(a)))",
  "add index n ((upper(a)))",
  "add unique index x ((upper(a)))",
  "drop index m",
  "drop index u",
  "drop index m, add index m ((upper(a)))",
  "drop index m, add index x (a)",
  "drop index m, drop column c",
  "add index x ((upper(a))), add column d int",
  "add index x (a)",
];

for (const dialect of [mysqlDialect, mariadbDialect]) {
  const server = await sharedServer(dialect.name);
  const of = { port: "migrations", engine: columnOf(server), method: "lint" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  // MariaDB has no index over an expression.
  const isMysql = dialect.name === "mysql";
  const schema = isMysql ? `${history}\n${computed}` : history;
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });
  const fresh = async (): Promise<SchemaLab> => {
    const place = await server.namespace();
    opened.push(place);
    const lab = await schemaLab(place.dsn, dialect.name);
    await lab.run(schema);
    return lab;
  };

  const live = Object.values(cases)
    .flatMap(({ refused }) => refused)
    .filter((one) => one.notLive !== true && (one.dialect ?? "mysql") === dialect.name);

  test.each(live)(
    `${of.engine}: the recipe for $text runs`,
    proving(of, async ({ text, phase }) => {
      const source = { text, ...(phase !== undefined && { phase }), ...bare };
      const found = judge(source, dialect).filter(({ severity }) => severity === "error");
      const lab = await fresh();
      try {
        for (const { recipe } of found.slice(0, 1))
          for (const { sql: up, batch } of recipe) {
            if (batch === true) await lab.batches({ up, batch: { keys: 1, size: 10, pauseMs: 0 } });
            else await lab.run(up);
          }
      } finally {
        await lab.close();
      }
    }),
  );

  const facts = (table: string) => {
    const catalogue = emptyCatalogue();
    for (const statement of readFile(schema, [])) follow(catalogue, statement, false);
    return catalogue.tables.get(table);
  };
  const tried = [
    ...actions.map((action) => ({ table: "orders", action })),
    ...onSearched.map((action) => ({ table: "pages", action })),
    ...onLiving.map((action) => ({ table: "members", action })),
    ...onGuests.map((action) => ({ table: "guests", action })),
    ...(isMysql
      ? onComputed.map((action) => ({ table: "sayings", action }))
      : [{ table: "orders", action: volatileDefault }]),
  ];

  if (isMysql)
    test(
      `${of.engine}: a default that differs from row to row is no way to add a column`,
      proving(of, async () => {
        const lab = await fresh();
        try {
          for (const way of ways)
            await expect(
              lab.run(`alter table orders ${[volatileDefault, ...clausesOf[way]].join(", ")};`),
            ).rejects.toThrow(/unsafe|not supported/);
        } finally {
          await lab.close();
        }
      }),
    );

  test.each(tried)(
    `${of.engine}: $table $action`,
    proving(of, async ({ table, action }) => {
      const [statement] = readFile(`alter table ${table} ${action};`, []);
      if (statement?.reading.kind !== "alter-table") throw new Error("it was read otherwise");
      const need = needOf(statement.reading.actions, facts(table), dialect);
      const lab = await fresh();
      try {
        let taken: string | undefined;
        for (const way of ways) {
          const text = `alter table ${table} ${[action, ...clausesOf[way]].join(", ")};`;
          if (taken === undefined)
            taken = await lab.run(text).then(
              () => way,
              () => undefined,
            );
        }
        expect(taken).toBe(need);
      } finally {
        await lab.close();
      }
    }),
  );
}
