import { spawnSync } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { generateProject, type GeneratedProject } from "../../support/generated-project.ts";
import {
  asMigration,
  concurrentIndex,
  openMigrated,
  step,
  type MigratedStore,
} from "./migrations.ts";

const spec = `version: 1
project: orders
entities:
  Order:
    tenant: shopId
    fields:
      id: { type: uuid, key: true }
      status: { type: string, max: 20 }
workloads:
  orders:
    kind: transactional
    entities: [Order]
    access: { Order: { get: {}, place: { op: insert } } }
`;

await onSharedServer("npm run db of a generated project", (server) => {
  let project: GeneratedProject;
  let dsn: string;
  let opened: MigratedStore;

  beforeAll(async () => {
    project = await generateProject("migrate-project", spec);
    ({ dsn } = await server.namespace());
    opened = openMigrated(dsn);
  });
  afterAll(async () => {
    await opened.close();
    project.remove();
  });

  const db = (...args: readonly string[]) => dbOf(dsn, ...args);
  const dbOf = (url: string, ...args: readonly string[]) => {
    const env = { ...process.env, MAIN_URL: url };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--no-warnings", "src/data/cli.ts", ...args],
      { cwd: project.folder, env, encoding: "utf8", timeout: 240_000 },
    );
    return { status, out: stdout, err: stderr };
  };
  const put = (fixture: Parameters<typeof asMigration>[0]): void => {
    const { up, down, file: _file, ...record } = asMigration(fixture);
    const folder = join(project.folder, "migrations/main");
    writeFileSync(join(folder, `${record.id}.up.sql`), up);
    writeFileSync(join(folder, `${record.id}.down.sql`), down);
    writeFileSync(join(folder, `${record.id}.json`), JSON.stringify(record));
  };

  it.each([
    ["migrate", "status"],
    ["migrate", "up"],
    ["migrate", "plan"],
    ["migrate", "down"],
    ["migrate", "verify"],
    ["migrate", "deploy-check"],
    ["migrate", "accept", "0001-initial"],
  ])("%s %s: a database that is not there is told with its variable and host", (...command) => {
    const url = new URL(dsn);
    url.pathname = "/nodb";
    const told = `main (MAIN_URL: ${url.host}): database "nodb" does not exist\ncreate the database, or check the name in the DSN\n`;
    expect(dbOf(url.href, ...command)).toEqual({ status: 3, out: "", err: told });
  });

  it("up, status, verify, deploy-check, held contract, down: as the report of a deployment reads", () => {
    expect(db("migrate", "deploy-check")).toMatchObject({
      status: 1,
      err: expect.stringContaining(
        "main: finding 0001-initial (expand) is not applied: migrate up",
      ),
    });
    expect(db("migrate", "up")).toMatchObject({ status: 0, out: "main: applied 0001-initial\n" });
    expect(db("migrate", "verify")).toMatchObject({
      status: 0,
      out: "main: as its migrations left it\n",
    });
    expect(db("health", "startup")).toMatchObject({ status: 0 });

    const common = { change: "0002-remark" } as const;
    const drop = step(
      "no-remark",
      "alter table orders drop column remark;",
      "alter table orders add column remark text;",
      {
        reversibility: "loses-data",
        destroys: "orders.remark",
        title: "orders: column remark is dropped",
      },
    );
    put({
      ...common,
      id: "0002-remark",
      parents: ["0001-initial"],
      phase: "expand",
      steps: [
        step(
          "remark",
          "alter table orders add column remark text;",
          "alter table orders drop column remark;",
        ),
        concurrentIndex("orders_remark_idx", "orders (remark)"),
      ],
    });
    put({
      ...common,
      id: "0003-remark-contract",
      parents: ["0002-remark"],
      phase: "contract",
      steps: [drop],
    });
    expect(db("migrate", "plan").out).toBe(
      [
        "main: would apply 0002-remark (expand)",
        "main:   remark: remark",
        "main:   orders_remark_idx: orders_remark_idx (outside of a transaction)",
        "main: held 0003-remark-contract: contract: code of before 0002-remark fails after it; when none runs any more: migrate up --contract 0003-remark-contract",
        "",
      ].join("\n"),
    );
    expect(db("health", "startup")).toMatchObject({
      status: 1,
      err: expect.stringContaining("not applied: 0002-remark\n"),
    });
    expect(db("migrate", "up").out).toMatch(
      /^main: applied 0002-remark\nmain: held 0003-remark-contract: contract/,
    );
    expect(db("health", "startup").status).toBe(0);
    expect(db("migrate", "deploy-check", "--running", "0001-initial")).toMatchObject({
      status: 0,
      out: "main: this code may start\nmain: must wait 0003-remark-contract: running code does not know 0002-remark\n",
    });
    expect(db("migrate", "up", "--contract", "0003-remark-contract").out).toBe(
      "main: applied 0003-remark-contract\n",
    );
    const status = JSON.parse(db("migrate", "status", "--json").out);
    expect(status.stores).toMatchObject([
      {
        store: "main",
        applied: [
          { id: "0001-initial" },
          { id: "0002-remark", phase: "expand" },
          { id: "0003-remark-contract" },
        ],
        held: [],
        problems: [],
      },
    ]);
    expect(db("migrate", "down")).toMatchObject({
      status: 1,
      err: expect.stringContaining("migrate down --allow-destructive 0003-remark-contract"),
    });
    expect(
      db("migrate", "down", "--to", "0001-initial", "--allow-destructive", "0003-remark-contract")
        .out,
    ).toBe("main: reverted 0003-remark-contract\nmain: reverted 0002-remark\n");
  }, 60_000);

  it("drift is named, and a checkout without its migrations is told apart from one that is behind", async () => {
    await opened.rows("create index by_hand on orders (status)");
    expect(db("migrate", "verify")).toMatchObject({
      status: 1,
      err: "main: drift added index by_hand\nmain: not compared with the snapshot: 0002-remark is not applied\n",
    });
    const [here, away] = ["migrations", "elsewhere"].map((name) => join(project.folder, name));
    if (here === undefined || away === undefined) return expect.unreachable();
    renameSync(here, away);
    const { configFromEnv, openDataLayer } = await project.load<{
      configFromEnv(env: object): object;
      openDataLayer(config: object): {
        readonly health: {
          startup(): Promise<{
            readonly ok: boolean;
            readonly stores: readonly { readonly detail: string }[];
          }>;
        };
        close(): Promise<void>;
      };
    }>("src/data/index.ts");
    const data = openDataLayer({
      ...configFromEnv({ MAIN_URL: dsn }),
      lifecycle: { signals: false },
    });
    const report = await data.health.startup();
    await data.close();
    renameSync(away, here);
    expect([report.ok, report.stores[0]?.detail]).toEqual([
      true,
      expect.stringContaining("migrations do not come with this code"),
    ]);
    rmSync(join(project.folder, "elsewhere"), { recursive: true, force: true });
  }, 60_000);
});
