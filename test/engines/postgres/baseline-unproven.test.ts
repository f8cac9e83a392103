import { spawnSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "baseline of oddities",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

/** Keys and checks that were made without a look at the rows; `not enforced` from PostgreSQL 18 on. */
const schema = `
create table customers (id bigint primary key, name text);
create table orders (id bigint primary key, customer_id bigint, seller_id bigint, grams int);
insert into orders values (1, 7, 8, -5);
alter table orders add constraint orders_customer_id_fkey foreign key (customer_id) references customers not valid;
alter table orders add constraint weighs check (grams > 0) not valid;
do $$ begin
  if current_setting('server_version_num')::int >= 180000 then
    alter table orders add constraint orders_seller_id_fkey foreign key (seller_id) references customers not enforced;
    alter table orders add constraint light check (grams < 100) not enforced;
  end if;
end $$;
`;

describe.skipIf(space === undefined)(
  "constraints that rows need not hold",
  { timeout: 240_000 },
  () => {
    if (space === undefined) return;
    let made: BaselineProject;
    let knowsEnforced = false;
    beforeAll(async () => {
      made = await baselineProject("baseline-unproven", space.dsn, schema);
      const [[version] = []] = await made.query("show server_version_num");
      knowsEnforced = Number(version) >= 180_000;
      expect(await made.baseline()).toBe(0);
      const { status, stdout, stderr } = await cli(made.project.folder, "generate");
      expect(status, stdout + stderr).toBe(0);
      made.project.write(".env", `MAIN_URL=${space.dsn}\n`);
    });
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    afterAll(async () => {
      await made.end();
      await space.drop();
    });

    const db = (...words: readonly string[]) =>
      spawnSync(
        process.execPath,
        ["--no-warnings", "--env-file=.env", "src/data/cli.ts", "migrate", ...words],
        { cwd: made.project.folder, encoding: "utf8" },
      );

    it("are told in the spec, each with what may be in its rows and how to mend it", () => {
      const spec = made.project.read("workloads.yaml");
      expect(spec).toContain(
        "foreign key orders_customer_id_fkey was never validated: rows may refer to nothing. When they are mended, validate it in a migration of its own: alter table orders validate constraint orders_customer_id_fkey;",
      );
      expect(spec).toContain("check weighs was never validated: rows may break it.");
      if (!knowsEnforced) return;
      expect(spec).toContain(
        "foreign key orders_seller_id_fkey is not enforced: rows may refer to nothing, new ones too. When they are mended, enforce it in a migration of its own: alter table orders alter constraint orders_seller_id_fkey enforced;",
      );
      expect(spec).toContain("check light is not enforced: rows may break it, new ones too.");
    });

    it("are no drift, and told by migrate verify", async () => {
      const up = db("up");
      expect(up.status, up.stdout + up.stderr).toBe(0);
      const verify = db("verify");
      expect(verify.status, verify.stdout + verify.stderr).toBe(0);
      expect(verify.stdout).toContain("as its migrations left it");
      expect(verify.stdout).toContain(
        "constraint orders.orders_customer_id_fkey: foreign key (customer_id) references customers (id), never validated",
      );
      expect(verify.stdout).toContain("constraint orders.weighs: check, never validated");
      if (knowsEnforced)
        expect(verify.stdout).toContain(
          "constraint orders.orders_seller_id_fkey: foreign key (seller_id) references customers (id), not enforced",
        );
      expect(await made.diff()).toMatchObject({ migrations: [] });
    });

    it("are no drift either when they are validated by hand, and the next look knows no more of it", async () => {
      await made.query("insert into customers values (7), (8)");
      await made.query("update orders set grams = 5");
      await made.query("alter table orders validate constraint orders_customer_id_fkey");
      await made.query("alter table orders validate constraint weighs");
      if (knowsEnforced)
        await made.query("alter table orders alter constraint orders_seller_id_fkey enforced");
      const verify = db("verify");
      expect(verify.status, verify.stdout + verify.stderr).toBe(0);
      expect(verify.stdout).not.toContain("never validated");
      expect(verify.stdout).not.toContain("orders_seller_id_fkey");
    });

    it("are drift when somebody changes them otherwise", async () => {
      await made.query("alter table orders drop constraint weighs");
      await made.query("alter table orders add constraint weighs check (grams > 1) not valid");
      const verify = db("verify");
      expect(verify.status, verify.stdout + verify.stderr).toBe(1);
      expect(verify.stderr).toContain("drift changed constraint orders.weighs");
    });
  },
);
