/** A value leaves an enum, or a type takes fewer numbers: rows that hold it, and what a history recorded with it, are asked for before code of after reads them. */
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Phase } from "../../../src/migrate/step.ts";
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

interface NumberCase {
  readonly name: string;
  readonly before: FieldType;
  readonly after: FieldType;
  /** The field's name in code of after. */
  readonly field?: string;
  /** Literals: what code of after does not read, and what it does. */
  readonly odd: string;
  readonly good: string;
  /** Until the contract a wider column holds what code of before writes. */
  readonly rows?: "asked by the contract";
}

const bigint = { kind: "bigint" } as const;
const decimal = (precision: number, scale: number) =>
  ({ kind: "decimal", precision, scale }) as const;
const long = "more than a whole number has room for";
const numbers: readonly NumberCase[] = [
  { name: "bigint to int", before: bigint, after: int, odd: "2147483648", good: "7" },
  {
    name: "bigint to int under another name",
    before: bigint,
    after: int,
    field: "phase",
    odd: "2147483648",
    good: "7",
    rows: "asked by the contract",
  },
  {
    name: "fewer digits",
    before: decimal(12, 2),
    after: decimal(6, 2),
    odd: "-123456.50",
    good: "7.50",
  },
  {
    name: "fewer digits under another name",
    before: decimal(12, 2),
    after: decimal(6, 2),
    field: "phase",
    odd: "123456.50",
    good: "7.50",
    rows: "asked by the contract",
  },
  {
    name: "no second digit after the point",
    before: decimal(12, 2),
    after: decimal(12, 1),
    odd: "5.55",
    good: "5.50",
  },
  {
    name: "no fraction under another name",
    before: decimal(12, 2),
    after: int,
    field: "phase",
    odd: "5.55",
    good: "5",
    rows: "asked by the contract",
  },
  { name: "a number to an enum", before: int, after: kinds("7", "8"), odd: "5", good: "7" },
  { name: "a number to a long enum", before: int, after: kinds("7", long), odd: "5", good: "7" },
  {
    name: "a number to an enum under another name",
    before: int,
    after: kinds("7", long),
    field: "phase",
    odd: "5",
    good: "7",
  },
];

const id = "01890000-0000-7000-8000-000000000001";
/** @param odd what code of after does not read */
const filled = (
  odd: string,
  good: string,
): string => `insert into tickets (id, title, state) values ('${id}', 'a', ${odd});
insert into \`lines\` (ticket_id, line_no, state) values ('${id}', 1, ${odd}), ('${id}', 2, ${good});
update tickets set title = 'b';`;
/** Code of before writes every row, and the root last. */
const written = (value: string): string =>
  `update \`lines\` set state = ${value} where line_no = 1; update tickets set state = ${value};`;

/** The statement that a refusal names, with a value that stays. */
const mendOf = (message: string, good = "closed"): string => {
  const [, statement = ""] =
    /in place of '\.\.\.': (update .*?); or (?:keep|let|say|give) /.exec(message) ?? [];
  return `${statement.replaceAll("'...'", `'${good}'`)};`;
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

  const started = async (before: StoreIr, rows = filled(oddText, "'open'")) => {
    const place = await server.namespace();
    opened.push(place);
    const lab = await schemaLab(place.dsn, engine.id === "mysql" ? "mysql" : "mariadb");
    await applied(lab, planned(planner, undefined, before, { mode: "direct", values: {} }));
    await lab.run(rows);
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
    const texted = async (): Promise<readonly string[]> => {
      const found = await lab.rows(
        "select content from tickets_history union all select children from tickets_history",
      );
      return found.map(([json]) => (typeof json === "string" ? json : JSON.stringify(json)));
    };
    const unread = async (name: string) => {
      const texts = await texted();
      expect(texts.some((json) => json.includes(`"${name}"`))).toBe(true);
      return texts.filter((json) => json.includes("stuck"));
    };
    /** Mends what is refused until the steps are done. */
    const mendedTo = async (steps: Parameters<typeof applied>[1], good: string) => {
      const refused: string[] = [];
      for (;;) {
        const message = await refusal(steps);
        if (message === "nothing was refused") return refused;
        expect(message).toContain("tickets_history recorded what ");
        expect(refused.length, message).toBeLessThan(8);
        refused.push(message);
        await lab.run(mendOf(message, good));
      }
    };
    /** What was recorded under a name, of the root and of what it owns. */
    const recordedAs = async (name: string): Promise<readonly number[]> => {
      const texts = await texted();
      const rows = texts.flatMap((json) => {
        const row = JSON.parse(json) as { readonly lines?: readonly object[] };
        return row.lines ?? ("id" in row ? [row] : []);
      });
      return rows.map((row) => Number(new Map(Object.entries(row)).get(name)));
    };
    return { lab, refusal, mended, unread, mendedTo, recordedAs };
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

  describe.each(["split", "direct"] as const)(`${of.engine}, numbers, %s`, (mode) => {
    test.each(numbers)(
      "$name",
      proving(of, async ({ before: type, after, field: name = "state", odd: bad, good, rows }) => {
        const before = store(type);
        const { lab, refusal, mendedTo, recordedAs } = await started(before, filled(bad, good));
        const steps = planned(planner, before, store(after, name), { mode, values: {} });
        const ofPhase = (...wanted: readonly Phase[]) =>
          steps.filter(({ phase }) => wanted.includes(phase));
        if (mode === "split" && rows === undefined)
          for (const table of recordedIn) {
            expect(await refusal(ofPhase("expand"))).toMatch(
              new RegExp(`state of ${table} does not fit|a row of ${table} does not keep`),
            );
            await lab.run(`update \`${table}\` set state = ${good} where state = ${bad};`);
          }
        await lab.run(written(good));
        const first = mode === "split" ? ofPhase("expand") : steps;
        const refused = await mendedTo(first, good);
        for (const table of recordedIn)
          expect(refused.filter((text) => text.includes(` of ${table}, `))).toHaveLength(1);
        if (mode === "split") {
          // Code of before writes it once more, before the batches and after them.
          for (const phase of ["backfill", "contract"] as const) {
            await lab.run(written(bad));
            await lab.run(written(good));
            const again = await mendedTo(ofPhase(phase), good);
            expect(again.length > 0).toBe(phase === "contract");
          }
        }
        expect(new Set(await recordedAs(name))).toEqual(new Set([Number(good)]));
        await lab.close();
      }),
    );
  });

  test(
    `${of.engine}: what an expression makes of a value is asked before code of after reads it`,
    proving(of, async () => {
      const before = store(decimal(6, 2));
      const { lab, refusal } = await started(before, filled("5", "6"));
      const values = {
        "tickets.state": "case when state > 5 then 'open' else 'none' end",
        "lines.state": "'closed'",
      };
      const steps = planned(planner, before, store(narrow), { mode: "split", values });
      const contract = steps.filter(({ phase }) => phase === "contract");
      const window = steps.filter((step) => !contract.includes(step));
      expect(await refusal(window)).toMatch(/a row of tickets does not keep tickets_state/);
      await lab.run("update tickets set state = 6;");
      await applied(lab, window);
      const message = await refusal(contract);
      expect(message).toContain("tickets_history recorded what is none of 'open', 'closed' as ");
      expect(message).toContain("or give another --set tickets.state=EXPRESSION");
      await lab.run(mendOf(message));
      await applied(lab, contract);
      expect(
        await lab.rows(
          "select json_unquote(json_extract(content, '$.state')) from tickets_history order by revision",
        ),
      ).toEqual([["closed"], ["closed"], ["open"]]);
      await lab.close();
    }),
  );

  test(
    `${of.engine}: a number that is given words keeps what an expression makes of it`,
    proving(of, async () => {
      const before = store(int);
      const { lab } = await started(before, filled("5", "6"));
      const values = {
        "tickets.state": "case when state > 5 then 'b' else 'a' end",
        "lines.state": "case when state > 5 then 'b' else 'a' end",
      };
      const steps = planned(planner, before, store(kinds("a", "b")), { mode: "split", values });
      await applied(lab, steps);
      expect(await lab.rows("select state from `lines` order by line_no")).toEqual([["a"], ["b"]]);
      await lab.close();
    }),
  );
}
