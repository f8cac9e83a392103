/** What others have made on a table that gets partitions: refused by name where it would stay behind, moved where it are rights. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  isOthersText,
  moveGrants,
  refuseOthers,
} from "../../../src/engines/postgres/schema/partition-others.ts";
import type { Step } from "../../../src/migrate/step.ts";
import { schemaChanges } from "./schema-changes.ts";
import {
  embeddedLab,
  emptySchema,
  inPhases,
  inSchema,
  type Lab,
  planned,
  run,
  wholeOf,
} from "./schema-lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
}, 60_000);
afterAll(() => lab.close());

const byTime = "partitions by time of a table that others refer to";
const withinTenant = "partitions by time of a recorded table within a tenant";

function changeOf(name: string) {
  const change = schemaChanges.find((each) => each.name === name);
  if (change === undefined) throw new Error(`no change ${name}`);
  return change;
}

/** Runs work between the store of before and the change. */
async function around(
  name: string,
  work: (steps: readonly Step[]) => Promise<void>,
): Promise<void> {
  const { from, to, values = {} } = changeOf(name);
  await emptySchema(lab, "live");
  await inSchema(lab, "live", async () => {
    await run(lab, wholeOf(from), "up");
    await work(inPhases(planned(from, to, "split", values)));
  });
}

const theirs = [
  ["rule _RETURN on view theirs", "create view theirs as select count(*) from ORDERS"],
  ["rule theirs on table", "create rule theirs as on delete to ORDERS do also notify theirs"],
  ["in publication theirs", "create publication theirs for table ORDERS"],
  [
    "trigger theirs",
    "create trigger theirs before update on ORDERS for each row execute function suppress_redundant_updates_trigger()",
  ],
  ["policy theirs", "create policy theirs on ORDERS using (true)"],
  ["function theirs", "create function theirs(ORDERS) returns int language sql as 'select 1'"],
  ["column own of table theirs|table theirs", "create table theirs (own ORDERS)"],
  [
    "theirs_fk",
    "create table theirs (id uuid, at timestamptz, constraint theirs_fk foreign key (id, at) references ORDERS)",
  ],
] as const;

const onTable = [
  ...theirs,
  ["index theirs", "create index theirs on ORDERS (words, id)"],
  ["constraint theirs", "alter table ORDERS add constraint theirs check (words <> 'x')"],
  ["statistics object theirs", "create statistics theirs on id, words from ORDERS"],
] as const;

const refused = (what: string) => ({
  cause: {
    code: "2BP01",
    message: expect.stringMatching(new RegExp(`(?:${what}).* would stay behind`)),
  },
});

async function gone(): Promise<void> {
  await lab.exec("rollback; drop publication if exists theirs");
}

test.each(onTable)("is refused before anything changes: %s", async (what, made) => {
  await around(`${byTime} on`, async (steps) => {
    await lab.exec(made.replaceAll("ORDERS", "orders"));
    await expect(run(lab, steps, "up")).rejects.toMatchObject(refused(what));
    await gone();
  });
});

test.each(theirs)(
  "of a partition is refused where one table is made of all: %s",
  async (what, made) => {
    for (const name of ["orders", "orders_default"])
      await around(`${byTime} off`, async (steps) => {
        await lab.exec(made.replaceAll("ORDERS", name));
        await expect(run(lab, steps, "up")).rejects.toMatchObject(refused(what));
        await gone();
      });
  },
);

test("a table that others partitioned already gets no partitions below", async () => {
  await around("partitions by time on", async (steps) => {
    await lab.exec(
      "alter table orders rename to before; create table orders (like before including all) partition by range (placed_at)",
    );
    await expect(run(lab, steps, "up")).rejects.toMatchObject({
      cause: { message: expect.stringContaining("orders has or is a partition") },
    });
    await lab.exec("rollback");
  });
});

const rights = (
  table: string,
) => `select a.grantee::regrole::text, a.privilege_type, a.is_grantable::text, coalesce(c.attname, '')
  from (select relacl as acl, null as attname from pg_class where oid = '${table}'::regclass
    union all select attacl, attname from pg_attribute where attrelid = '${table}'::regclass) c, aclexplode(c.acl) a
  where a.grantee <> (select relowner from pg_class where oid = '${table}'::regclass) and a.grantee <> coalesce(to_regrole('shop_app'), 0) order by 1, 2, 4`;

test("rights that others gave move to the new table, and no partition is read past the policies", async () => {
  const role = 'Reader "one"';
  await lab.exec(`create role "${role.replaceAll('"', '""')}"; create role auditor`);
  await around(`${withinTenant} on`, async (steps) => {
    const quoted = `"${role.replaceAll('"', '""')}"`;
    await lab.exec(
      `grant select on orders to ${quoted} with grant option; grant select (id, words) on orders to auditor; grant update (words) on orders to auditor; grant select on orders to public`,
    );
    const before = await lab.rows(rights("orders"));
    expect(before).toHaveLength(5);
    await run(lab, steps, "up");
    expect(await lab.rows(rights("orders"))).toEqual(before);
    expect(await lab.rows(rights("orders_default"))).toEqual([]);
    await lab.exec(
      `insert into orders (tenant_id, id, placed_at, words) values (gen_random_uuid(), gen_random_uuid(), now(), 'a')`,
    );
    await lab.exec(
      `grant usage on schema live to auditor; grant select on orders_default to auditor; set role auditor`,
    );
    expect(await lab.rows("select count(*) from orders_default")).toEqual([["0"]]);
    await lab.exec("reset role; revoke all on orders_default from auditor");
    await run(lab, steps.toReversed(), "down");
    expect(await lab.rows(rights("orders"))).toEqual(before);
  });
}, 120_000);

test("lint knows the texts by all but their names", () => {
  const texts = [
    refuseOthers("it's", "plain", ["a \\ b", "c"]),
    refuseOthers("orders", "partitioned", []),
    moveGrants("it's", "Orders"),
  ];
  for (const text of texts) {
    expect(isOthersText(text)).toBe(true);
    expect(isOthersText(text.replace(/\nend\n/, "\n  drop table orders;\nend\n"))).toBe(false);
  }
  expect(isOthersText(moveGrants("a", "b").replace("revoke all on", "drop table"))).toBe(false);
});
