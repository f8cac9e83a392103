/** A database of a real server on which the steps of a planner are tried, one statement after the other. */
import mysql, { type Connection } from "mysql2/promise";
import { statementsOf } from "../../../templates/engines/mysql/migration-statements.ts";
import { prepared } from "../../../templates/engines/mysql/prepared.ts";
import {
  type Dialect,
  sessionSettings,
} from "../../../templates/engines/mysql/session-settings.ts";
import {
  type ChangeContext,
  phases,
  type SchemaPlanner,
  type Step,
} from "../../../src/migrate/step.ts";
import type { StorePart, TablePart } from "../../../src/engines/mysql/schema/shape.ts";
import { foundObjects } from "../../../templates/engines/mysql/described-found.ts";
import { describedTexts } from "../../../templates/engines/mysql/described-made.ts";
import { wantedObjects } from "../../../templates/engines/mysql/described-wanted.ts";
import { objectDifferences, unmadeNotes } from "../../../templates/runtime/migrate-snapshot.ts";
import type { StoreIr } from "../../../src/ir/types.ts";

type Row = readonly (string | number | null)[];

export interface SchemaLab {
  rows(text: string): Promise<readonly Row[]>;
  /** @throws for a row that a check before a statement answers */
  run(text: string): Promise<void>;
  batches(step: Pick<Step, "up" | "batch">): Promise<void>;
  close(): Promise<void>;
}

export async function schemaLab(dsn: string, dialect: Dialect): Promise<SchemaLab> {
  const url = new URL(dsn);
  const connection = await mysql.createConnection({
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    rowsAsArray: true,
    dateStrings: true,
  });
  for (const text of sessionSettings(dialect, 10)) await connection.query(text);
  const rows = (text: string) => answered(connection, text);
  return {
    rows,
    run: async (text) => {
      for (const statement of statementsOf(text)) {
        const found = await rows(statement.text);
        if (statement.refusal !== undefined && found.length > 0)
          throw new Error(`${statement.refusal}; first seen at ${found[0]?.[0]}`);
      }
    },
    batches: (step) => batched(connection, step),
    close: () => connection.end(),
  };
}

async function answered(
  connection: Connection,
  text: string,
  values: readonly (string | number | null)[] = [],
): Promise<readonly Row[]> {
  const { text: own, places } = prepared(text);
  const bound = places.map((place) => values[place] ?? null);
  try {
    const [answer] = await (bound.length === 0
      ? connection.query(own)
      : connection.query(own, bound));
    return Array.isArray(answer) ? (answer as unknown as readonly Row[]) : [];
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}\nin: ${own}`, { cause: error });
  }
}

async function batched(
  connection: Connection,
  { up, batch }: Pick<Step, "up" | "batch">,
): Promise<void> {
  const [asked, ...changes] = statementsOf(up).map(({ text }) => text);
  const { keys = 1, size = 0 } = batch ?? {};
  let key: readonly (string | number | null)[] = Array.from({ length: keys }, () => null);
  for (;;) {
    const [found] = await answered(connection, asked ?? "", [...key, size]);
    const [done = 0, ...last] = found ?? [];
    if (Number(done) === 0) return;
    for (const text of changes) await answered(connection, text, [...key, size, ...last]);
    key = last;
  }
}

/** What `migrate verify` finds otherwise than the snapshot of the store says. */
export async function unlikeSnapshot(
  lab: SchemaLab,
  planner: SchemaPlanner,
  store: StoreIr,
  dialect: Dialect,
): Promise<readonly string[]> {
  const found = await foundObjects(lab.rows, dialect);
  const parts = [...planner.snapshot(store, "shop")].map(([part, content]) => ({
    part,
    content: content as TablePart | StorePart,
  }));
  const texts = await describedTexts(lab.rows, parts);
  return [
    ...parts.flatMap(({ content }) =>
      objectDifferences(wantedObjects(content, dialect), found, texts).map(
        ({ object, is, should }) => `${object}: is ${is}, should be ${should}`,
      ),
    ),
    ...unmadeNotes(texts),
  ];
}

/** The steps of a change, phase by phase. */
export function planned(
  planner: SchemaPlanner,
  from: StoreIr | undefined,
  to: StoreIr,
  given: Pick<ChangeContext, "mode" | "values">,
): readonly Step[] {
  const before = from === undefined ? new Map() : planner.snapshot(from, "shop");
  const change = planner.diff(before, planner.snapshot(to, "shop"), {
    store: to,
    project: "shop",
    ...given,
  });
  if (change.questions.length > 0) throw new Error(change.questions.map(({ text }) => text).join());
  return phases.flatMap((phase) => change.steps.filter((step) => step.phase === phase));
}

export async function applied(lab: SchemaLab, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    await (step.batch === undefined ? lab.run(step.up) : lab.batches(step));
    await verified(lab, step);
  }
}

async function verified(lab: SchemaLab, { name, verify }: Step): Promise<void> {
  if (verify === undefined) return;
  const [row] = await lab.rows(verify);
  if (Number(row?.[0]) === 0) throw new Error(`step ${name} is not whole: ${verify}`);
}

export async function takenBack(lab: SchemaLab, steps: readonly Step[]): Promise<void> {
  for (const step of steps.toReversed()) if (step.down !== "") await lab.run(step.down);
}

const here = "table_schema = database()";

/** Everything that a schema is made of, in an order of its own. */
export async function catalogue(
  lab: SchemaLab,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const lines = async (text: string): Promise<readonly string[]> =>
    (await lab.rows(text)).map((row) => row.join(" | ")).toSorted();
  return {
    tables: await lines(
      `select table_name, table_type, table_comment from information_schema.tables where ${here}`,
    ),
    columns: await lines(
      `select table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, column_comment from information_schema.columns where ${here}`,
    ),
    indexes: await lines(
      `select table_name, index_name, seq_in_index, column_name, collation, non_unique, sub_part, index_type from information_schema.statistics where ${here}`,
    ),
    keys: await lines(
      `select table_name, constraint_name, column_name, referenced_table_name, referenced_column_name from information_schema.key_column_usage where ${here}`,
    ),
    rules: await lines(
      "select table_name, constraint_name, delete_rule from information_schema.referential_constraints where constraint_schema = database()",
    ),
    checks: await lines(
      "select constraint_name, check_clause from information_schema.check_constraints where constraint_schema = database()",
    ),
    triggers: await lines(
      "select trigger_name, event_object_table, event_manipulation, action_timing, action_statement from information_schema.triggers where trigger_schema = database()",
    ),
  };
}
