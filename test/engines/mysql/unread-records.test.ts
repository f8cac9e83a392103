/** A value leaves an enum: rows that hold it, and what a history recorded with it, are asked for before code of after reads them. */
import { afterAll, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { FieldType } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, schemaLab } from "./schema-lab.ts";

const kinds = (...values: readonly string[]) => ({ kind: "enum", values }) as const;

/** @param name of the field in both entities; that of before was `state` */
const store = (state: FieldType, name = "state"): StoreIr => {
  const was = name === "state" ? {} : { was: "state" };
  const fields = [field(name, state, was)];
  return mainStore(
    [
      entity({
        name: "Ticket",
        audit: true,
        timestamps: false,
        fields: [field("id", uuid, { key: true }), field("title", text), ...fields],
      }),
      entity({
        name: "Line",
        owner: "Ticket",
        timestamps: false,
        key: ["ticketId", "lineNo"],
        fields: [
          field("ticketId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
          field("lineNo", int, { key: true }),
          ...fields,
        ],
      }),
    ],
    [transactional("all", { Ticket: [{ op: "get", name: "get" }] })],
  ).store;
};

const odd = `it's "stuck" \\ now; from here`;
const oddText = `'it''s "stuck" \\\\ now; from here'`;
const wide = store(kinds("open", odd, "closed"));
const narrow = kinds("open", "closed");
const gone = `recorded ${oddText} as `;
const cases = [
  ["under its name", wide, store(narrow), "state", gone],
  ["under another name", wide, store(narrow, "phase"), "phase", gone],
  [
    "of a text",
    store({ kind: "string", max: 80 }),
    store(narrow),
    "state",
    "recorded what is none of 'open', 'closed' as ",
  ],
] as const;

const id = "01890000-0000-7000-8000-000000000001";
const filled = `insert into tickets (id, title, state) values ('${id}', 'a', ${oddText});
insert into \`lines\` (ticket_id, line_no, state) values ('${id}', 1, ${oddText}), ('${id}', 2, 'open');
update tickets set title = 'b';`;
/** Code of before writes every row, and the root last. */
const written = (value: string): string =>
  `update \`lines\` set state = ${value} where line_no = 1; update tickets set state = ${value};`;

/** The statement that a refusal names, with a value that stays. */
const mendOf = (message: string): string => {
  const [, statement = ""] =
    /in place of '\.\.\.': (update .*?); or (?:keep|let) /.exec(message) ?? [];
  return `${statement.replaceAll("'...'", "'closed'")};`;
};

/** Of the root, and of what it owns. */
const recordedIn = ["tickets", "lines"];

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = {
    port: "migrations",
    engine: columnOf(server),
    method: "what was recorded and is not read",
  };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });

  const started = async (before: StoreIr) => {
    const place = await server.namespace();
    opened.push(place);
    const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
    await applied(lab, planned(planner, undefined, before, { mode: "direct", values: {} }));
    await lab.run(filled);
    const refusal = async (steps: Parameters<typeof applied>[1]): Promise<string> => {
      const failure: unknown = await applied(lab, steps).then(
        () => "nothing was refused",
        (error: unknown) => error,
      );
      return failure instanceof Error ? failure.message : String(failure);
    };
    /** Each question about what was recorded, with its mend run as it is told. */
    const mended = async (steps: Parameters<typeof applied>[1], what: string): Promise<void> => {
      for (const table of recordedIn) {
        const message = await refusal(steps);
        expect(message).toContain(`tickets_history ${what}`);
        expect(message).toContain(` of ${table}, which code of after does not read`);
        expect(message).toMatch(/; first seen at revision \d+, one of [1-9]/);
        await lab.run(mendOf(message));
      }
    };
    const unread = async (name: string) => {
      const found = await lab.rows(
        "select content from tickets_history union all select children from tickets_history",
      );
      const texts = found.map(([json]) => (typeof json === "string" ? json : JSON.stringify(json)));
      expect(texts.some((json) => json.includes(`"${name}"`))).toBe(true);
      return texts.filter((json) => json.includes("stuck"));
    };
    return { lab, refusal, mended, unread };
  };

  test.each(cases)(
    `${of.engine}: %s`,
    proving(of, async (_, before, after, name, what) => {
      const { lab, refusal, mended, unread } = await started(before);
      const steps = planned(planner, before, after, { mode: "split", values: {} });
      const contract = steps.filter(({ phase }) => phase === "contract");
      const window = steps.filter((step) => !contract.includes(step));
      for (const table of ["tickets", "lines"]) {
        expect(await refusal(window)).toContain(`a row of ${table} does not keep ${table}_`);
        await lab.run(`update \`${table}\` set state = 'closed' where state <> 'open';`);
      }
      await lab.run("update tickets set title = 'c';");
      await mended(window, what);
      await applied(lab, window);
      expect(await unread(name)).toEqual([]);

      // Code of before writes it once more.
      await lab.run(written(oddText));
      await lab.run(written("'open'"));
      await mended(contract, what);
      await applied(lab, contract);
      expect(await unread(name)).toEqual([]);
      await lab.close();
    }),
  );

  test(
    `${of.engine}: at once`,
    proving(of, async () => {
      const { lab, mended, unread } = await started(wide);
      await lab.run(written("'closed'"));
      const steps = planned(planner, wide, store(narrow), { mode: "direct", values: {} });
      await mended(steps, gone);
      await applied(lab, steps);
      expect(await unread("state")).toEqual([]);
      await lab.close();
    }),
  );
}
