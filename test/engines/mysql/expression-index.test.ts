// Indexes over expressions, which the server keeps in columns of its own: each change of them goes up, down and up again, with its rows.
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Entity, Field } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, catalogue, planned, schemaLab, takenBack, unlikeSnapshot } from "./schema-lab.ts";

const id = field("id", uuid, { key: true });
const words = (name: string, more: Partial<Field> = {}): Field =>
  field(name, { kind: "string", max: 40 }, more);
const rank = (kind: "int" | "bigint" | "text"): Field => field("rank", { kind });
const index = (expression: string, more: Partial<Entity["indexes"][number]> = {}) => ({
  terms: [{ expression }],
  unique: false,
  ...more,
});
const note = (fields: readonly Field[], ...indexes: Entity["indexes"]) =>
  mainStore(
    [entity({ name: "Note", timestamps: false, fields: [id, ...fields], indexes })],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;
const fx = { name: "fx" } as const;
const plain = { ...fx, unique: false, terms: [{ field: "words", direction: "asc" }] } as const;
const phrase = words("phrase", { was: "words" });

const cases = [
  [
    "another expression",
    note([words("words")], index("lower(words)", fx)),
    note([words("words")], index("upper(words)", fx)),
  ],
  [
    "another expression of a unique one",
    note([words("words")], index("lower(words)", { ...fx, unique: true })),
    note([words("words")], index("concat(words, id)", { ...fx, unique: true })),
  ],
  [
    "becomes unique",
    note([words("words")], index("lower(words)", fx)),
    note([words("words")], index("lower(words)", { ...fx, unique: true })),
  ],
  [
    "column renamed",
    note([words("words")], index("lower(words)", fx)),
    note([phrase], index("lower(phrase)", fx)),
  ],
  [
    "column renamed, index without a name",
    note([words("words")], index("lower(words)")),
    note([phrase], index("lower(phrase)")),
  ],
  [
    "column renamed, index beside another one",
    note(
      [words("words"), words("place")],
      index("lower(words)", fx),
      index("lower(place)", { name: "fy" }),
    ),
    note(
      [phrase, words("place")],
      index("lower(phrase)", fx),
      index("upper(place)", { name: "fy" }),
    ),
  ],
  [
    "column renamed and longer",
    note([words("words")], index("lower(words)", fx)),
    note(
      [field("phrase", { kind: "string", max: 80 }, { was: "words" })],
      index("lower(phrase)", fx),
    ),
  ],
  [
    "column in another case",
    note([words("words", { column: "Words" })], index("lower(Words)", fx)),
    note([words("words")], index("lower(words)", fx)),
  ],
  [
    "index renamed",
    note([words("words")], index("lower(words)", fx)),
    note([words("words")], index("lower(words)", { name: "fz" })),
  ],
  [
    "plain one becomes one over an expression",
    note([words("words")], plain),
    note([words("words")], index("lower(words)", fx)),
  ],
  [
    "one over an expression becomes a plain one",
    note([words("words")], index("lower(words)", fx)),
    note([words("words")], plain),
  ],
  [
    "column longer",
    note([words("words")], index("lower(words)", fx)),
    note([field("words", { kind: "string", max: 80 })], index("lower(words)", fx)),
  ],
  [
    "column wider",
    note([rank("int")], index("abs(`rank`)", fx)),
    note([rank("bigint")], index("abs(`rank`)", fx)),
  ],
  [
    "column of another kind",
    note([rank("int")], index("abs(`rank`)", fx)),
    note([field("rank", { kind: "decimal", precision: 14, scale: 2 })], index("abs(`rank`)", fx)),
  ],
  [
    "column required",
    note([words("words", { nullable: true })], index("lower(words)", fx)),
    note([words("words")], index("lower(words)", fx)),
  ],
  [
    "column dropped with its index",
    note([words("words"), words("place", { nullable: true })], index("lower(place)", fx)),
    note([words("words")]),
  ],
] as const;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const column = columnOf(server);
  const method = "indexes over expressions";
  if (isMissing(server)) {
    notProven({ port: "migrations", engine: column }, [method], server.reason);
    continue;
  }
  const { schema: planner, refuse = () => [] } = engine;
  if (planner === undefined) throw new Error("no planner");
  const dialect = engine.id === "mysql" ? "mysql" : "mariadb";
  const proof = { port: "migrations", engine: column, method };
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });
  const fresh = async () => {
    const place = await server.namespace();
    opened.push(place);
    return schemaLab(place.dsn, dialect);
  };
  const possible = cases.filter(([, ...sides]) => sides.every((side) => refuse(side).length === 0));

  test(`${column} ${possible.length === 0 ? "knows none: a spec with one is refused" : "has them"}`, () => {
    expect(possible.length).toBe(dialect === "mysql" ? cases.length : 0);
  });

  if (possible.length === 0) continue;
  describe.each(["split", "direct"] as const)(`${column} %s`, (mode) => {
    test.each(possible)(
      "%s",
      proving(proof, async (_, from, to) => {
        const whole = { mode: "direct", values: {} } as const;
        const [lab, wanted] = [await fresh(), await fresh()];
        await applied(wanted, planned(planner, undefined, to, whole));
        await applied(lab, planned(planner, undefined, from, whole));
        const [own] = await lab.rows(
          "select group_concat(concat('`', column_name, '`')) from information_schema.columns where table_schema = database() and table_name = 'notes' and column_name <> 'id'",
        );
        const names = String(own?.[0]);
        const values = names.replaceAll(/`[^`]*`/g, "7");
        await lab.run(`insert into notes (id, ${names}) values ('a', ${values})`);
        const steps = planned(planner, from, to, { mode, values: {} });
        for (const _round of [1, 2]) {
          await applied(lab, steps);
          expect(await catalogue(lab)).toEqual(await catalogue(wanted));
          expect(await unlikeSnapshot(lab, planner, to, dialect)).toEqual([]);
          await takenBack(lab, steps);
          expect(await unlikeSnapshot(lab, planner, from, dialect)).toEqual([]);
          expect(await lab.rows("select count(*) from notes")).toEqual([[1]]);
        }
        await lab.close();
        await wanted.close();
      }),
    );
  });
}
