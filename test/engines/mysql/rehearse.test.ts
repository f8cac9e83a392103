/** `migrate rehearse` on the real servers: what the planner writes goes up, comes back and goes up again over generated rows, and nothing is lost unsaid. */
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { statementsOf } from "../../../templates/engines/mysql/migration-statements.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import type { Migration, MigrationTarget } from "../../../templates/runtime/migration.ts";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { phases, type SchemaPlanner, type Step } from "../../../src/migrate/step.ts";
import { rehearseFitting } from "../../../src/migrate/rehearse/fitting.ts";
import { rehearse, type RehearsalPlan } from "../../../src/migrate/rehearse/rehearse.ts";
import type { RehearsalStore } from "../../../src/migrate/rehearse/store.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Field } from "../../../src/spec/model.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { schemaLab } from "./schema-lab.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const size = { rows: 40, seed: 7 } as const;
const full = process.env["FULL"] === "1";

/** Of each kind of step one, and every one that needed care; the full run takes all. */
const sample = [
  "required column dropped",
  "column renamed",
  "column retyped by the user's words",
  "column required",
  "table renamed",
  "unique changed",
  "key made by the database",
  "audit on",
  "searched column dropped",
  "required column dropped beside a unique that deleted rows leave",
  "unique column dropped among what is not deleted",
  "list added with default",
];

/** Generated rows cannot fit by themselves: that is what the rehearsal is to say. */
const unfit = [
  "column required without a value",
  "enum narrower",
  "reference added",
  "two columns retyped",
  "soft delete off",
  "soft delete of an audited off",
  "soft delete beside a unique and other columns off",
];

const recorded = (
  name: string,
  root: readonly Field[],
  child: readonly Field[],
  values: Readonly<Record<string, string>> = {},
): (typeof schemaChanges)[number] => ({
  name,
  from: audited([], []),
  to: audited(root, child),
  values,
});

const audited = (root: readonly Field[], child: readonly Field[]): StoreIr => {
  const entities = [
    entity({ name: "Book", audit: true, timestamps: false, fields: [bookId, ...fieldsOf(root)] }),
    entity({
      name: "Page",
      owner: "Book",
      timestamps: false,
      key: ["bookId", "no"],
      fields: [
        field("bookId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
        field("no", int, { key: true }),
        ...fieldsOf(child),
      ],
    }),
  ];
  const access = { Book: [{ op: "get", name: "get" }] } as const;
  return mainStore(entities, [transactional("all", access)]).store;
};
const bookId = field("id", uuid, { key: true });
const fieldsOf = (own: readonly Field[]): readonly Field[] =>
  own.length > 0
    ? own
    : [field("words", text), field("rank", int), field("note", text, { nullable: true })];

const renamed = [
  field("phrase", text, { was: "words" }),
  field("rank", int),
  field("note", text, { nullable: true }),
];
const retyped = [
  field("words", text),
  field("rank", { kind: "decimal", precision: 12, scale: 2 }),
  field("note", text, { nullable: true }),
];
const lessened = [field("rank", int)];
/** What a history recorded follows its table, and comes back with it. */
const recordedChanges = [
  recorded("audited: dropped", lessened, lessened),
  recorded("audited: renamed", renamed, renamed),
  recorded("audited: retyped", retyped, retyped),
  recorded("audited: exchanged", [...lessened, field("more", int, { default: 3 })], renamed),
];

const kinds = (...values: readonly string[]) => [field("kind", { kind: "enum", values })];
const [wide, narrow] = [kinds("a", "b", "c"), kinds("a", "b")];
/** Rows are asked first, and what was recorded where they are not. */
const narrowed = {
  name: "audited: enum narrower",
  from: audited(wide, wide),
  to: audited(narrow, narrow),
};

/** A row is known by its key, so with another key none is known again. */
const rekeyed = ["key longer", "key shorter"];

interface Written {
  readonly id: string;
  readonly parents?: readonly string[];
  readonly phase?: Migration["phase"];
  readonly steps: readonly Pick<Step, "name">[];
  readonly up: string;
  readonly down: string;
}

const asMigration = ({ id, parents = [], phase, steps, up, down }: Written): Migration => ({
  id,
  parents,
  change: "0002-change",
  hash: `hash of ${id}`,
  up,
  down,
  file: `${id}.up.sql`,
  ...(phase !== undefined && { phase }),
  steps: steps.map((step) => ({ title: step.name, transactional: false, ...step })),
});

/** The steps of each phase as one migration. */
function migrationsOf(
  { print }: SchemaPlanner,
  steps: readonly Step[],
  first: string,
): readonly Migration[] {
  const made: Migration[] = [];
  for (const phase of phases) {
    const own = steps.filter((step) => step.phase === phase);
    if (own.length === 0) continue;
    const [up, down] = [print(own, "up", "up"), print(own.toReversed(), "down", "down")];
    const parents = [made.at(-1)?.id ?? first].filter((id) => id !== "");
    const id = `${first === "" ? "0001" : "0002"}-${phase}`;
    made.push(asMigration({ id, parents, phase, steps: own, up, down }));
  }
  return made;
}

/** The whole schema of a hand-written store: a circle of references, checks of many kinds, and a computed column. */
const handWritten = asMigration({
  id: "0001-hand",
  steps: [{ name: "people" }, { name: "teams" }, { name: "lead" }, { name: "facts" }],
  up: `-- step: people
create table people (
  id bigint not null auto_increment primary key, boss_id bigint, team_id int not null, email varchar(80) not null unique,
  kind enum('a', 'b') not null, level tinyint unsigned not null check (level <= 5),
  constraint people_boss foreign key (boss_id) references people (id)
);
-- step: teams
create table teams (id int not null primary key, lead_id bigint not null, constraint teams_lead foreign key (lead_id) references people (id));
-- step: lead
alter table people add constraint people_team foreign key (team_id) references teams (id), algorithm=copy;
-- step: facts
create table facts (
  day date not null, no smallint not null, amount decimal(6,2) not null check (amount between 1 and 5),
  twice decimal(8,2) as (amount * 2) stored, note varchar(20) check (char_length(note) >= 8), at datetime(3), body json, seal varbinary(8),
  state varchar(9) not null check (state in ('new', 'done')), flag tinyint(1) not null default 0, primary key (day, no),
  until date not null, opens datetime(3) not null, closes datetime(3), least int not null, most int not null,
  check (until > day and until >= '2021-01-01'), check (closes >= opens), check (least < most or most = 0), check (amount <> most)
);
`,
  down: "",
});

const change = (up: string, down: string, more: Partial<Step> = {}): Migration =>
  asMigration({
    id: "0002-change",
    parents: ["0001-hand"],
    steps: [{ name: "one", ...more }],
    up: `-- step: one\n${up}\n`,
    down: down === "" ? "" : `-- step: one\n${down}\n`,
  });

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method: "rehearsal" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  const { schema: planner, refuse = () => [], rehearsal, dsn: convention } = engine;
  if (planner === undefined || rehearsal === undefined) throw new Error("no rehearsal");
  const places: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of places) await place.drop();
  });
  const onStore = async <T>(
    work: (store: RehearsalStore, dsn: string) => Promise<T>,
  ): Promise<T> => {
    const place = await server.namespace();
    places.push(place);
    const store = await (await rehearsal()).open(parseDsn(place.dsn, convention), root, []);
    try {
      return await work(store, place.dsn);
    } finally {
      await store.close();
    }
  };
  const report = (plan: Pick<RehearsalPlan, "base" | "change">) =>
    onStore((store) => rehearse(store, { ...size, ...plan }));

  const plannedOf = (
    { from, to, values = {} }: (typeof schemaChanges)[number],
    mode: "split" | "direct" = "split",
  ) => {
    const whole = { project: "shop", mode, values } as const;
    const before = planner.snapshot(from, "shop");
    const first = planner.diff(new Map(), before, { ...whole, store: from });
    const next = planner.diff(before, planner.snapshot(to, "shop"), { ...whole, store: to });
    const base = migrationsOf(planner, first.steps, "");
    return { base, change: migrationsOf(planner, next.steps, base.at(-1)?.id ?? "") };
  };

  describe(`rehearsal on ${of.engine}`, { timeout: 120_000 }, () => {
    const possible = schemaChanges.filter(
      ({ from, to, values = {} }) =>
        [from, to].every((store) => refuse(store).length === 0) &&
        !Object.values(values).some((value) => value.includes("::")),
    );
    const chosen = possible.filter(
      ({ name }) => ![...unfit, ...rekeyed].includes(name) && (full || sample.includes(name)),
    );

    test.each(possible.filter(({ name }) => unfit.includes(name)))(
      "$name: rows that do not fit stop it",
      proving(of, async (each) => {
        const { findings } = await report(plannedOf(each));
        expect(findings).toEqual([expect.stringMatching(/^up fails: .*first seen at/)]);
      }),
    );

    const fitting = possible.filter(
      ({ name }) => unfit.includes(name) && name !== "reference added",
    );
    test.each([
      ...[...fitting, narrowed].map((each) => ({ ...each, mode: "split" }) as const),
      { ...narrowed, mode: "direct" } as const,
    ])(
      "$name, $mode: the rest is tried with rows that pass what is asked of them",
      proving(of, async (each) => {
        const open = async (): Promise<RehearsalStore> => {
          const place = await server.namespace();
          places.push(place);
          return (await rehearsal()).open(parseDsn(place.dsn, convention), root, []);
        };
        const { findings, refusals, stages } = await rehearseFitting(open, {
          ...size,
          ...plannedOf(each, each.mode),
        });
        expect(findings).toEqual([]);
        expect(refusals.length).toBeGreaterThan(0);
        for (const { message } of refusals) expect(message).toContain("first seen at");
        expect(stages.map(({ stage }) => stage)).toEqual(["before", "up", "down", "up again"]);
      }),
    );

    test.each([...chosen, ...recordedChanges])(
      "$name",
      proving(of, async (each) => {
        const found = await report(plannedOf(each));
        expect(found.findings).toEqual([]);
        expect(found.filled.filter(({ rows }) => rows !== size.rows)).toEqual([]);
        expect(found.stages.map(({ stage }) => stage)).toEqual([
          "before",
          "up",
          "down",
          "up again",
        ]);
      }),
    );

    test.each([...chosen, ...recordedChanges.slice(-1)])(
      "$name, killed inside every step, goes on to the same schema",
      proving(of, async (each) => {
        const { base, change: steps } = plannedOf(each);
        const all = [...base, ...steps];
        const atOnce = await onStore(async (store) => {
          await filled(store, base);
          await migrateUp(store.target, all, { contract: true });
          return store.observe();
        });
        await onStore(async (store) => {
          await filled(store, base);
          const target = killedInside(store.target);
          let kills = 0;
          const goesOn = () =>
            migrateUp(target, all, { contract: true }).then(
              () => false,
              (error: unknown) => {
                expect(String(error)).toContain("killed");
                return true;
              },
            );
          while (await goesOn()) expect((kills += 1)).toBeLessThan(200);
          expect(kills).toBeGreaterThan(0);
          const found = await store.observe();
          expect(store.differences(found, atOnce)).toEqual([]);
          const rows = ({ parts }: typeof found) => [...parts].map(([part, of]) => [part, of.rows]);
          expect(rows(found)).toEqual(rows(atOnce));
        });
      }),
    );

    test(
      "rows of a tree within a tenant lead to others of theirs",
      proving(of, async () => {
        const tree = schemaChanges.find(({ name }) => name === "tree within a tenant on");
        if (tree === undefined) throw new Error("no such change");
        const whole = { project: "shop", mode: "direct", values: {}, store: tree.to } as const;
        const first = planner.diff(new Map(), planner.snapshot(tree.to, "shop"), whole);
        await onStore(async (store, dsn) => {
          await filled(store, migrationsOf(planner, first.steps, ""));
          const lab = await schemaLab(dsn, engine.id === "mysql" ? "mysql" : "mariadb");
          const [row] = await lab.rows(
            "select count(parent_id), count(distinct tenant_id), sum(parent_id <> id) from lists",
          );
          await lab.close();
          expect(Number(row?.[0])).toBeGreaterThan(0);
          expect(Number(row?.[1])).toBeGreaterThan(1);
          expect(Number(row?.[2])).toBeGreaterThan(0);
        });
      }),
    );

    test(
      "every table of a hand-written schema is filled, a circle closed",
      proving(of, async () => {
        const found = await report({
          base: [handWritten],
          change: [
            change(
              "alter table facts add column more int null, algorithm=instant;",
              "alter table facts drop column more, algorithm=inplace;",
            ),
          ],
        });
        expect(found.findings).toEqual([]);
        expect(found.filled.map(({ part, rows }) => [part, rows]).toSorted()).toEqual([
          ["facts", size.rows],
          ["people", size.rows],
          ["teams", size.rows],
        ]);
      }),
    );

    test(
      "rows that go, values that change and a schema that does not come back are found",
      proving(of, async () => {
        const found = await report({
          base: [handWritten],
          change: [
            change(
              "update facts set note = 'otherwise' where note is not null;\nalter table facts alter column at set default '2000-01-01';",
              "delete from facts where flag = 1;",
            ),
          ],
        });
        expect(found.findings).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^facts: rows gone in \d+ rows after down/),
            expect.stringMatching(/^facts\.note: values changed in \d+ rows after down/),
            expect.stringMatching(/^after down the schema is not as before: column facts\.at: is/),
          ]),
        );
      }),
    );

    test(
      "a change that fails on the rows is found, with the server's word",
      proving(of, async () => {
        const found = await report({
          base: [handWritten],
          change: [change("alter table facts add unique key (state), algorithm=inplace;", "")],
        });
        expect(found.findings).toEqual([expect.stringMatching(/^up fails: .*Duplicate entry/s)]);
      }),
    );

    test(
      "what is not empty is named, and what was empty is empty again",
      proving(of, async () => {
        const place = await server.namespace();
        places.push(place);
        const again = async () =>
          (await rehearsal()).open(parseDsn(place.dsn, convention), root, []);
        const store = await again();
        expect(await store.contents()).toEqual([]);
        await migrateUp(store.target, [handWritten], { contract: true });
        await store.close();
        const emptied = await again();
        expect(await emptied.contents()).toEqual([]);
        await emptied.close();
        await leaveBehind(await again());
        const full = await again();
        expect(await full.contents()).toContain("table people");
        await full.close();
      }),
    );
  });
}

const filled = async (store: RehearsalStore, base: readonly Migration[]): Promise<void> => {
  await migrateUp(store.target, base, { contract: true });
  await store.fill(size.rows, size.seed);
};

/** Breaks off behind each statement of each step, and behind the first batch, before anything of it is noted. */
function killedInside(target: MigrationTarget): MigrationTarget {
  const next = new Map<string, number>();
  const killed = (name: string, statements: number): number | undefined => {
    const at = (next.get(name) ?? 0) + 1;
    next.set(name, at);
    return at > statements ? undefined : at;
  };
  return {
    transactional: target.transactional,
    locked: (work, waitMs) => target.locked(work, waitMs),
    ledger: () => target.ledger(),
    split: (text) => target.split(text),
    run: (steps, note, context) => target.run(steps, note, context),
    holds: (query) => target.holds(query),
    count: (query) => target.count(query),
    objects: async () => (await target.objects?.()) ?? {},
    runAlone: async (step, context) => {
      const statements = statementsOf(step.text);
      const at = killed(step.name, statements.length);
      const part = statements.slice(0, at).map(({ text }) => `delimiter //\n${text}\n//`);
      await target.runAlone(at === undefined ? step : { ...step, text: part.join("\n") }, context);
      if (at !== undefined) throw new Error("killed");
    },
    batch: async (step, position, note, context) => {
      const result = await target.batch(step, position, note, context);
      if (killed(step.name, 1) !== undefined) throw new Error("killed");
      return result;
    },
  };
}

/** Without having been asked what is in it, a store is somebody's. */
async function leaveBehind(store: { readonly target: MigrationTarget; close(): Promise<void> }) {
  await migrateUp(store.target, [handWritten], { contract: true });
  await store.close();
}
