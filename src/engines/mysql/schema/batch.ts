import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import type { TableShape } from "./shape.ts";
import { unrecorded } from "./unrecorded.ts";

/** What a backfill does to each row. */
export interface Backfill {
  readonly column: string;
  /** Expression over the table's columns. */
  readonly value: string;
  /** Rows that still need it. */
  readonly where: string;
}

const size = 1_000;
const pauseMs = 20;

/** Fills a column of the rows that are there, some at a time in the order of the key; each batch is a transaction of its own. */
export function batchDraft(change: TableChange, fill: Backfill): Draft {
  const table = change.from.name;
  const key = keyOf(change.from);
  const common = { phase: "backfill", touches: [change.part] } as const;
  if (key.length === 0)
    return draft({
      ...common,
      transactional: false,
      rank: rank.fill,
      stem: `${table}-fill-${fill.column}`,
      title: `${table}: column ${fill.column} is filled`,
      risks: ["rewrites"],
      note: "The table has no key to walk it by: every row in one statement.",
      up: unrecorded(change, [updateText(table, fill)]),
      down: [],
    });
  const [asked, ...filled] = batchTexts(table, key, fill);
  return draft({
    ...common,
    transactional: false,
    rank: rank.batch,
    stem: `${table}-fill-${fill.column}`,
    title: `${table}: column ${fill.column} is filled in batches of ${size}`,
    up: asked === undefined ? [] : [asked, ...unrecorded(change, filled)],
    down: [],
    batch: {
      keys: key.length,
      size,
      pauseMs,
      estimate: `select count(*) from ${identifier(table)} where ${fill.where}`,
    },
  });
}

const keyOf = ({ constraints }: TableShape): readonly string[] =>
  constraints.find(({ kind }) => kind === "primary")?.columns ?? [];

const updateText = (table: string, { column, value, where }: Backfill, more = ""): string =>
  `update ${identifier(table)} set ${identifier(column)} = ${value}\nwhere ${more}${where};`;

/** The rows after the last key, then their update between both keys. */
export function batchTexts(
  table: string,
  key: readonly string[],
  fill: Backfill,
): readonly string[] {
  const own = key.map(identifier);
  const after = `($1 is null or ${compared(own, ">", 1)})`;
  const last = own.map((column) => `${column} desc`).join(", ");
  const size = key.length + 1;
  const upTo = `(${compared(own, "<", size + 1)} or (${own.map((column, at) => `${column} = $${size + 1 + at}`).join(" and ")}))`;
  return [
    `select count(*) over () as done, ${own.join(", ")} from (
  select ${own.join(", ")} from ${identifier(table)}
  where ${after} order by ${own.join(", ")} limit $${size}
) part order by ${last} limit 1;`,
    updateText(table, fill, `${after} and ${upTo} and `),
  ];
}

/** Term by term: the server uses no index for a comparison of rows. */
function compared(columns: readonly string[], sign: ">" | "<", first: number): string {
  const terms = columns.map((column, at) =>
    [
      ...columns.slice(0, at).map((each, place) => `${each} = $${first + place}`),
      `${column} ${sign} $${first + at}`,
    ].join(" and "),
  );
  return terms.length === 1
    ? (terms[0] ?? "")
    : `(${terms.map((term) => `(${term})`).join(" or ")})`;
}
