/** Partitioned tables on a real server: the generated layer on them, and the partitions that come with time. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, expect, test } from "vitest";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import { connected } from "../../unit/postgres/schema-lab.ts";

const spec = (partition: string): string => `version: 1
project: shop
entities:
  Customer:
    fields:
      id: { type: uuid, key: true }
      name: { type: string, max: 40 }
  Order:
    tenant: shopId
    audit: true
    version: true
    ${partition}
    fields:
      id: { type: uuid, key: true }
      placedAt: { type: timestamp, key: true }
      customerId: { type: uuid, references: Customer, onDelete: cascade }
      status: { type: enum, values: [new, paid], default: new }
      totalCents: { type: int, min: 0 }
    unique: [[customerId, placedAt]]
  OrderLine:
    owner: Order
    fields:
      lineNo: { type: int, key: true }
      sku: { type: string, max: 20 }
workloads:
  orders:
    kind: transactional
    entities: [Order, Customer]
    access:
      Order:
        get: {}
        place: { op: insert }
        save: { op: upsert }
        amend: { op: patch, fields: [status, totalCents] }
        add: { op: increment, field: totalCents }
        cancel: { op: delete }
        listByTime: { op: list, where: [placedAt.range], orderBy: [placedAt], page: keyset }
        perMonth: { op: aggregate, where: [placedAt.range], groupBy: [placedAt.month], measure: { count: true } }
        changes: { op: history }
      Customer:
        register: { op: insert }
        remove: { op: delete }
`;

const partitioned = "partition: { by: placedAt, every: month }";

interface Key {
  readonly id: string;
  readonly placedAt: Date;
}
interface Line {
  readonly lineNo: number;
  readonly sku: string;
}
interface Order extends Key {
  readonly customerId: string;
  readonly status: string;
  readonly totalCents: number;
  readonly version: number;
  readonly lines: readonly Line[];
}
type NewOrder = Omit<Order, "version" | "status" | "lines"> & {
  readonly lines: readonly Line[];
  readonly version?: number;
};
interface Range {
  readonly placedAt: { readonly min?: Date; readonly max?: Date };
}
interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}
interface Orders {
  get(key: Key): Promise<Order | undefined>;
  getMany(keys: readonly Key[]): Promise<readonly (Order | undefined)[]>;
  place(order: NewOrder): Promise<Order>;
  save(order: NewOrder): Promise<Order>;
  amend(key: Key, patch: object, options: object): Promise<Order>;
  add(key: Key, amount: number): Promise<Order>;
  cancel(key: Key, options: object): Promise<unknown>;
  listByTime(where: Range, page: object): Promise<Page<Order>>;
  perMonth(where: Range): Promise<readonly { readonly count: number }[]>;
  changes(key: Key, page: object): Promise<Page<{ readonly change: string }>>;
}
interface Layer {
  forTenant(id: string): { readonly orders: Orders };
  readonly customers: {
    register(customer: { readonly id: string; readonly name: string }): Promise<unknown>;
    remove(id: string): Promise<unknown>;
  };
  close(): Promise<void>;
}
interface Module {
  openDataLayer(config: object): Layer;
  configFromEnv(env: Record<string, string>): object;
}

const startOfMonth = (later: number): Date => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later, 1));
};
const label = (later: number): string => startOfMonth(later).toISOString().slice(0, 7);
const nameOf = (later: number): string => `orders_${label(later).replace("-", "_")}`;
/** Of the month that is so much later. */
const dayOf = (later: number, day = 5): Date =>
  new Date(startOfMonth(later).getTime() + (day - 1) * 86_400_000);

await onSharedServer("partitioned tables", (server) => {
  const projects: GeneratedProject[] = [];
  const clients: pg.Client[] = [];
  afterAll(async () => {
    for (const client of clients) await client.end();
    for (const project of projects) project.remove();
  });

  async function started(partition: string) {
    const project = await generateProject("partitions", spec(partition));
    projects.push(project);
    const { dsn } = await server.namespace();
    const client = await connected(dsn);
    clients.push(client);
    const db = (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--no-warnings", "src/data/cli.ts", ...args],
        {
          cwd: project.folder,
          env: { ...process.env, MAIN_URL: dsn },
          encoding: "utf8",
          timeout: 240_000,
        },
      );
      return { status, out: stdout, err: stderr };
    };
    const column = async (text: string): Promise<readonly unknown[]> =>
      (await client.query<unknown[]>({ text, rowMode: "array" })).rows.map(([first]) => first);
    const parts = () =>
      column(
        "select c.relname::text from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'orders'::regclass order by 1",
      );
    const where = (): Promise<readonly unknown[]> =>
      column(
        "select tableoid::regclass || ' ' || count(*) from orders group by tableoid order by 1",
      );
    const open = async (): Promise<Layer> => {
      const { openDataLayer, configFromEnv } = await project.load<Module>("src/data/index.ts");
      return openDataLayer(configFromEnv({ MAIN_URL: dsn }));
    };
    return { project, client, db, column, parts, where, open };
  }

  test("what migrate up makes for the time to come is no drift, and made once", async () => {
    const { db, parts, client } = await started(partitioned);
    const up = db("migrate", "up");
    expect(up).toMatchObject({ status: 0, err: "" });
    const made = [0, 1, 2, 3].map((later) => nameOf(later));
    expect(up.out.split("\n").slice(1, -1)).toEqual(
      made.map((name) => `main: made partition ${name} of orders`),
    );
    expect(await parts()).toEqual([...made, "orders_default"]);
    expect(db("migrate", "up")).toMatchObject({ status: 0, out: "main: nothing to apply\n" });
    expect(db("migrate", "partitions")).toMatchObject({
      status: 0,
      out: "main: every partition is there\n",
    });
    expect(db("migrate", "partitions", "--ahead", "4", "--json")).toMatchObject({ status: 0 });
    expect(await parts()).toContain(nameOf(4));
    expect(db("migrate", "verify")).toMatchObject({
      status: 0,
      out: "main: as its migrations left it\n",
    });
    expect(db("migrate", "status")).toMatchObject({ status: 0 });
    expect(db("migrate", "partitions", "--ahead", "many")).toMatchObject({ status: 2 });

    // Rows of a period that came before its partition stay where they are.
    const customer = randomUUID();
    await client.query("insert into customers values ($1, 'Ada', now(), now())", [customer]);
    const row =
      "insert into orders (id, placed_at, customer_id, status, total_cents, shop_id, version, created_at, updated_at) values ($1, $2, $3, 'new', 1, $4, 1, now(), now())";
    await client.query("begin");
    const shop = randomUUID();
    await client.query("select set_config('app.current_tenant', $1, true)", [shop]);
    await client.query(row, [randomUUID(), dayOf(5), customer, shop]);
    await client.query("commit");
    expect(db("migrate", "partitions", "--ahead", "6")).toMatchObject({
      status: 0,
      out: [
        `main: left ${label(5)} of orders in orders_default, where rows of it lie already`,
        `main: made partition ${nameOf(6)} of orders`,
        "",
      ].join("\n"),
    });
  }, 120_000);

  test("the generated layer writes, reads and records across partitions, and reads only those that it has to", async () => {
    const { db, client, where, open, column } = await started(partitioned);
    expect(db("migrate", "up")).toMatchObject({ status: 0 });
    const data = await open();
    const [ada, bob] = [randomUUID(), randomUUID()];
    for (const id of [ada, bob]) await data.customers.register({ id, name: "A customer" });
    const [mine, other] = [data.forTenant(randomUUID()), data.forTenant(randomUUID())];
    const order = (placedAt: Date, customerId = ada): NewOrder => ({
      id: randomUUID(),
      placedAt,
      customerId,
      totalCents: 100,
      lines: [{ lineNo: 1, sku: "A" }],
    });
    const times = [dayOf(-2), dayOf(0), dayOf(1), dayOf(1, 9), dayOf(2)];
    const placed: Order[] = [];
    for (const time of times) placed.push(await mine.orders.place(order(time)));
    expect(await where()).toEqual([
      `${nameOf(0)} 1`,
      `${nameOf(1)} 2`,
      `${nameOf(2)} 1`,
      "orders_default 1",
    ]);
    const [first, second] = placed as [Order, Order];
    expect(await mine.orders.get(second)).toEqual(second);
    expect(await other.orders.get(second)).toBeUndefined();
    expect(await mine.orders.getMany(placed)).toEqual(placed);

    const { version } = second;
    const amended = await mine.orders.amend(second, { status: "paid" }, { version });
    expect(amended).toMatchObject({ status: "paid", version: version + 1 });
    expect(await mine.orders.add(second, 5)).toMatchObject({ totalCents: 105 });
    const saved = await mine.orders.save({ ...order(dayOf(1, 20)), lines: [] });
    expect(await mine.orders.save({ ...saved, totalCents: 7 })).toMatchObject({
      totalCents: 7,
      version: saved.version + 1,
    });
    await expect(mine.orders.place(order(dayOf(0)))).rejects.toMatchObject({ kind: "conflict" });

    const all = { placedAt: { min: dayOf(-3), max: dayOf(3) } };
    const listed: Order[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await mine.orders.listByTime(all, { limit: 2, ...(after && { after }) });
      listed.push(...page.items);
      after = page.next;
      more = after !== undefined;
    }
    expect(listed.map(({ placedAt }) => placedAt)).toEqual([
      ...times.slice(0, 4),
      dayOf(1, 20),
      dayOf(2),
    ]);
    expect((await other.orders.listByTime(all, { limit: 9 })).items).toEqual([]);
    expect((await mine.orders.perMonth(all)).map(({ count }) => count)).toEqual([1, 1, 3, 1]);

    const { items } = await mine.orders.changes(second, { limit: 9 });
    expect(items.map(({ change }) => change).toSorted()).toEqual(["insert", "update", "update"]);
    await mine.orders.cancel(first, { version: first.version });
    expect(await mine.orders.get(first)).toBeUndefined();
    await data.customers.remove(ada);
    expect(await where()).toEqual([]);
    expect(await column("select count(*) from order_lines")).toEqual(["0"]);
    await data.close();

    const { rows } = await client.query<{ "QUERY PLAN": string }>(
      `explain (costs off) select id from orders where placed_at >= '${dayOf(1).toISOString()}' and placed_at < '${dayOf(1, 9).toISOString()}' order by placed_at limit 5`,
    );
    const plan = rows.map((line) => line["QUERY PLAN"]).join("\n");
    expect(plan).toContain(nameOf(1));
    for (const name of [nameOf(0), nameOf(2), nameOf(3), "orders_default"])
      expect(plan).not.toContain(name);
  }, 120_000);

  test("a table with rows gets partitions under code that goes on, and loses them with every row", async () => {
    const { project, db, parts, where, open, column } = await started("comment: Placed once.");
    expect(db("migrate", "up")).toMatchObject({ status: 0 });
    const data = await open();
    const customerId = randomUUID();
    await data.customers.register({ id: customerId, name: "Ada" });
    const shop = data.forTenant(randomUUID());
    const order = (placedAt: Date): NewOrder => {
      return {
        id: randomUUID(),
        placedAt,
        customerId,
        totalCents: 1,
        lines: [{ lineNo: 1, sku: "A" }],
      };
    };
    const first = await shop.orders.place(order(dayOf(0)));

    writeFileSync(
      join(project.folder, "workloads.yaml"),
      spec(`comment: Placed once.\n    ${partitioned}`),
    );
    for (const command of [["plan"], ["generate"], ["migrate", "diff", "by-month"]]) {
      const { status, stderr } = await cli(project.folder, "--quiet", ...command);
      expect(status, stderr).toBe(0);
    }
    const linted = await cli(project.folder, "migrate", "lint");
    expect(linted.status, linted.stderr + linted.stdout).toBe(0);
    const rehearsed = await cli(project.folder, "migrate", "rehearse");
    expect(rehearsed.status, rehearsed.stderr + rehearsed.stdout).toBe(0);

    const up = db("migrate", "up", "--contract");
    expect(up, up.err).toMatchObject({ status: 0 });
    expect(up.out).toContain(`left ${label(0)} of orders in orders_default`);
    expect(await parts()).toEqual([nameOf(1), nameOf(2), nameOf(3), "orders_default"]);
    // The connections of before go on with what they had prepared.
    expect(await shop.orders.get(first)).toEqual(first);
    const second = await shop.orders.place(order(dayOf(1)));
    await shop.orders.amend(first, { totalCents: 2 }, { version: first.version });
    expect(await where()).toEqual([`${nameOf(1)} 1`, "orders_default 1"]);
    const changed = await shop.orders.changes(first, { limit: 9 });
    expect(changed.items.map(({ change }) => change).toSorted()).toEqual(["insert", "update"]);
    expect(await data.forTenant(randomUUID()).orders.get(first)).toBeUndefined();
    expect(db("migrate", "verify")).toMatchObject({ status: 0 });

    const down = db("migrate", "down", "--to", "0001-initial");
    expect(down, down.err).toMatchObject({ status: 0 });
    expect(await parts()).toEqual([]);
    expect(await shop.orders.get(second)).toEqual(second);
    expect(await column("select count(*) from orders")).toEqual(["2"]);
    expect(await column("select count(*) from order_lines")).toEqual(["2"]);
    expect(await column("select count(*) from orders_history")).toEqual(["3"]);
    expect(db("migrate", "verify")).toMatchObject({ status: 0 });
    expect(db("migrate", "up", "--contract")).toMatchObject({ status: 0 });
    expect(await where()).toEqual(["orders_default 2"]);
    await data.close();
  }, 240_000);
});
