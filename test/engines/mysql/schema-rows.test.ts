// What a change of the schema means for the rows that are there and for those that are written meanwhile, on the real servers.
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
import type { Field } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import { statementsOf } from "../../../templates/engines/mysql/migration-statements.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, type SchemaLab, schemaLab, takenBack } from "./schema-lab.ts";

const id = field("id", uuid, { key: true });

const notes = (fields: readonly Field[], audit = false) =>
  mainStore(
    [entity({ name: "Note", timestamps: false, audit, fields: [id, ...fields] })],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const price = (precision: number, scale: number): Field =>
  field("price", { kind: "decimal", precision, scale });
const words = (name: string, max: number, more: Partial<Field> = {}): Field =>
  field(name, { kind: "string", max }, more);

/** A trigger names what has another name by now: nobody writes until it is exchanged. */
const missing = /doesn't exist/;

const deals = (child: ReturnType<typeof entity>) =>
  mainStore(
    [
      entity({ name: "Deal", timestamps: false, audit: true, fields: [id, words("name", 40)] }),
      child,
    ],
    [transactional("all", { Deal: [{ op: "get", name: "get" }] })],
  ).store;
const lines = (name: string, more: { readonly was?: string } = {}) =>
  entity({
    name,
    ...more,
    owner: "Deal",
    timestamps: false,
    key: ["dealId", "position"],
    fields: [
      field("dealId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("position", { kind: "int" }, { key: true }),
      words("word", 40),
    ],
  });

const rowsOf = (count: number): string =>
  Array.from({ length: count }, (_, at) => `('${at}', 'n')`).join(", ");

const of = (steps: readonly Step[], ...wanted: readonly Phase[]): readonly Step[] =>
  steps.filter(({ phase }) => wanted.includes(phase));

interface Writer {
  /** Statements with a value of their own, by the number of those that were taken. */
  readonly texts: readonly ((written: number) => string)[];
  /** What a refusal that only this moment brings says. */
  readonly refusal?: RegExp;
}

/** Writes on for as long as the work takes. Any other refusal ends it: a server that is gone refuses at once, for ever. */
async function writtenDuring(
  { run }: SchemaLab,
  { texts, refusal }: Writer,
  work: () => Promise<void>,
): Promise<number> {
  let isOver = false;
  let written = 0;
  const others: string[] = [];
  const refused = ({ message }: Error): void => {
    if (refusal?.test(message) === true) return;
    others.push(message);
    isOver = true;
  };
  const writer = (async (): Promise<void> => {
    while (!isOver)
      for (const text of texts) await run(text(written)).then(() => (written += 1), refused);
  })();
  try {
    await work();
  } finally {
    isOver = true;
  }
  await writer;
  expect(others).toEqual([]);
  return written;
}

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const column = columnOf(server);
  const method = "rows of a schema change";
  if (isMissing(server)) {
    notProven({ port: "migrations", engine: column }, [method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const dialect = engine.id === "mysql" ? "mysql" : "mariadb";
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });
  const whole = { mode: "direct", values: {} } as const;
  const split = { mode: "split", values: {} } as const;
  const begun = async (
    from: ReturnType<typeof notes>,
    to: ReturnType<typeof notes>,
  ): Promise<{ lab: SchemaLab; other: SchemaLab; steps: readonly Step[] }> => {
    const place = await server.namespace();
    opened.push(place);
    const lab = await schemaLab(place.dsn, dialect);
    await applied(lab, planned(planner, undefined, from, whole));
    const other = await schemaLab(place.dsn, dialect);
    return { lab, other, steps: planned(planner, from, to, split) };
  };
  const proof = { port: "migrations", engine: column, method };

  describe(column, () => {
    test(
      "a number that a narrower type would round is refused, and stays",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(notes([price(12, 2)]), notes([price(8, 1)]));
        await lab.run("insert into notes (id, price) values ('a', 1.50), ('b', 5.55)");
        await expect(applied(lab, steps)).rejects.toThrow(/does not fit .*first seen at b$/);
        expect(await lab.rows("select price from notes order by id")).toEqual([["1.50"], ["5.55"]]);
        await lab.run("update notes set price = 5.6 where id = 'b'");
        await applied(lab, steps);
        expect(await lab.rows("select price from notes order by id")).toEqual([["1.5"], ["5.6"]]);
        await lab.close();
        await other.close();
      }),
    );

    const gone: readonly { readonly own: Field; readonly check?: string }[] = [
      { own: field("own", { kind: "array", of: "string" }) },
      { own: field("own", { kind: "array", of: "string", max: 20 }) },
      { own: field("own", { kind: "json" }) },
      { own: words("own", 40), check: "char_length(own) >= 5" },
      { own: words("own", 40), check: "own like 'a%'" },
      { own: field("own", { kind: "text" }, { min: 2, max: 9 }) },
      { own: field("own", { kind: "int" }, { min: 3, max: 9 }) },
      { own: field("own", { kind: "date" }, { min: "2000-01-01" }) },
      { own: field("own", { kind: "vector", dimensions: 3, metric: "cosine" }) },
      { own: field("own", uuid) },
    ];
    test.each(gone)(
      "a required column that comes back has a value of its type and within its checks, or stops where nothing can stand for one: $own.type.kind $check",
      proving(proof, async ({ own, check }) => {
        const checks = check === undefined ? {} : { own: check };
        const note = (fields: readonly Field[], kept = {}) =>
          mainStore(
            [entity({ name: "Note", timestamps: false, checks: kept, fields: [id, ...fields] })],
            [transactional("all", { Note: [{ op: "get", name: "get" }] })],
          ).store;
        const { lab, other, steps } = await begun(note([own], checks), note([]));
        await applied(lab, steps);
        await lab.run("insert into notes (id) values ('a'), ('b')");
        const isLost = own.type.kind === "vector" || check?.includes(" like ") === true;
        expect(steps.some(({ reversibility }) => reversibility === "irreversible")).toBe(isLost);
        if (isLost) {
          await expect(takenBack(lab, steps)).rejects.toThrow(
            /column own of notes is empty in a row, .*give each row one; first seen at a$/,
          );
          await lab.run(
            `update notes set own = ${check === undefined ? "unhex(repeat('00', 12))" : "'a'"}`,
          );
          await takenBack(lab, of(steps, "expand"));
        } else await takenBack(lab, steps);
        await expect(lab.run("update notes set own = null")).rejects.toThrow(/cannot be null/);
        const [[value = null] = []] = await lab.rows("select own from notes");
        expect(value).not.toBeNull();
        if (own.type.kind === "array" || own.type.kind === "json")
          expect(typeof value === "string" ? JSON.parse(value) : value).toEqual([]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a required column that comes back from another type stops where nothing can stand for its values",
      proving(proof, async () => {
        const before = notes([field("own", { kind: "vector", dimensions: 3, metric: "cosine" })]);
        const after = notes([field("own", { kind: "json" })]);
        const { lab, other } = await begun(before, before);
        const values = { "notes.own": "json_array()" };
        const steps = planned(planner, before, after, { mode: "split", values });
        expect(steps.map(({ reversibility }) => reversibility)).toContain("irreversible");
        const zeros = "unhex(repeat('00', 12))";
        await lab.run(`insert into notes (id, own) values ('a', ${zeros})`);
        await applied(lab, steps);
        const at = steps.findIndex(({ down }) => down.includes("is empty in a row"));
        await takenBack(lab, steps.slice(at + 1));
        await expect(takenBack(lab, steps.slice(at, at + 1))).rejects.toThrow(
          /column own of notes is empty in a row, .*first seen at a$/,
        );
        await lab.run(`update notes set own = ${zeros}`);
        await takenBack(lab, steps.slice(0, at + 1));
        await expect(lab.run("update notes set own = null")).rejects.toThrow(/cannot be null/);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "nobody writes what would be rounded between the look at the rows and the change",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(notes([price(12, 2)]), notes([price(8, 1)]));
        await lab.run("insert into notes (id, price) values ('a', 1.50)");
        const at = steps.findIndex(({ up }) => up.includes("modify column price"));
        expect(at).toBeGreaterThan(0);
        await applied(lab, steps.slice(0, at));
        for (const text of [
          "insert into notes (id, price) values ('b', 5.55)",
          "update notes set price = 5.55",
        ])
          await expect(other.run(text)).rejects.toThrow(
            /a value of price of notes does not fit decimal\(8,1\)/,
          );
        await other.run("insert into notes (id, price) values ('c', 5.5)");
        await applied(lab, steps.slice(at));
        expect(await lab.rows("select price from notes order by id")).toEqual([["1.5"], ["5.5"]]);
        expect(
          await lab.rows(
            "select trigger_name from information_schema.triggers where trigger_schema = database()",
          ),
        ).toEqual([]);
        await takenBack(lab, steps);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a narrower column under another name takes what code of before writes, until the contract",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("name", 100)]),
          notes([words("title", 60, { was: "name" })]),
        );
        const long = (letter: string): string => letter.repeat(80);
        await lab.run(`insert into notes (id, name) values ('a', '${long("a")}')`);
        await applied(lab, of(steps, "expand", "backfill"));
        await lab.run(`insert into notes (id, name) values ('b', '${long("b")}')`);
        await lab.run("insert into notes (id, title) values ('c', 'short')");
        expect(await lab.rows("select name, title from notes order by id")).toEqual([
          [long("a"), long("a")],
          [long("b"), long("b")],
          ["short", "short"],
        ]);
        await expect(applied(lab, of(steps, "contract"))).rejects.toThrow(/first seen at a$/);
        await lab.run("update notes set name = left(name, 50)");
        await applied(lab, of(steps, "contract"));
        expect(await lab.rows("select char_length(title) from notes order by id")).toEqual([
          [50],
          [50],
          [5],
        ]);
        await expect(
          lab.run(`insert into notes (id, title) values ('d', '${long("d")}')`),
        ).rejects.toThrow(/too long/);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a fraction that a whole number under another name does not hold is refused before it goes",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([price(12, 2)]),
          notes([field("cents", { kind: "bigint" }, { was: "price" })]),
        );
        await lab.run("insert into notes (id, price) values ('a', 5)");
        await applied(lab, of(steps, "expand", "backfill"));
        await lab.run("insert into notes (id, price) values ('b', 5)");
        await lab.run("update notes set price = 5.55 where id = 'b'");
        await expect(applied(lab, of(steps, "contract"))).rejects.toThrow(
          /price of notes does not fit bigint; first seen at b$/,
        );
        expect(await lab.rows("select price from notes order by id")).toEqual([["5.00"], ["5.55"]]);
        await lab.run("update notes set price = 6 where id = 'b'");
        await applied(lab, of(steps, "contract"));
        expect(await lab.rows("select cents from notes order by id")).toEqual([[5], [6]]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "what rows forbid is found before anything is dropped, and named by a key",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("name", 40), words("gone", 40)]),
          notes([words("title", 40, { was: "name", unique: true })]),
        );
        await lab.run("insert into notes (id, name, gone) values ('x', 'n', ''), ('y', 'n', '')");
        await expect(applied(lab, steps)).rejects.toThrow(/twice.*first seen at x$/);
        expect(await lab.rows("select name, gone, title from notes order by id")).toEqual([
          ["n", "", "n"],
          ["n", "", "n"],
        ]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a null that code of after writes at any moment of the contract stays null",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("note", 40, { nullable: true })]),
          notes([words("remark", 40, { nullable: true, was: "note" })]),
        );
        await lab.run(`insert into notes (id, note) values ${rowsOf(40)}`);
        await applied(lab, of(steps, "expand", "backfill"));
        let written = 0;
        const write = async (): Promise<void> => {
          await other.run(`update notes set remark = null where id = '${written}'`);
          written += 1;
        };
        await write();
        for (const text of of(steps, "contract").flatMap(({ up }) => statementsOf(up))) {
          await lab.run(text.text);
          await write();
        }
        expect(await lab.rows("select count(*), count(remark) from notes")).toEqual([
          [40, 40 - written],
        ]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "what either code writes after the contract was taken back is in both columns again, and stays",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("note", 40, { nullable: true })]),
          notes([words("remark", 40, { nullable: true, was: "note" })]),
        );
        await lab.run("insert into notes (id, note) values ('a', 'n'), ('b', 'n'), ('c', 'n')");
        await applied(lab, steps);
        await takenBack(lab, of(steps, "contract"));
        await other.run("update notes set remark = null where id = 'a'");
        await other.run("update notes set note = 'old' where id = 'b'");
        const both = [
          ["a", null, null],
          ["b", "old", "old"],
          ["c", "n", "n"],
        ];
        expect(await lab.rows("select id, note, remark from notes order by id")).toEqual(both);
        await applied(lab, of(steps, "contract"));
        expect(await lab.rows("select id, remark from notes order by id")).toEqual(
          both.map(([key, , remark]) => [key, remark]),
        );
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a column with a default is renamed: both codes read what either writes, null included, and so after the way back",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([field("rank", { kind: "int" }, { default: 5 })]),
          notes([field("place", { kind: "int" }, { was: "rank", default: 7, nullable: true })]),
        );
        await lab.run("insert into notes (id, `rank`) values ('a', 1)");
        await applied(lab, of(steps, "expand", "backfill"));
        await other.run("insert into notes (id, place) values ('b', 2)");
        await other.run("insert into notes (id) values ('c')");
        await other.run("update notes set place = null where id = 'a'");
        const all = "select id, `rank`, place from notes order by id";
        const both = [
          ["a", null, null],
          ["b", 2, 2],
          ["c", 5, 5],
        ];
        expect(await lab.rows(all)).toEqual(both);
        await applied(lab, of(steps, "contract"));
        await takenBack(lab, of(steps, "contract"));
        expect(await lab.rows(all)).toEqual(both);
        await takenBack(lab, of(steps, "expand", "backfill"));
        await lab.run("insert into notes (id) values ('d')");
        expect(await lab.rows("select `rank` from notes order by id")).toEqual([
          [5],
          [2],
          [5],
          [5],
        ]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a number that becomes true or false is converted, which has to be allowed and comes back as 0 or 1",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([field("flag", { kind: "int" }, { default: 0 })]),
          notes([field("flag", { kind: "boolean" }, { default: false })]),
        );
        expect(steps.flatMap(({ destroys = [] }) => destroys)).toEqual(["notes.flag"]);
        await lab.run("insert into notes (id, flag) values ('a', 5), ('b', 0), ('c', 300)");
        await applied(lab, of(steps, "expand", "backfill"));
        await lab.run("update notes set flag = -1 where id = 'b'");
        await applied(lab, of(steps, "contract"));
        await lab.run("insert into notes (id) values ('d')");
        const found = [[1], [1], [1], [0]];
        expect(await lab.rows("select flag from notes order by id")).toEqual(found);
        await takenBack(lab, steps);
        expect(await lab.rows("select flag from notes order by id")).toEqual(found);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "another type under the same name: new code waits for the contract, and the values come back",
      proving(proof, async () => {
        const { lab, other } = await begun(notes([words("code", 40)]), notes([words("code", 40)]));
        const steps = planned(
          planner,
          notes([words("code", 40)]),
          notes([field("code", { kind: "int" })]),
          { mode: "split", values: { "notes.code": "cast(code as signed)" } },
        );
        const waiting = steps.filter(({ risks }) => risks.includes("new-code-waits"));
        expect(waiting.map(({ phase }) => phase)).toEqual(["contract"]);
        await lab.run("insert into notes (id, code) values ('a', '7')");
        await applied(lab, steps);
        await other.run("insert into notes (id, code) values ('b', 8)");
        expect(await lab.rows("select code from notes order by id")).toEqual([[7], [8]]);
        await takenBack(lab, steps);
        expect(await lab.rows("select code from notes order by id")).toEqual([["7"], ["8"]]);
        await lab.close();
        await other.close();
      }),
    );

    test.each([
      [
        "bigint to int",
        field("size", { kind: "bigint" }),
        field("size", { kind: "int" }),
        "9",
        "3000000000",
      ],
      ["shorter text", words("size", 200), words("size", 5), "'short'", "'much longer'"],
      [
        "fewer digits",
        field("size", { kind: "decimal", precision: 12, scale: 2 }),
        field("size", { kind: "decimal", precision: 4, scale: 2 }),
        "12.50",
        "123456.50",
      ],
    ] as const)(
      "a narrower type under the same name (%s): rows are asked before new code waits, and nothing is changed where one does not fit",
      proving(proof, async (_, before, after, good, bad) => {
        const { lab, other, steps } = await begun(notes([before]), notes([after]));
        const waiting = steps.filter(({ risks }) => risks.includes("new-code-waits"));
        expect(waiting.map(({ phase }) => phase)).toEqual(["contract"]);
        const stored = () =>
          lab.rows(
            "select column_type from information_schema.columns where table_schema = database() and column_name = 'size'",
          );
        const type = await stored();
        await lab.run(`insert into notes (id, size) values ('a', ${good}), ('b', ${bad})`);
        await expect(applied(lab, of(steps, "expand"))).rejects.toThrow(
          /size of notes does not fit .*first seen at b$/,
        );
        await lab.run("delete from notes where id = 'b'");
        await applied(lab, of(steps, "expand", "backfill"));
        expect(await stored()).toEqual(type);
        await other.run(`insert into notes (id, size) values ('c', ${bad})`);
        await expect(applied(lab, of(steps, "contract"))).rejects.toThrow(
          /size of notes does not fit/,
        );
        expect(await stored()).toEqual(type);
        await lab.run("delete from notes where id = 'c'");
        await applied(lab, of(steps, "contract"));
        expect(await stored()).not.toEqual(type);
        expect(await lab.rows("select count(*) from notes")).toEqual([[1]]);
        await takenBack(lab, steps);
        expect(await stored()).toEqual(type);
        await lab.close();
        await other.close();
      }),
    );

    test.each([
      [
        "boolean to int",
        field("size", { kind: "boolean" }),
        field("size", { kind: "int" }),
        "true",
        "5",
        "1",
      ],
      [
        "int to decimal",
        field("size", { kind: "int" }),
        field("size", { kind: "decimal", precision: 12, scale: 2 }),
        "7",
        "1.50",
        undefined,
      ],
      ["int to text", field("size", { kind: "int" }), words("size", 40), "7", "'x'", undefined],
      [
        "day to moment",
        field("size", { kind: "date" }),
        field("size", { kind: "timestamp" }),
        "'2026-01-02'",
        "'2026-01-02 10:00:00.000'",
        undefined,
      ],
    ] as const)(
      "a value of another kind is not seen by code of before: %s waits for the contract",
      proving(proof, async (_, before, after, old, now, back) => {
        const { lab, other, steps } = await begun(notes([before]), notes([after]));
        const waiting = steps.filter(({ risks }) => risks.includes("new-code-waits"));
        expect(waiting.map(({ phase }) => phase)).toEqual(["contract"]);
        const stored = () =>
          lab.rows(
            "select data_type from information_schema.columns where table_schema = database() and column_name = 'size'",
          );
        const type = await stored();
        await lab.run(`insert into notes (id, size) values ('a', ${old})`);
        await applied(lab, of(steps, "expand", "backfill"));
        expect(await stored()).toEqual(type);
        await other.run(`insert into notes (id, size) values ('b', ${old})`);
        await applied(lab, of(steps, "contract"));
        expect(await stored()).not.toEqual(type);
        expect(await lab.rows("select count(*) from notes where size is not null")).toEqual([[2]]);
        await other.run(`update notes set size = ${now} where id = 'b'`);
        await takenBack(lab, steps);
        expect(await stored()).toEqual(type);
        const [[kept], [changed]] = (await lab.rows(
          "select cast(size as char) from notes order by id",
        )) as [[string], [string]];
        expect(kept).toBe(old === "true" ? "1" : old.replaceAll("'", ""));
        if (back !== undefined) expect(changed).toBe(back);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a boolean that becomes a number under another name is no number for code of before",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([field("hot", { kind: "boolean" })]),
          notes([field("heat", { kind: "int" }, { was: "hot" })]),
        );
        await lab.run("insert into notes (id, hot) values ('a', true)");
        await applied(lab, of(steps, "expand", "backfill"));
        await other.run("insert into notes (id, heat) values ('b', 500), ('c', 0)");
        await other.run("update notes set heat = 7 where id = 'a'");
        expect(await lab.rows("select hot, heat from notes order by id")).toEqual([
          [1, 7],
          [1, 500],
          [0, 0],
        ]);
        await other.run("update notes set hot = false where id = 'a'");
        await applied(lab, of(steps, "contract"));
        expect(await lab.rows("select heat from notes order by id")).toEqual([[0], [500], [0]]);
        await lab.close();
        await other.close();
      }),
    );

    test.each([
      ["required", false, /^column code of notes is empty in a row; first seen at b$/],
      ["nullable", true, /'none'/],
    ] as const)(
      "what a given expression cannot convert is no hindrance for code of before, but for the contract: %s",
      proving(proof, async (_, nullable, refusal) => {
        const [from, to] = [
          notes([words("code", 40, { nullable })]),
          notes([field("code", { kind: "int" }, { nullable })]),
        ];
        const { lab, other } = await begun(from, from);
        const values = { "notes.code": "cast(code as signed)" };
        const steps = planned(planner, from, to, { mode: "split", values });
        await lab.run("insert into notes (id, code) values ('a', '7')");
        await applied(lab, of(steps, "expand", "backfill"));
        await other.run("insert into notes (id, code) values ('b', 'none')");
        await other.run("update notes set code = 'x' where id = 'a'");
        await other.run("update notes set code = '8' where id = 'a'");
        await other.run("insert into notes (id, code) values ('c', '9')");
        expect(await lab.rows("select code from notes order by id")).toEqual([
          ["8"],
          ["none"],
          ["9"],
        ]);
        await expect(applied(lab, of(steps, "contract"))).rejects.toThrow(refusal);
        expect(await lab.rows("select code from notes order by id")).toEqual([
          ["8"],
          ["none"],
          ["9"],
        ]);
        await lab.run("update notes set code = '10' where id = 'b'");
        await applied(lab, of(steps, "contract"));
        expect(await lab.rows("select code from notes order by id")).toEqual([[8], [10], [9]]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "rows that were deleted are named by a key that takes another name in the same change",
      proving(proof, async () => {
        const softly = (fields: readonly Field[], softDelete: boolean) =>
          mainStore(
            [entity({ name: "Note", timestamps: false, softDelete, fields })],
            [transactional("all", { Note: [{ op: "get", name: "get" }] })],
          ).store;
        const { lab, other, steps } = await begun(
          softly([id, words("name", 40)], true),
          softly([field("key", uuid, { key: true, was: "id" }), words("name", 10)], false),
        );
        await lab.run("insert into notes (id, name, deleted_at) values ('a', 'n', now())");
        await expect(applied(lab, of(steps, "expand"))).rejects.toThrow(/first seen at a$/);
        await lab.run("delete from notes");
        await applied(lab, steps);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "every change is in the history while its triggers are exchanged",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("name", 40)], true),
          notes(
            [words("title", 40, { was: "name" }), field("rank", { kind: "int" }, { default: 1 })],
            true,
          ),
        );
        await lab.run("insert into notes (id, name) values ('a', 'n')");
        const written = await writtenDuring(
          other,
          { texts: [(at) => `update notes set name = 'n${at}' where id = 'a'`] },
          () => applied(lab, of(steps, "expand", "backfill")),
        );
        expect(written).toBeGreaterThan(0);
        // Each wrote a value of its own.
        const contents = await lab.rows("select cast(content as char) from notes_history");
        const recorded = contents.map(([content]) => {
          const { title, name } = JSON.parse(`${content}`) as Record<string, string | null>;
          return title ?? name;
        });
        expect(new Set(recorded).size).toBe(written + 1);
        const [last] = await lab.rows(
          "select json_unquote(json_extract(content, '$.title')) from notes_history order by revision desc limit 1",
        );
        expect(last).toEqual([`n${written - 1}`]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "no change goes unrecorded while a table takes another name, there and back",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("name", 40)], true),
          mainStore(
            [
              entity({
                name: "Memo",
                was: "Note",
                timestamps: false,
                audit: true,
                fields: [id, words("name", 40)],
              }),
            ],
            [transactional("all", { Memo: [{ op: "get", name: "get" }] })],
          ).store,
        );
        await lab.run("insert into notes (id, name) values ('a', 'n')");
        const texts = ["notes", "memos"].map(
          (table) => (at: number) => `update ${table} set name = 'n${at}' where id = 'a'`,
        );
        const written = await writtenDuring(other, { texts, refusal: missing }, async () => {
          await applied(lab, steps);
          await takenBack(lab, of(steps, "contract"));
          expect(await lab.rows("select count(*) from memos")).toEqual([[1]]);
          await takenBack(lab, of(steps, "expand", "backfill"));
        });
        expect(written).toBeGreaterThan(0);
        expect(await lab.rows("select count(*) from notes_history")).toEqual([[written + 1]]);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "a root is recorded while the table of its children takes another name, there and back",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          deals(lines("Item")),
          deals(lines("Line", { was: "Item" })),
        );
        await lab.run("insert into deals (id, name) values ('a', 'n')");
        await lab.run("insert into items (deal_id, position, word) values ('a', 1, 'w')");
        const texts = [(at: number) => `update deals set name = 'n${at}' where id = 'a'`];
        const written = await writtenDuring(other, { texts, refusal: missing }, async () => {
          await applied(lab, steps);
          await takenBack(lab, of(steps, "contract"));
          await takenBack(lab, of(steps, "expand", "backfill"));
        });
        const [[last] = []] = await lab.rows(
          "select cast(content as char) from deals_history order by revision desc limit 1",
        );
        expect(JSON.parse(`${last}`)).toMatchObject({ name: `n${written - 1}` });
        const recorded = await lab.rows("select cast(children as char) from deals_history");
        expect(recorded.length).toBeGreaterThan(written);
        const isWhole = ([children]: (typeof recorded)[number]): boolean =>
          /"word": ?"w"/.test(`${children}`);
        // The deal was there before its item.
        expect(recorded.filter((row) => !isWhole(row))).toHaveLength(1);
        await lab.close();
        await other.close();
      }),
    );

    test(
      "no change goes unrecorded while a key takes another name on the spot",
      proving(proof, async () => {
        const { lab, other, steps } = await begun(
          notes([words("name", 40)], true),
          mainStore(
            [
              entity({
                name: "Note",
                timestamps: false,
                audit: true,
                fields: [field("key", uuid, { key: true, was: "id" }), words("name", 40)],
              }),
            ],
            [transactional("all", { Note: [{ op: "get", name: "get" }] })],
          ).store,
        );
        await lab.run("insert into notes (id, name) values ('a', 'n')");
        const texts = [(at: number) => `update notes set name = 'n${at}'`];
        const written = await writtenDuring(
          other,
          { texts, refusal: /Unknown column/ },
          async () => {
            await applied(lab, steps);
            await takenBack(lab, steps);
          },
        );
        expect(written).toBeGreaterThan(0);
        expect(await lab.rows("select count(*) from notes_history")).toEqual([[written + 1]]);
        await lab.close();
        await other.close();
      }),
    );
  });
}
