// What an expression of the user fills where a column of before is required from now on, on the real servers: rows that hold nothing, and no others.
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Field } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, schemaLab, takenBack } from "./schema-lab.ts";

const id = field("id", uuid, { key: true });
const notes = (...fields: readonly Field[]) =>
  mainStore(
    [entity({ name: "Note", timestamps: false, fields: [id, ...fields] })],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;
const words = (name: string, more: Partial<Field> = {}): Field =>
  field(name, { kind: "string", max: 20 }, more);
const whole = (name: string, kind: "int" | "bigint", more: Partial<Field> = {}): Field =>
  field(name, { kind }, more);
const optional = { nullable: true } as const;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const column = columnOf(server);
  const method = "what a required column is filled with";
  if (isMissing(server)) {
    notProven({ port: "migrations", engine: column }, [method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const dialect = engine.id === "mysql" ? "mysql" : "mariadb";
  const proof = { port: "migrations", engine: column, method };
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });
  const begun = async (from: ReturnType<typeof notes>) => {
    const place = await server.namespace();
    opened.push(place);
    const lab = await schemaLab(place.dsn, dialect);
    await applied(lab, planned(planner, undefined, from, { mode: "direct", values: {} }));
    return lab;
  };
  const phased = (steps: ReturnType<typeof planned>, contract: boolean) =>
    steps.filter(({ phase }) => (phase === "contract") === contract);

  describe(column, () => {
    test.each(["split", "direct"] as const)(
      "a rename, %s: rows keep their values, those without one get what is given, and every step can be taken back",
      proving(proof, async (mode) => {
        const [from, to] = [
          notes(words("state", optional)),
          notes(words("status", { was: "state" })),
        ];
        const lab = await begun(from);
        await lab.run(
          "insert into notes (id, state) values ('a', 'new'), ('b', null), ('c', 'old')",
        );
        const steps = planned(planner, from, to, { mode, values: { "notes.status": "'none'" } });
        expect(steps.filter(({ reversibility }) => reversibility !== "reversible")).toEqual([]);
        await applied(lab, steps);
        const after = await lab.rows("select id, status from notes order by id");
        expect(after).toEqual([
          ["a", "new"],
          ["b", "none"],
          ["c", "old"],
        ]);
        await takenBack(lab, steps);
        expect(await lab.rows("select id, state from notes order by id")).toEqual(after);
        await applied(lab, steps);
        expect(await lab.rows("select id, status from notes order by id")).toEqual(after);
        await lab.close();
      }),
    );

    test(
      "what code of before writes meanwhile stays; where it writes nothing, code of after finds what is given",
      proving(proof, async () => {
        const [from, to] = [
          notes(words("state", optional)),
          notes(words("status", { was: "state" })),
        ];
        const lab = await begun(from);
        await lab.run("insert into notes (id, state) values ('a', 'new'), ('b', null)");
        const steps = planned(planner, from, to, {
          mode: "split",
          values: { "notes.status": "concat('of ', id)" },
        });
        await applied(lab, phased(steps, false));
        await lab.run("insert into notes (id, state) values ('c', 'third'), ('d', null)");
        await lab.run("insert into notes (id, status) values ('e', 'fifth')");
        await lab.run("update notes set state = 'changed' where id = 'b'");
        await lab.run("update notes set state = null where id = 'a'");
        expect(await lab.rows("select id, state, status from notes order by id")).toEqual([
          ["a", null, "of a"],
          ["b", "changed", "changed"],
          ["c", "third", "third"],
          ["d", null, "of d"],
          ["e", "fifth", "fifth"],
        ]);
        await applied(lab, phased(steps, true));
        expect(await lab.rows("select id, status from notes order by id")).toEqual([
          ["a", "of a"],
          ["b", "changed"],
          ["c", "third"],
          ["d", "of d"],
          ["e", "fifth"],
        ]);
        await lab.close();
      }),
    );

    test.each(["split", "direct"] as const)(
      "under its own name, %s: nothing but what is empty is filled",
      proving(proof, async (mode) => {
        const [from, to] = [notes(words("state", optional)), notes(words("state"))];
        const lab = await begun(from);
        await lab.run("insert into notes (id, state) values ('a', 'new'), ('b', null)");
        const values = { "notes.state": "concat('of ', id)" };
        const steps = planned(planner, from, to, { mode, values });
        await applied(lab, phased(steps, false));
        if (mode === "split") await lab.run("insert into notes (id) values ('c')");
        await applied(lab, phased(steps, true));
        const after = await lab.rows("select id, state from notes order by id");
        expect(after).toEqual([
          ["a", "new"],
          ["b", "of b"],
          ...(mode === "split" ? [["c", "of c"]] : []),
        ]);
        await takenBack(lab, steps);
        expect(await lab.rows("select id, state from notes order by id")).toEqual(after);
        await lab.close();
      }),
    );

    test(
      "over a column that goes: what code of before writes is filled until it has gone, and again when that is taken back",
      proving(proof, async () => {
        const [from, to] = [notes(words("state")), notes(words("kind"))];
        const lab = await begun(from);
        await lab.run("insert into notes (id, state) values ('a', 'new')");
        const values = {
          "notes.kind": "(select upper(state) from notes_of where notes_of.id = notes.id)",
        };
        await lab.run("create table notes_of as select 'x' as state, id from notes");
        await lab.run("insert into notes_of values ('y', 'b'), ('z', 'c'), ('w', 'd')");
        const steps = planned(planner, from, to, { mode: "split", values });
        await applied(lab, phased(steps, false));
        await lab.run("insert into notes (id, state) values ('b', 'old')");
        await lab.run("insert into notes (id, kind) values ('d', 'own')");
        const kinds = () => lab.rows("select id, kind from notes order by id");
        const filled = [
          ["a", "X"],
          ["b", "Y"],
          ["d", "own"],
        ];
        expect(await kinds()).toEqual(filled);
        await applied(lab, phased(steps, true));
        expect(await kinds()).toEqual(filled);
        await takenBack(lab, phased(steps, true));
        await lab.run("insert into notes (id, state) values ('c', 'again')");
        await lab.run("update notes set kind = null where id = 'b'");
        expect(await kinds()).toEqual([...filled.slice(0, 2), ["c", "Z"], ...filled.slice(2)]);
        await takenBack(lab, phased(steps, false));
        expect(
          await lab.rows("select id, state from notes where id > 'a' and id < 'd' order by id"),
        ).toEqual([
          ["b", ""],
          ["c", "again"],
        ]);
        await lab.close();
      }),
    );

    test(`over a key that the server makes code of after waits for the contract, on ${column}`, () => {
      const made = field("id", { kind: "int" }, { key: true, generated: "database" });
      const own = (...fields: readonly Field[]) =>
        mainStore(
          [entity({ name: "Note", timestamps: false, fields: [made, ...fields] })],
          [transactional("all", { Note: [{ op: "get", name: "get" }] })],
        ).store;
      const waiting = (value: string) =>
        planned(planner, own(), own(words("state")), {
          mode: "split",
          values: { "notes.state": value },
        }).filter(({ risks }) => risks.includes("new-code-waits")).length;
      expect([waiting("concat('L', id)"), waiting("'L'")]).toEqual([1, 0]);
    });

    test.each([
      ["a constant fills", "0", {}, [1, 0]],
      ["an expression over the column converts", "coalesce(size * 10, 5)", {}, [10, 5]],
      ["a default fills", undefined, { default: 4 }, [1, 4]],
    ] as const)(
      "another type under another name: %s",
      proving(proof, async (_, given, more, wanted) => {
        const [from, to] = [
          notes(whole("size", "int", optional)),
          notes(whole("width", "bigint", { was: "size", ...more })),
        ];
        const lab = await begun(from);
        await lab.run("insert into notes (id, size) values ('a', 1), ('b', null)");
        const values = given === undefined ? {} : { "notes.width": given };
        const steps = planned(planner, from, to, { mode: "split", values });
        await applied(lab, phased(steps, false));
        const widths = async () =>
          (await lab.rows("select width from notes order by id")).map(([width]) => Number(width));
        expect(await widths()).toEqual(wanted);
        await applied(lab, phased(steps, true));
        expect(await widths()).toEqual(wanted);
        await lab.close();
      }),
    );

    test.each([
      ["split", "state"],
      ["direct", "state"],
      ["split", "status"],
    ] as const)(
      `what fails where nothing fills is said, with what would, %s, %s, on ${column}`,
      (mode, name) => {
        const was = name === "state" ? {} : { was: "state" };
        const [from, to] = [notes(words("state", optional)), notes(words(name, was))];
        const said = (values: Readonly<Record<string, string>>) =>
          planned(planner, from, to, { mode, values }).flatMap(({ note }) =>
            note?.includes("holds null") === true ? [note] : [],
          );
        expect(said({})).toEqual([
          expect.stringContaining(
            `It fails while a row holds null in ${name}; a migration made with --set notes.${name}=EXPRESSION fills those rows first.`,
          ),
        ]);
        expect(said({ [`notes.${name}`]: "'none'" })).toEqual([]);
      },
    );

    test(`a column that is required before has nothing to fill, on ${column}`, () => {
      const [from, to] = [notes(words("state")), notes(words("status", { was: "state" }))];
      const steps = (values: Readonly<Record<string, string>>) =>
        planned(planner, from, to, { mode: "split", values });
      expect(steps({ "notes.status": "'none'" })).toEqual(steps({}));
    });
  });
}
