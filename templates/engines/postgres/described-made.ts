import type { DescribedTexts, SnapshotPart } from "../../runtime/migration.ts";
import { printedTexts } from "./described-expressions.ts";
import type { WantedPart, WantedTable } from "./described-wanted.ts";
import type { TextRow } from "./statement.ts";

/** One session, outside of any transaction. */
export interface DescribingSession {
  query(text: string): Promise<readonly TextRow[]>;
  script(text: string): Promise<unknown>;
}

/** So many parts are made at a time: each object that is made holds a lock until all are taken back. */
const atATime = 20;

/**
 * What the server prints of what is there, and of what the snapshot wants: its tables are made once more as temporary ones, without
 * rows, references and triggers, and taken back.
 */
export async function describedTexts(
  session: DescribingSession,
  parts: readonly SnapshotPart[],
): Promise<DescribedTexts> {
  const found = await printedTexts(session.query, "current");
  const wanted = new Map<string, string>();
  const unmade: { readonly part: string; readonly why: string }[] = [];
  for (let at = 0; at < parts.length; at += atATime) {
    await session.script("begin");
    try {
      for (const { part, content } of parts.slice(at, at + atATime)) {
        const why = await made(session, content as WantedPart);
        if (why !== undefined) unmade.push({ part, why });
      }
      const texts = await printedTexts(session.query, "temporary");
      for (const [object, text] of texts) wanted.set(object, text);
    } finally {
      await session.script("rollback");
    }
  }
  for (const { content } of parts)
    for (const [object, text] of triggerTexts(content as WantedPart)) wanted.set(object, text);
  return { found, wanted, unmade };
}

/** Tells why not, where it cannot be made. */
async function made(
  { script }: DescribingSession,
  content: WantedPart,
): Promise<string | undefined> {
  await script("savepoint described; set local check_function_bodies = off");
  try {
    await script(temporaryText(content));
    return undefined;
  } catch (error) {
    await script("rollback to savepoint described");
    return error instanceof Error ? error.message : String(error);
  }
}

function temporaryText(part: WantedPart): string {
  const { table, history, operation, domains = [], functions = [] } = part;
  const tables = [table, history, operation].flatMap((each) => each ?? []);
  return [
    ...functions.map(({ definition }) =>
      definition.replace(/^create function /, "create function pg_temp."),
    ),
    ...tables.flatMap(tableTexts),
    ...domains.map(
      ({ name, type, constraint, condition }) =>
        `create domain pg_temp.${quoted(name)} as ${type} constraint ${quoted(constraint)} check (${condition});`,
    ),
  ].join("\n");
}

function tableTexts({
  name,
  columns,
  constraints,
  indexes,
  policies,
}: WantedTable): readonly string[] {
  const lines = [
    ...columns.map((column) => `${quoted(column.name)} ${column.type}${valueText(column.value)}`),
    ...constraints.flatMap((each) =>
      each.kind === "check" ? [`constraint ${quoted(each.name)} ${each.definition}`] : [],
    ),
  ];
  const temporary = `pg_temp.${quoted(name)}`;
  return [
    `create temporary table ${quoted(name)} (${lines.join(", ")});`,
    ...indexes.map((index) => `create index ${quoted(index.name)} on ${temporary} ${index.body};`),
    ...policies.map(
      ({ name: policy, using, check }) =>
        `create policy ${quoted(policy)} on ${temporary} ${using === "" ? "" : `using (${using})`}${check === undefined ? "" : ` with check (${check})`};`,
    ),
  ];
}

function valueText(value: WantedTable["columns"][number]["value"]): string {
  switch (value?.kind) {
    case "default":
      return ` default ${value.expression}`;
    case "generated":
      return ` generated always as (${value.expression}) stored`;
    default:
      return "";
  }
}

const triggerTexts = ({
  table,
  triggers = [],
}: WantedPart): readonly (readonly [string, string])[] =>
  triggers.map((each) => [
    `trigger ${table?.name}.${each.name}`,
    `${each.event}, ${each.function}`,
  ]);

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
