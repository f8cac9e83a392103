/**
 * Code of before and of after writes while a change runs in its phases: whatever either writes is there at the end, in the new shape, and
 * the schema is the one that the new spec makes afresh.
 */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { seeded } from "../../support/random.ts";
import { cell } from "../../support/closing-table.ts";
import type { Entity, EntityAccess } from "../../../src/spec/model.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
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
  differences,
  type Lab,
  planned,
  run,
  serverLab,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "both codes write" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const store = (...entities: readonly Entity[]): StoreIr => {
  const access: Record<string, EntityAccess["methods"]> = {};
  for (const { name } of entities) access[name] = [{ op: "get", name: "get" }];
  return mainStore(entities, [transactional("all", access)]).store;
};

type Statement = readonly [text: string, values: readonly (string | null)[]];

/** How one version of the code writes a row; `value` is what the test follows. */
interface Code {
  readonly insert: (id: string, value: string) => Statement;
  readonly update: (id: string, value: string) => Statement;
}

interface Case {
  readonly name: string;
  readonly from: StoreIr;
  readonly to: StoreIr;
  readonly values?: Readonly<Record<string, string>>;
  readonly before: Code;
  readonly after: Code;
  /** `id, value` of every row afterwards. */
  readonly found: string;
  readonly value: (at: number) => string;
}

const key = field("id", uuid, { key: true });
const word = (at: number): string => `w${at}`;

const code = (table: string, column: string, type = "text", more = ""): Code => ({
  insert: (id, value) => [
    `insert into ${table} (id, ${column}${more === "" ? "" : ", extra"}) values ($1, $2::text::${type}${more === "" ? "" : `, '${more}'`})`,
    [id, value],
  ],
  update: (id, value) => [
    `update ${table} set ${column} = $2::text::${type} where id = $1`,
    [id, value],
  ],
});

const note = (
  name: string,
  more: Parameters<typeof entity>[0] extends infer E ? Partial<E> : never = {},
) =>
  entity({
    name: "Note",
    audit: true,
    timestamps: false,
    indexes: [{ terms: [{ field: name, direction: "asc" }], unique: false }],
    ...more,
    fields: [
      key,
      field(
        name,
        { kind: "string", max: 40 },
        { unique: true, ...(name === "words" && { was: "remark" }) },
      ),
    ],
  });

const amount = (kind: "int" | "bigint" | "text") =>
  entity({
    name: "Note",
    version: true,
    checks: kind === "text" ? {} : { notNegative: "amount >= 0" },
    fields: [key, field("amount", { kind }, { ...(kind !== "text" && { default: 7 }) })],
  });

const required = (extra: boolean) =>
  entity({
    name: "Note",
    fields: [
      key,
      field("words", text),
      ...(extra ? [field("extra", { kind: "string", max: 60 })] : []),
    ],
  });

const renamed = (name: string, was?: string) =>
  entity({
    name,
    audit: true,
    ...(was !== undefined && { was }),
    fields: [key, field("words", text), field("rank", int, { nullable: true, min: 0 })],
  });

const kinds = (...values: readonly string[]) =>
  entity({ name: "Note", fields: [key, field("words", { kind: "enum", values })] });

const cases: readonly Case[] = [
  {
    name: "a renamed column, unique, indexed and recorded",
    from: store(note("remark")),
    to: store(note("words")),
    before: code("notes", "remark"),
    after: code("notes", "words"),
    found: "select id::text, words from notes",
    value: (at) => `${word(at)}-${randomUUID().slice(0, 8)}`,
  },
  {
    name: "a column of a wider type",
    from: store(amount("int")),
    to: store(amount("bigint")),
    before: code("notes", "amount", "integer"),
    after: code("notes", "amount", "bigint"),
    found: "select id::text, amount::text from notes",
    value: String,
  },
  {
    name: "numbers that become text",
    from: store(amount("int")),
    to: store(amount("text")),
    before: code("notes", "amount", "integer"),
    after: code("notes", "amount", "integer"),
    found: "select id::text, amount from notes",
    value: String,
  },
  {
    name: "a new required column",
    from: store(required(false)),
    to: store(required(true)),
    values: { "notes.extra": "upper(words)" },
    before: code("notes", "words"),
    after: code("notes", "words", "text", "given"),
    found: "select id::text, words from notes where extra = 'given' or extra ~ '^W[0-9]+$'",
    value: word,
  },
  {
    name: "a renamed table",
    from: store(renamed("Note")),
    to: store(renamed("Memo", "Note")),
    before: code("notes", "words"),
    after: code("memos", "words"),
    found: "select id::text, words from memos",
    value: word,
  },
  {
    name: "fewer values of an enum",
    from: store(kinds("a", "b", "c")),
    to: store(kinds("b", "a", "d")),
    before: code("notes", "words"),
    after: code("notes", "words"),
    found: "select id::text, words from notes",
    value: (at) => ["a", "b"][at % 2] ?? "a",
  },
];

/** Writes with one or both versions of the code until it is stopped; it alone knows what each of its rows holds. */
class Writer {
  readonly held = new Map<string, string>();
  codes: readonly Code[];
  stopped = false;
  written = 0;
  readonly #random: () => number;
  readonly #client: pg.Client;
  readonly #value: Case["value"];

  constructor(client: pg.Client, codes: readonly Code[], value: Case["value"], seed: number) {
    this.#client = client;
    this.codes = codes;
    this.#value = value;
    this.#random = seeded(seed);
  }

  async write(): Promise<void> {
    const known = [...this.held.keys()];
    const code = this.codes[Math.floor(this.#random() * this.codes.length)];
    const old = known[Math.floor(this.#random() * known.length * 2)];
    const id = old ?? randomUUID();
    const value = this.#value(Math.floor(this.#random() * 1000));
    const [statement, values] = (old === undefined
      ? code?.insert(id, value)
      : code?.update(id, value)) ?? ["", []];
    await this.#client.query(statement, [...values]);
    this.held.set(id, value);
    this.written += 1;
  }

  async loop(): Promise<void> {
    while (!this.stopped && this.written < 20_000) {
      await this.write();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

async function provesBoth(each: Case, space: Namespace): Promise<void> {
  const migrator = await connected(space.dsn);
  const clients = await Promise.all([1, 2, 3].map(() => connected(space.dsn)));
  const own = serverLab(migrator);
  try {
    await run(own, wholeOf(each.from), "up");
    const writers = clients.map((client, at) => new Writer(client, [each.before], each.value, at));
    for (let at = 0; at < 100; at += 1) await Promise.all(writers.map((writer) => writer.write()));
    const steps = planned(each.from, each.to, "split", each.values);
    const of = (phase: Phase): readonly Step[] => steps.filter((step) => step.phase === phase);
    const loops = Promise.all(writers.map((writer) => writer.loop()));
    loops.catch(() => undefined);
    await run(own, of("expand"), "up");
    for (const writer of writers) writer.codes = [each.before, each.after];
    await pause();
    await run(own, of("backfill"), "up");
    await pause();
    for (const writer of writers) writer.codes = [each.after];
    await pause();
    await run(own, of("contract"), "up");
    await pause();
    for (const writer of writers) writer.stopped = true;
    await loops;
    await compared(own, each, writers);
    await run(own, steps, "down");
    await wholeAgain(own, each.from);
  } finally {
    await Promise.all([migrator, ...clients].map((client) => client.end()));
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

async function compared(own: Lab, each: Case, writers: readonly Writer[]): Promise<void> {
  const expected = new Map(writers.flatMap(({ held }) => [...held]));
  const found = new Map((await own.rows(each.found)).map(([id, value]) => [String(id), value]));
  expect(found.size).toBe(expected.size);
  expect([...expected].filter(([id, value]) => found.get(id) !== value)).toEqual([]);
  await wholeAgain(own, each.to);
}

/** The schema is that of the store made afresh. */
async function wholeAgain(own: Lab, made: StoreIr): Promise<void> {
  await own.exec(
    "drop schema if exists fresh cascade; create schema fresh; set search_path to fresh",
  );
  await run(own, wholeOf(made), "up");
  await own.exec("set search_path to public");
  expect(await differences(own, "public", "fresh")).toEqual([]);
}

describe.skipIf(isMissing(server))(
  "a change in phases, while code of before and after writes",
  () => {
    afterAll(() => cell(proof, { kind: "proven" }));

    test.each(cases)(
      "$name",
      async (each) => {
        if (isMissing(server)) return;
        const space = await server.namespace();
        try {
          await provesBoth(each, space);
        } finally {
          await space.drop();
        }
      },
      60_000,
    );
  },
);
