/** A column that goes takes no index along that another branch, or somebody by hand, made meanwhile; and an owner's name is asked about. */
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, schemaLab, type SchemaLab } from "./schema-lab.ts";

const method = "drop guard";

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method };
  if (isMissing(server)) {
    notProven(of, [method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });

  /** A store of before in which others have made something; and how the change goes then. */
  async function changed(
    name: string,
    others: string,
    mode: "split" | "direct",
  ): Promise<{ readonly lab: SchemaLab; readonly outcome: string }> {
    const change = schemaChanges.find((each) => each.name === name);
    if (change === undefined || planner === undefined) throw new Error(`no change ${name}`);
    const { from, to, values = {} } = change;
    const place = await (isMissing(server) ? undefined : server.namespace());
    if (place === undefined) throw new Error("no server");
    opened.push(place);
    const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
    await applied(lab, planned(planner, undefined, from, { mode: "direct", values: {} }));
    await lab.run(others);
    const steps = planned(planner, from, to, { mode, values });
    const outcome = await applied(lab, steps).then(
      () => "done",
      (error: unknown) => (error instanceof Error ? error.message : "failed"),
    );
    return { lab, outcome };
  }

  const changes = [
    ["column dropped", "`rank`"],
    ["column renamed", "words"],
  ] as const;

  describe.each(["split", "direct"] as const)(`${of.engine} %s`, (mode) => {
    test.each([
      ["create index theirs on notes (COLUMN(5));"],
      ["create index theirs on notes (id, COLUMN(5));"],
      ["create unique index theirs on notes (COLUMN(5), id);"],
    ])(
      "%s stays, and so does its column",
      proving(of, async (others) => {
        for (const [change, column] of changes) {
          if (mode === "direct" && change === "column renamed") continue;
          const text = others.replace("COLUMN(5)", column === "words" ? `${column}(5)` : column);
          const { lab, outcome } = await changed(change, text, mode);
          const bare = column.replaceAll("`", "");
          expect(outcome).toContain(
            `an index of notes that this migration does not know of would lose column ${bare}`,
          );
          expect(outcome).toContain("first seen at theirs");
          const held = await lab.rows(
            `select column_name from information_schema.statistics where table_schema = database() and index_name = 'theirs' and column_name = '${bare}'`,
          );
          expect(held).toEqual([[bare]]);
          await lab.close();
        }
      }),
      60_000,
    );
  });

  test(`${of.engine}: rows that were deleted stop the end of softDelete before new code starts`, async () => {
    const key = "'01890000-0000-7000-8000-000000000001'";
    const { lab, outcome } = await changed(
      "soft delete off",
      `insert into notes (id, words, deleted_at) values (${key}, 'a', now());`,
      "split",
    );
    expect(outcome).toContain("rows of notes that were deleted would be seen again");
    const kept = await lab.rows("select count(*) from notes where deleted_at is not null");
    expect(kept.map(([count]) => Number(count))).toEqual([1]);
    await lab.close();
    const none = await changed(
      "soft delete off",
      `insert into notes (id, words) values (${key}, 'a');`,
      "split",
    );
    expect(none.outcome).toBe("done");
    await none.lab.close();
  });

  if (engine.id === "mariadb")
    test.each(["column optional", "default given"])(
      "a check within a column's definition is not lost by a change of the column: %s",
      async (change) => {
        const others =
          "alter table notes modify column `rank` int not null check (`rank` >= 0), algorithm=copy;";
        const { lab, outcome } = await changed(change, others, "split");
        expect(outcome).toContain(
          "the check within the definition of rank of notes would be lost: make it a constraint of the table",
        );
        const checks = await lab.rows(
          "select check_clause from information_schema.check_constraints where constraint_schema = database() and table_name = 'notes' and level = 'Column'",
        );
        expect(checks).toEqual([["`rank` >= 0"]]);
        await lab.run(
          "alter table notes add constraint theirs check (`rank` >= 0); alter table notes modify column `rank` int not null;",
        );
        await lab.close();
      },
    );

  test(`${of.engine}: one of another column does not hinder`, async () => {
    for (const [change] of changes) {
      const { lab, outcome } = await changed(change, "create index theirs on notes (id);", "split");
      expect(outcome).toBe("done");
      await lab.close();
    }
  });
}
