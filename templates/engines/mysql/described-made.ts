import { createHash } from "node:crypto";
import type { DescribedTexts, SnapshotPart } from "../../runtime/migration.ts";
import { printedTexts } from "./described-expressions.ts";
import type { WantedPart, WantedTable } from "./described-wanted.ts";

type Rows = readonly (readonly unknown[])[];

/** Statements on one session. */
export type DescribingQuery = (text: string) => Promise<Rows>;

/** Name of the table that is made, looked at and dropped; nobody else sees it. */
const temporary = "`described_table`";

/**
 * What the server prints of what is there, and of what the snapshot wants: each of its tables is made once more as a temporary one, without
 * rows, references, triggers and full-text keys, which it cannot have.
 */
export async function describedTexts(
  query: DescribingQuery,
  parts: readonly SnapshotPart[],
): Promise<DescribedTexts> {
  const found = new Map<string, string>();
  const wanted = new Map<string, string>();
  const unmade: { readonly part: string; readonly why: string }[] = [];
  const there = new Set(
    (
      await query(
        "select table_name from information_schema.tables where table_schema = database()",
      )
    )
      .flat()
      .map(String),
  );
  for (const { part, content } of parts) {
    const tables = tablesOf(content as WantedPart).filter(({ name }) => there.has(name));
    for (const table of tables) {
      const why = await made(query, table, wanted);
      if (why !== undefined) unmade.push({ part, why });
      await printed(query, quoted(table.name), table.name, found);
    }
    for (const { table, name, definition } of (content as WantedPart).triggers ?? [])
      wanted.set(`trigger ${table}.${name}`, triggerText(definition));
  }
  for (const [table, name, when, event, body] of await query(triggerQuery))
    found.set(
      `trigger ${cell(table)}.${cell(name)}`,
      triggerText(`create trigger ${cell(when)} ${cell(event)} for each row ${cell(body)}`),
    );
  return { found, wanted, unmade };
}

const triggerQuery =
  "select event_object_table, trigger_name, action_timing, event_manipulation, action_statement from information_schema.triggers where trigger_schema = database()";

const tablesOf = ({ table, history, operation }: WantedPart): readonly WantedTable[] =>
  [table, history, operation].flatMap((each) => each ?? []);

/** Tells why not, where it cannot be made. */
async function made(
  query: DescribingQuery,
  table: WantedTable,
  texts: Map<string, string>,
): Promise<string | undefined> {
  try {
    await query(`drop temporary table if exists ${temporary}`);
    await query(temporaryText(table));
    await printed(query, temporary, table.name, texts);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await query(`drop temporary table if exists ${temporary}`);
  }
}

async function printed(
  query: DescribingQuery,
  quotedName: string,
  table: string,
  texts: Map<string, string>,
): Promise<void> {
  const [row] = await query(`show create table ${quotedName}`);
  for (const [object, text] of printedTexts(table, cell(row?.[1]))) texts.set(object, text);
}

function temporaryText({ columns, constraints, indexes, collation }: WantedTable): string {
  const lines = [
    ...columns.map((column) => `${quoted(column.name)} ${column.type}${valueText(column)}`),
    ...indexes.flatMap(({ name, kind, body }) =>
      kind === "fulltext"
        ? []
        : [`${kind === "unique" ? "unique key" : "key"} ${quoted(name)} ${body}`],
    ),
    ...constraints.flatMap(({ name, kind, definition }) =>
      kind === "check"
        ? [`constraint ${quoted(name)} ${definition}`]
        : kind === "primary"
          ? [definition]
          : [],
    ),
  ];
  return `create temporary table ${temporary} (${lines.join(", ")}) engine = innodb default character set = utf8mb4 collate = ${collation}`;
}

function valueText({ nullable, value }: WantedTable["columns"][number]): string {
  const nulls = nullable ? " null" : " not null";
  switch (value?.kind) {
    case "default":
      return `${nulls} default ${value.expression}`;
    case "identity":
      return `${nulls} auto_increment`;
    case "generated":
      return ` generated always as (${value.expression}) ${value.stored ? "stored" : "virtual"}`;
    default:
      return nulls;
  }
}

const triggerForm = /(before|after)\s+(insert|update|delete)\s[\s\S]*?for each row\s+([\s\S]*)$/i;

/** The server keeps a body as it was given; it is told by a digest, whatever ended its lines on the way. */
function triggerText(definition: string): string {
  const [, when = "", event = "", body = ""] = triggerForm.exec(definition) ?? [];
  const text = `${when} ${event} `.toLowerCase() + body.replaceAll("\r\n", "\n").trim();
  return `text with the digest ${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}

const cell = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : String(value ?? "");

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
