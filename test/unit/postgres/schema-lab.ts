import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import pg from "pg";
import { catalogueDifferences } from "../../../src/engines/postgres/introspect/differences.ts";
import { introspect } from "../../../src/engines/postgres/introspect/read.ts";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import type { StorePart, TablePart } from "../../../src/engines/postgres/schema/shape.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { type ChangeContext, phases, type Step } from "../../../src/migrate/step.ts";
import type { Model } from "../../../src/spec/model.ts";
import { foundObjects } from "../../../templates/engines/postgres/described-found.ts";
import { describedTexts } from "../../../templates/engines/postgres/described-made.ts";
import { wantedObjects } from "../../../templates/engines/postgres/described-wanted.ts";
import { objectDifferences, unmadeNotes } from "../../../templates/runtime/migrate-snapshot.ts";
import { mainStore } from "./model.ts";

/** What a test needs of a database, in process or a server's. */
export interface Lab {
  exec(text: string): Promise<unknown>;
  rows(
    text: string,
    values?: readonly (string | null)[],
  ): Promise<readonly (readonly (string | null)[])[]>;
  close(): Promise<void>;
}

export async function embeddedLab(): Promise<Lab> {
  const db = await PGlite.create({ extensions: { vector } });
  const texts = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, oid) => [oid, (value: string) => value]),
  );
  return {
    exec: (text) => db.exec(text),
    rows: async (text, values = []) =>
      (await db.query<(string | null)[]>(text, [...values], { rowMode: "array", parsers: texts }))
        .rows,
    close: () => db.close(),
  };
}

/** A session of a server. */
export const serverLab = (client: pg.Client): Lab => ({
  exec: (statement) => client.query(statement),
  rows: async (statement, values = []) =>
    (
      await client.query<(string | null)[]>({
        text: statement,
        values: [...values],
        rowMode: "array",
        types: { getTypeParser: () => String },
      })
    ).rows,
  close: () => client.end(),
});

/** A session of its own; a server that goes away is told by the next statement. */
export async function connected(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** The store that holds every entity of a model. */
export const storeOf = (model: Model): StoreIr => mainStore(model.entities, model.workloads).store;

/** Runs work in a database schema of its own, so that two stores lie side by side. */
export async function inSchema<T>(lab: Lab, name: string, work: () => Promise<T>): Promise<T> {
  await lab.exec(`create schema if not exists ${name}; set search_path to ${name}, public`);
  try {
    return await work();
  } finally {
    await lab.exec("set search_path to public");
  }
}

export const emptySchema = (lab: Lab, name: string): Promise<unknown> =>
  lab.exec(`drop schema if exists ${name} cascade`);

/** A store that is made at once. */
export const wholeOf = (store: StoreIr, project = "shop"): readonly Step[] =>
  planner.diff(new Map(), planner.snapshot(store, project), {
    store,
    project,
    mode: "direct",
    values: {},
  }).steps;

/** The first migration of a store, as its two files hold it. */
export function initialMigration(
  store: StoreIr,
  project: string,
): { readonly up: string; readonly down: string } {
  const steps = wholeOf(store, project);
  return {
    up: planner.print(steps, "up", "Makes the store."),
    down: planner.print(steps.toReversed(), "down", "Takes it back."),
  };
}

/** Steps as the runner runs them: neighbours in one transaction, a batch until nothing is left. */
export async function run(
  lab: Lab,
  steps: readonly Step[],
  direction: "up" | "down",
): Promise<void> {
  const wanted = direction === "up" ? steps : steps.toReversed();
  for (const group of grouped(wanted.filter((step) => step[direction].trim() !== ""))) {
    const [step] = group;
    if (step === undefined) continue;
    const text = group.map((each) => each[direction]).join("\n");
    try {
      if (step.batch !== undefined) await runBatch(lab, step);
      else if (step.transactional) await lab.exec(`begin; ${text} commit;`);
      else await lab.exec(text);
      if (direction === "up" && step.verify !== undefined) await verified(lab, step);
    } catch (error) {
      await lab.exec("rollback").catch(() => undefined);
      throw new Error(`step ${step.name} (${direction}):\n${text}\n${String(error)}`, {
        cause: error,
      });
    }
  }
}

function grouped(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const joins = step.transactional && last?.[0]?.transactional && last[0].phase === step.phase;
    if (joins) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

async function verified(lab: Lab, step: Step): Promise<void> {
  const [row] = await lab.rows(step.verify ?? "");
  if (row?.[0] !== "t" && String(row?.[0]) !== "true")
    throw new Error(`${step.verify}: ${row?.[0]}`);
}

async function runBatch(lab: Lab, { up, batch }: Step): Promise<void> {
  let key: readonly (string | null)[] = Array.from({ length: batch?.keys ?? 0 }, () => null);
  for (let round = 0; round < 10_000; round += 1) {
    const [row] = await lab.rows(up, [...key, "100"]);
    if (row === undefined) return;
    key = row.slice(1);
  }
  throw new Error("a batch that does not end");
}

/** Answers what a planner asks, by the type that the column has. */
export function planned(
  from: StoreIr,
  to: StoreIr,
  mode: ChangeContext["mode"],
  given: Readonly<Record<string, string>> = {},
  project = "shop",
): readonly Step[] {
  const [before, after] = [planner.snapshot(from, project), planner.snapshot(to, project)];
  const plan = (values: Readonly<Record<string, string>>) =>
    planner.diff(before, after, { store: to, project, mode, values });
  const { questions, steps } = plan(given);
  if (questions.length === 0) return steps;
  const answers = Object.fromEntries(questions.map(({ about }) => [about, answerTo(about, to)]));
  const second = plan({ ...answers, ...given });
  if (second.questions.length > 0) throw new Error(JSON.stringify(second.questions));
  return second.steps;
}

const examples: Readonly<Record<string, string>> = {
  uuid: "'01890000-0000-7000-8000-000000000001'",
  date: "'2026-01-01'",
  timestamp: "'2026-01-01T00:00:00Z'",
  json: "'{}'",
  binary: "'\\x00'",
  array: "'{}'",
  boolean: "true",
  string: "'a'",
  text: "'a'",
};

function answerTo(about: string, store: StoreIr): string {
  const [part, column] = about.split(".");
  const entity = store.entities.find(({ table }) => table === part);
  const field =
    entity?.fields.find((each) => each.column === column) ??
    store.entities.map(({ tenant }) => tenant).find((tenant) => tenant?.column === column);
  if (field?.type.kind === "enum") return `'${field.type.values[0]}'`;
  return examples[field?.type.kind ?? ""] ?? "0";
}

/** What the catalogue of one schema has otherwise than another's. */
export async function differences(
  lab: Lab,
  is: string,
  should: string,
): Promise<readonly string[]> {
  const read = (name: string) =>
    inSchema(lab, name, () => introspect((text) => lab.rows(text), { without: [] }));
  return catalogueDifferences(await read(is), await read(should));
}

/** What `migrate verify` finds in a schema that is otherwise than the snapshot of the store says. */
export const unlikeSnapshot = (
  lab: Lab,
  schema: string,
  store: StoreIr,
  project = "shop",
): Promise<readonly string[]> =>
  inSchema(lab, schema, async () => {
    const found = await foundObjects((text) => lab.rows(text));
    const parts = [...planner.snapshot(store, project)].map(([part, content]) => ({
      part,
      content: content as TablePart | StorePart,
    }));
    const texts = await describedTexts(
      { query: (text) => lab.rows(text), script: (text) => lab.exec(text) },
      parts,
    );
    return [
      ...parts.flatMap(({ content }) =>
        objectDifferences(wantedObjects(content), found, texts).map(
          ({ object, is, should }) => `${object}: is ${is}, should be ${should}`,
        ),
      ),
      ...unmadeNotes(texts),
    ];
  });

/** The phases of a change, one after the other. */
export const inPhases = (steps: readonly Step[]): readonly Step[] =>
  phases.flatMap((phase) => steps.filter((step) => step.phase === phase));
