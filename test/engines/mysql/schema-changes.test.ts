// Every kind of change of the schema on the real servers: what steps make is what a fresh store has, and the way back leads back.
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, catalogue, planned, schemaLab, takenBack, unlikeSnapshot } from "./schema-lab.ts";

const method = "schema changes";

/** What the planner does not make by itself: it says so, and what to do instead. */
const asked = ["key retyped", "tenant retyped", "searched column retyped"];

/** What a child's rows get that its owner's have. */
const ownersTenant = {
  "lines.tenant_id": "(select own.tenant_id from lists own where own.id = list_id)",
};

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server) };
  if (isMissing(server)) {
    notProven(of, [method], server.reason);
    continue;
  }
  const { schema: planner, refuse = () => [] } = engine;
  if (planner === undefined) throw new Error("no planner");
  const dialect = engine.id === "mysql" ? "mysql" : "mariadb";
  const opened: { drop(): Promise<void> }[] = [];
  const fresh = async () => {
    const place = await server.namespace();
    opened.push(place);
    return schemaLab(place.dsn, dialect);
  };
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });
  const possible = schemaChanges.filter(
    ({ name, from, to, values = {} }) =>
      !asked.includes(name) &&
      [from, to].every((store) => refuse(store).length === 0) &&
      // Expressions in the words of PostgreSQL.
      !Object.values(values).some((value) => value.includes("::")),
  );

  test.each(schemaChanges.filter(({ name }) => asked.includes(name)))(
    `${of.engine}: $name is asked about`,
    ({ from, to, values = {} }) => {
      const change = planner.diff(planner.snapshot(from, "shop"), planner.snapshot(to, "shop"), {
        store: to,
        project: "shop",
        mode: "split",
        values,
      });
      expect(change.questions.length).toBeGreaterThan(0);
      expect(change.steps).toEqual([]);
    },
  );

  describe.each(["split", "direct"] as const)(`${of.engine} %s`, (mode) => {
    test.each(possible)(
      "$name",
      proving({ ...of, method }, async ({ from, to, values = {} }) => {
        const whole = { mode: "direct", values: {} } as const;
        const lab = await fresh();
        const wanted = await fresh();
        await applied(wanted, planned(planner, undefined, to, whole));
        await applied(lab, planned(planner, undefined, from, whole));
        const before = await catalogue(lab);
        const steps = planned(planner, from, to, { mode, values: { ...ownersTenant, ...values } });
        await applied(lab, steps);
        expect(await catalogue(lab)).toEqual(await catalogue(wanted));
        expect(await unlikeSnapshot(lab, planner, to, dialect)).toEqual([]);
        await takenBack(lab, steps);
        expect(await unlikeSnapshot(lab, planner, from, dialect)).toEqual([]);
        expect((await catalogue(lab)).tables).toEqual(before.tables);
        await applied(lab, steps);
        expect(await catalogue(lab)).toEqual(await catalogue(wanted));
        await lab.close();
        await wanted.close();
      }),
    );
  });

  test(`${of.engine}: a reference that deletes otherwise is held at every moment of the change, and back`, async () => {
    const change = schemaChanges.find(({ name }) => name === "reference on delete");
    if (change === undefined) throw new Error("no such change");
    const { from, to } = change;
    const lab = await fresh();
    await applied(lab, planned(planner, undefined, from, { mode: "direct", values: {} }));
    const held = async (): Promise<readonly (string | number | null)[]> =>
      (
        await lab.rows(
          "select delete_rule from information_schema.referential_constraints where constraint_schema = database()",
        )
      ).map(([rule]) => (rule === "CASCADE" ? "cascade" : "restrict"));
    const steps = planned(planner, from, to, { mode: "split", values: {} });
    expect(new Set(steps.map(({ phase }) => phase))).toEqual(new Set(["contract"]));
    const seen = [await held()];
    for (const step of steps) {
      await applied(lab, [step]);
      seen.push(await held());
    }
    for (const step of steps.toReversed()) {
      await takenBack(lab, [step]);
      seen.push(await held());
    }
    expect(seen.filter((rules) => rules.length !== 1)).toEqual([]);
    const turns = seen.flat().filter((rule, at, all) => rule !== all[at - 1]);
    expect(turns).toEqual(["restrict", "cascade", "restrict"]);
    await lab.close();
  });

  test(`${of.engine}: a unique index that becomes wider leaves no moment without either, and back`, async () => {
    const change = schemaChanges.find(({ name }) => name === "unique widened");
    if (change === undefined) throw new Error("no such change");
    const { from, to } = change;
    const lab = await fresh();
    await applied(lab, planned(planner, undefined, from, { mode: "direct", values: {} }));
    const held = async (): Promise<string> =>
      (
        await lab.rows(
          "select distinct index_name from information_schema.statistics where table_schema = database() and table_name = 'notes' and non_unique = 0 and index_name <> 'PRIMARY' order by index_name",
        )
      )
        .flat()
        .join(" ");
    const steps = planned(planner, from, to, { mode: "split", values: {} });
    const seen: string[] = [];
    for (const step of steps) {
      await applied(lab, [step]);
      seen.push(await held());
    }
    for (const step of steps.toReversed()) {
      await takenBack(lab, [step]);
      seen.push(await held());
    }
    const [narrow, wide] = ["notes_words_key", "notes_rank_words_key"];
    const both = `${wide} ${narrow}`;
    const turns = seen.filter((each, at) => each !== seen[at - 1]);
    expect(turns).toEqual([narrow, both, wide, both, narrow]);
    await lab.close();
  });

  test(`${of.engine}: a renamed column with a default holds what either code gives, while both write`, async () => {
    const change = schemaChanges.find(({ name }) => name === "column renamed and wider");
    if (change === undefined) throw new Error("no such change");
    const lab = await fresh();
    await applied(lab, planned(planner, undefined, change.from, { mode: "direct", values: {} }));
    const steps = planned(planner, change.from, change.to, { mode: "split", values: {} });
    const before = steps.filter(({ phase }) => phase !== "contract");
    await applied(lab, before);
    await lab.run("insert into notes (id, place) values ('after', 7);");
    await lab.run("insert into notes (id, `rank`) values ('before', 9);");
    await lab.run("insert into notes (id) values ('either');");
    const rows = () => lab.rows("select id, `rank`, place from notes order by id");
    expect((await rows()).map((row) => row.map(String))).toEqual([
      ["after", "7", "7"],
      ["before", "9", "9"],
      ["either", "3", "3"],
    ]);
    await applied(lab, steps.slice(before.length));
    expect((await lab.rows("select id, place from notes order by id")).map(String)).toEqual([
      "after,7",
      "before,9",
      "either,3",
    ]);
    await lab.close();
  });
}
