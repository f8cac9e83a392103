/** Values that code of after does not read, such as one that left an enum: rows that hold them, and what a history recorded, are asked before it runs. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { FieldType } from "../../../src/spec/model.ts";
import type { Step } from "../../../src/migrate/step.ts";
import { isAskText } from "../../../src/engines/postgres/schema/ask-text.ts";
import { cell } from "../../support/closing-table.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import {
  connected,
  emptySchema,
  inPhases,
  inSchema,
  type Lab,
  planned,
  run,
  serverLab,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "what was recorded and is not read",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

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

const odd = `it's "stuck" \\ now`;
const wide = kinds("open", odd, "closed");
const narrow = kinds("open", "closed");
const id = "01890000-0000-7000-8000-000000000001";

const bigint = { kind: "bigint" } as const;

interface Case {
  readonly name: string;
  readonly before: StoreIr;
  readonly after: StoreIr;
  /** The field's name in code of after. */
  readonly field: string;
  /** Literals: what code of after does not read, and what it does. */
  readonly odd: string;
  readonly good: string;
  /** What a refusal says of the rows, and of what was recorded. */
  readonly ofRows: RegExp;
  readonly recorded: string;
}

const member = { odd: "$odd$" + odd + "$odd$", good: "'open'" };
const ofMembers = /_check of (?:tickets|lines) does not let through what is there; rows: 1/;
const large = { odd: "2147483648", good: "7" };
const ofLarge = /state of (?:tickets|lines) does not fit integer; rows: 1/;

const cases: readonly Case[] = [
  {
    name: "an enum under its name",
    before: store(wide),
    after: store(narrow),
    field: "state",
    ...member,
    ofRows: ofMembers,
    recorded: JSON.stringify(odd),
  },
  {
    name: "an enum under another name",
    before: store(wide),
    after: store(narrow, "phase"),
    field: "phase",
    ...member,
    ofRows: ofMembers,
    recorded: JSON.stringify(odd),
  },
  {
    name: "a text that becomes an enum",
    before: store(text),
    after: store(narrow),
    field: "state",
    ...member,
    ofRows: ofMembers,
    recorded: 'what is none of "open", "closed"',
  },
  {
    name: "a narrower number",
    before: store(bigint),
    after: store(int),
    field: "state",
    ...large,
    ofRows: ofLarge,
    recorded: "what does not fit integer",
  },
  {
    name: "a narrower number under another name",
    before: store(bigint),
    after: store(int, "phase"),
    field: "phase",
    ...large,
    ofRows: ofLarge,
    recorded: "what does not fit integer",
  },
  {
    name: "a text that becomes a number",
    before: store(text),
    after: store(int),
    field: "state",
    odd: "'many'",
    good: "'7'",
    ofRows: ofLarge,
    recorded: "what does not fit integer",
  },
];

const numbered = kinds("7", "8");
const ofNone = { odd: "5", good: "7", ofRows: ofMembers, recorded: 'what is none of "7", "8"' };
const numbers: readonly Case[] = [
  {
    name: "a number that becomes an enum",
    before: store(int),
    after: store(numbered),
    field: "state",
    ...ofNone,
  },
  {
    name: "a number that becomes an enum under another name",
    before: store(int),
    after: store(numbered, "phase"),
    field: "phase",
    ...ofNone,
  },
];
const all = [...cases, ...numbers];

const filled = ({ odd: value, good }: Case): string => `begin;
insert into tickets (id, title, state) values ('${id}', 'a', ${value});
insert into lines (ticket_id, line_no, state) values ('${id}', 1, ${value}), ('${id}', 2, ${good});
commit;`;

/** Code of before writes every row. */
const written = (value: string): string =>
  `begin; update tickets set state = ${value}; update lines set state = ${value} where line_no = 1; commit;`;

const questionsIn = (steps: readonly Step[], phase: Step["phase"]): readonly string[] =>
  steps.filter((step) => step.phase === phase && isAskText(step.up.trim())).map(({ name }) => name);

/** The statement that a refusal names, with a value that stays. */
const mendOf = (message: string, { good }: Case): string => {
  const [, statement = ""] = /in place of '\.\.\.': (update [\s\S]*?); or /.exec(message) ?? [];
  return statement.replaceAll("'...'", `'${good.replaceAll("'", "")}'`);
};

describe.skipIf(isMissing(server))("what was recorded and is not read", () => {
  let space: Namespace;
  let client: pg.Client;
  let lab: Lab;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await connected(space.dsn);
    lab = serverLab(client);
  });
  afterAll(async () => {
    await client?.end();
    await space?.drop();
    cell(proof, { kind: "proven" });
  });

  const refusal = async (steps: readonly Step[]): Promise<string> => {
    const failure: unknown = await run(lab, steps, "up").catch((error: unknown) => error);
    const { cause } = failure instanceof Error ? failure : new Error("nothing was refused");
    return cause instanceof Error ? cause.message : String(failure);
  };

  /** What code of after would fail at, in what was recorded of both entities: the server reads it through its tables. */
  const unread = async ({ field: name, odd: value }: Case) => {
    await lab.rows("select jsonb_populate_record(null::tickets, content) from tickets_history");
    await lab.rows("select jsonb_populate_record(null::lines, content) from lines_history");
    await lab.rows(
      `select jsonb_populate_recordset(null::lines, children -> 'lines') from tickets_history`,
    );
    return lab.rows(`select count(*) from (
      select content from tickets_history
      union all select content from lines_history
      union all select jsonb_array_elements(children -> 'lines') from tickets_history
    ) recorded where content ->> '${name}' is null or content ->> '${name}' = (${value})::text`);
  };

  /** Each question about what was recorded, with its mend run as it is told. */
  async function mended(steps: readonly Step[], each: Case): Promise<void> {
    for (const history of ["tickets_history", "lines_history", "tickets_history"]) {
      const message = await refusal(steps);
      expect(message).toContain(`${history} recorded ${each.recorded} as `);
      expect(message).toMatch(/; rows: [1-9]/);
      expect(message).toContain("; this finds them: select");
      const statement = mendOf(message, each);
      expect(statement).toContain(`update ${history} set `);
      await lab.exec(statement);
    }
  }

  test.each(all)("$name", async (each) => {
    await emptySchema(lab, "live");
    await inSchema(lab, "live", async () => {
      await run(lab, wholeOf(each.before), "up");
      await lab.exec(filled(each));
      const steps = inPhases(planned(each.before, each.after, "split"));
      const of = (phase: Step["phase"]) => steps.filter((step) => step.phase === phase);
      expect(questionsIn(steps, "expand")).toHaveLength(5);
      expect(questionsIn(steps, "contract")).toHaveLength(5);
      expect(await refusal(of("expand"))).toMatch(each.ofRows);
      await lab.exec(written(each.good));
      await mended(of("expand"), each);
      await run(lab, of("expand"), "up");

      // Code of before writes it once more.
      await lab.exec(written(each.odd));
      await lab.exec(written(each.good));
      await run(lab, of("backfill"), "up");
      await mended(of("contract"), each);
      await run(lab, of("contract"), "up");
      expect(await unread(each)).toEqual([["0"]]);
    });
  });

  test.each(all)("$name, at once", async (each) => {
    await emptySchema(lab, "live");
    await inSchema(lab, "live", async () => {
      await run(lab, wholeOf(each.before), "up");
      await lab.exec(filled(each));
      await lab.exec(written(each.good));
      const steps = inPhases(planned(each.before, each.after, "direct"));
      await mended(steps, each);
      await run(lab, steps, "up");
      expect(await unread(each)).toEqual([["0"]]);
    });
  });

  test("a refusal names what the spec can say instead", async () => {
    await emptySchema(lab, "live");
    await inSchema(lab, "live", async () => {
      const [each] = cases;
      if (each === undefined) return;
      await run(lab, wholeOf(each.before), "up");
      await lab.exec(filled(each) + written(each.good));
      const message = await refusal(inPhases(planned(each.before, each.after, "split")));
      expect(message).toContain(`or keep ${JSON.stringify(odd)} among its values in the spec`);
    });
  });

  test("what an expression makes of a value is asked before code of after reads it", async () => {
    await emptySchema(lab, "live");
    await inSchema(lab, "live", async () => {
      const before = store(int);
      await run(lab, wholeOf(before), "up");
      await lab.exec(`insert into tickets (id, title, state) values ('${id}', 'a', 5)`);
      const values = {
        "tickets.state": "case when state > 5 then 'open' else 'none' end",
        "lines.state": "'closed'",
      };
      const steps = inPhases(planned(before, store(narrow), "split", values));
      const of = (phase: Step["phase"]) => steps.filter((step) => step.phase === phase);
      expect(await refusal(of("expand"))).toMatch(ofMembers);
      await lab.exec("update tickets set state = 6");
      await run(lab, of("expand"), "up");
      await run(lab, of("backfill"), "up");
      const message = await refusal(of("contract"));
      expect(message).toContain('tickets_history recorded what is none of "open", "closed" as ');
      expect(message).toContain("or give another --set tickets.state=EXPRESSION");
      await lab.exec(
        (/in place of '\.\.\.': (update [\s\S]*?); or /.exec(message)?.[1] ?? "").replaceAll(
          "'...'",
          "'closed'",
        ),
      );
      await run(lab, of("contract"), "up");
      expect(
        await lab.rows("select content ->> 'state' from tickets_history order by revision"),
      ).toEqual([["closed"], ["open"]]);
    });
  });

  test("wider values ask nothing", () => {
    for (const steps of [
      planned(store(narrow), store(wide), "split"),
      planned(store(int), store(bigint), "split"),
    ])
      expect(steps.filter(({ up }) => isAskText(up.trim()))).toEqual([]);
  });
});
