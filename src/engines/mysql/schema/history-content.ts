import type { ChangeContext } from "../../../migrate/step.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier, literal } from "../sql/quote.ts";
import { tokens } from "../sql/tokens.ts";
import { batchDraft } from "./batch.ts";
import { type ColumnChange, type Copied, type Kept, only, type TableChange } from "./change.ts";
import { lossOf } from "./loss.ts";
import { rank } from "./rank.ts";
import { pathTo, type ReadColumn, typedColumns } from "./recorded-form.ts";
import { hidden } from "./recorded-together.ts";
import { type Change, isRemoval, type Property, recordedColumn } from "./recorded-values.ts";
import { alone } from "./required.ts";
import { inOneStatement } from "../../families/sql/one-statement.ts";
import { unrecorded } from "./unrecorded.ts";

/**
 * What a history recorded is read by the names and types of now, so a column under a new name, or one that is required now, has to be in the
 * rows recorded before. What they hold already stays until the contract: code of before reads it, too.
 */
export interface RecordedRows {
  /** The table whose rows were recorded. */
  readonly rows: TableChange;
  /** The history that holds them: its own, or that of the root. */
  readonly history: TableChange;
  readonly column: "content" | "children";
}

export function contentDrafts(
  recorded: RecordedRows,
  values: ChangeContext["values"],
): readonly Draft[] {
  const { rows, column } = recorded;
  const of = { ...recorded, about: rows.to.name };
  const [before, after] = [placeOf(recorded, "from"), placeOf(recorded, "to")];
  const shown = rows.columns.filter((each) => column === "content" || isShown(rows, each));
  const each = ({ row }: Place) => shown.map((own) => recordedColumn(rows, own, values, row));
  const [there, here] = [each(before), each(after)];
  const forwards = here.flatMap((own) => own.forwards);
  const settled = here.flatMap((own) => own.settled);
  const next = settled.flatMap((own) => (isRemoval(own) ? [] : (own.instead ?? [])));
  const copied = forwards.filter(({ name }) => next.includes(name));
  const about = `what was recorded of ${rows.to.name}`;
  const goes = narrowedBack(recorded, shown);
  const read = readBefore(rows);
  const since = readAfter(rows);
  return [
    ...moved(recorded),
    ...batched(of, `${about} is read with its new columns`, {
      at: { rank: rank.batch + 1 },
      update: updateOf(recorded, after, read, forwards),
    }),
    ...batched(of, `${about} meanwhile is read with its new columns`, {
      at: { phase: "contract", rank: rank.settle },
      update: updateOf(recorded, after, read, [...copied, ...here.flatMap((own) => own.again)]),
    }),
    ...batched(of, `${about} ${settledText(rows, settled)}`, {
      at: { phase: "contract", rank: rank.dropColumn + 1, ...droppedLoss(recorded, settled) },
      update: updateOf(recorded, after, read, settled),
    }),
    ...takenBack(
      recorded,
      { phase: "contract", rank: rank.dropColumn + 1, ...goes },
      updateOf(
        recorded,
        after,
        since,
        here.flatMap((own) => own.unsettled),
      ),
    ),
    ...takenBack(
      recorded,
      { phase: "contract", rank: rank.formerNames, ...goes },
      updateOf(
        recorded,
        after,
        since,
        here.flatMap((own) => own.restored),
      ),
    ),
    ...takenBack(
      recorded,
      { rank: rank.createTable + 1, ...goes },
      updateOf(
        recorded,
        before,
        since,
        there.flatMap((own) => own.backwards),
      ),
    ),
  ];
}

const dropped = ({ columns }: TableChange, settled: readonly Change[]): readonly string[] =>
  only({ columns }, "dropped").flatMap(({ from: { name } }) =>
    settled.some((each) => isRemoval(each) && each.removed === name) ? [name] : [],
  );

/** What code of after makes of it once no code of before runs. */
function settledText(rows: TableChange, settled: readonly Change[]): string {
  const lost = dropped(rows, settled);
  const former = settled.flatMap((each) =>
    isRemoval(each) && !lost.includes(each.removed) ? [each.removed] : [],
  );
  const parts = [
    ...(settled.every(isRemoval) ? [] : ["is read by its new types"]),
    ...(former.length === 0 ? [] : [`has no former name any more: ${former.join(", ")}`]),
    ...(lost.length === 0 ? [] : [`loses what was dropped: ${lost.join(", ")}`]),
  ];
  return parts.join("; ");
}

const droppedLoss = (
  { rows, history, column }: RecordedRows,
  settled: readonly Change[],
): Pick<Draft, "destroys"> & Partial<Pick<Draft, "reversibility">> =>
  dropped(rows, settled).length === 0
    ? {}
    : { reversibility: "loses-data", destroys: `${history.from.name}.${column}` };

/** As of the rows: what was recorded since is not what the types of before hold. */
function narrowedBack(
  { history, column }: RecordedRows,
  columns: readonly ColumnChange[],
): Pick<Draft, "removes"> {
  const types = columns.flatMap((each) =>
    (each.kind === "kept" || each.kind === "copied") && losesBack(each) ? [each.from.type] : [],
  );
  return types.length === 0
    ? {}
    : {
        removes: `what is no ${[...new Set(types)].join(" or ")} in ${history.from.name}.${column}`,
      };
}

const losesBack = ({ from, to }: Kept | Copied): boolean =>
  lossOf(from.name, { from: from.type, to: to.type }).removes !== undefined;

type At = Partial<Pick<Draft, "phase" | "rank" | "reversibility" | "destroys">>;

interface Update {
  readonly value: string;
  readonly where: string;
  /** Columns whose recorded nulls become a value that nobody gave, with that value. */
  readonly standIns?: readonly string[];
}

/** A root's history holds what the root shows of a child. */
const isShown = ({ entity }: TableChange, column: TableChange["columns"][number]): boolean => {
  if (column.kind === "dropped") return !hidden.has(column.from.role);
  return entity?.fields.find((each) => each.column === column.to.name)?.visible === true;
};

/** Where a recorded row stands in the statement that changes it. */
export interface Place {
  readonly table: string;
  /** JSON of the row. */
  readonly row: string;
}

const ofHistory = ({ history, column }: InHistory): string =>
  `${identifier(history.from.name)}.${column}`;

const rowNumber = "recorded_place";

export function placeOf(recorded: RecordedRows, side: "from" | "to"): Place {
  const table = recorded.rows[side].name;
  const held = ofHistory(recorded);
  if (recorded.column === "content") return { table, row: held };
  const path = `concat(${literal(`$.${JSON.stringify(table)}[`)}, ${rowNumber} - 1, ']')`;
  return { table, row: `json_extract(${held}, ${path})` };
}

/** What expressions over the rows of before read, by the names of after where those have taken their place. */
const readBefore = ({ from, columns }: TableChange): readonly ReadColumn[] => {
  const own = from.columns.map(({ name, type }) => ({ name, type, under: name }));
  const renamed = columns.flatMap((column) =>
    column.kind === "kept" || column.kind === "copied"
      ? [{ name: column.to.name, type: column.from.type, under: column.from.name }]
      : [],
  );
  return distinct([...own, ...renamed]);
};

const readAfter = ({ from, to }: TableChange): readonly ReadColumn[] =>
  distinct([...to.columns, ...from.columns].map(({ name, type }) => ({ name, type, under: name })));

const distinct = (columns: readonly ReadColumn[]): readonly ReadColumn[] => [
  ...new Map(columns.toReversed().map((each) => [each.name, each])).values(),
];

type InHistory = Pick<RecordedRows, "history" | "column">;

const batched = (
  { history, column, about }: InHistory & { readonly about: string },
  title: string,
  { at, update }: { readonly at: At; readonly update: Update | undefined },
): readonly Draft[] =>
  update === undefined
    ? []
    : [
        {
          ...batchDraft(unseen(history, column), { column, ...update }),
          ...at,
          stem: `${history.from.name}-${column}-of-${about}`,
          title: `${history.from.name}: ${title}${inventedText(update)}`,
          ...((update.standIns ?? []).length > 0 && { reversibility: "loses-data" as const }),
        },
      ];

/** A null that was recorded cannot be told from such a value any more. */
const inventedText = ({ standIns = [] }: Update): string =>
  standIns.length === 0
    ? ""
    : `; what was recorded as null gets what its type has for nothing, since no --set and no default says more: ${standIns.join(", ")}`;

/** While a trigger gathers the children of what is recorded, it has to let this pass. */
const unseen = (history: TableChange, column: RecordedRows["column"]): TableChange =>
  column === "content" ? history : { ...history, recorded: true };

function takenBack(
  { rows, history, column }: RecordedRows,
  at: Pick<Draft, "rank"> & Partial<Pick<Draft, "phase" | "removes">>,
  update: Update | undefined,
): readonly Draft[] {
  if (update === undefined) return [];
  const table = history.from.name;
  return [
    draft({
      ...alone,
      ...at,
      stem: `${table}-${column}-of-${rows.to.name}-back`,
      title: `${table}: what was recorded of ${rows.to.name} since is read as before, when the change is taken back, ${inOneStatement}`,
      risks: ["rewrites"],
      up: [],
      down: unrecorded(unseen(history, column), [
        `update ${identifier(table)} set ${column} = ${update.value}\nwhere ${update.where};`,
      ]),
      touches: [history.part],
    }),
  ];
}

/** The rows of a child under its new table's name, beside those under its former one until the contract. */
function moved(recorded: RecordedRows): readonly Draft[] {
  const { rows, column } = recorded;
  if (column === "content" || rows.from.name === rows.to.name) return [];
  const held = ofHistory(recorded);
  const [former, now] = [rows.from.name, rows.to.name];
  const of = { ...recorded, about: now };
  const under = (from: string, to: string): Update => ({
    value: `json_set(${held}, ${pathTo(to)}, json_extract(${held}, ${pathTo(from)}))`,
    where: `${hasRows(held, from)} and not ${hasRows(held, to)}`,
  });
  return [
    ...batched(of, `what was recorded of ${former} is read as of ${now}`, {
      at: { rank: rank.batch + 1 },
      update: under(former, now),
    }),
    ...batched(of, `what was recorded of ${now} has no former name any more: ${former}`, {
      at: { phase: "contract", rank: rank.dropColumn + 2 },
      update: without(held, former),
    }),
    ...takenBack(recorded, { phase: "contract", rank: rank.formerTable }, under(now, former)),
    ...takenBack(recorded, { rank: rank.createTable + 2 }, under(now, former)),
    ...takenBack(recorded, { rank: rank.createTable }, without(held, now)),
  ];
}

/** What was recorded of a child whose table goes. */
export function forgottenDrafts(history: TableChange, table: string): readonly Draft[] {
  if (!history.to.columns.some(({ name }) => name === "children")) return [];
  const recorded = { history, column: "children" } as const;
  return batched({ ...recorded, about: table }, `what was recorded of ${table} goes with it`, {
    at: {
      phase: "contract",
      rank: rank.dropColumn + 2,
      reversibility: "loses-data",
      destroys: `${history.from.name}.children`,
    },
    update: without(ofHistory(recorded), table),
  });
}

const without = (held: string, table: string): Update => ({
  value: `json_remove(${held}, ${pathTo(table)})`,
  where: hasRows(held, table),
});

const hasRows = (held: string, table: string): string =>
  `json_contains_path(${held}, 'one', ${pathTo(table)})`;

/** A recorded row keeps what it has and gets what it lacks. */
export function updateOf(
  recorded: RecordedRows,
  { table, row }: Place,
  columns: readonly ReadColumn[],
  changes: readonly Change[],
): Update | undefined {
  if (changes.length === 0) return undefined;
  const whole = changes.reduce((made, each) => changedIn(row, made, each), row);
  const when = changes.map((each) => `(${each.when})`).join(" or ");
  const properties = changes.filter((each): each is Property => !isRemoval(each));
  const asText = properties.flatMap((each) => each.asText ?? []);
  const read = columns.filter(({ name }) => properties.some(({ value }) => names(value, name)));
  const typed = [`${rowNumber} for ordinality`, ...typedColumns(read, asText)].join(", ");
  const held = ofHistory(recorded);
  const invented = properties.flatMap(({ name, standIn }) =>
    standIn === undefined ? [] : [`${name} ${standIn}`],
  );
  const standIns = { standIns: [...new Set(invented)] };
  const rowsOf = (path: string): string =>
    `json_table(${held}, ${path} columns (${typed})) ${identifier(table)}`;
  if (recorded.column === "content") {
    const value = read.length === 0 ? whole : `(select ${whole} from ${rowsOf("'$'")})`;
    return { value, where: when, ...standIns };
  }
  const from = rowsOf(`${pathTo(table).slice(0, -1)}[*]'`);
  return {
    value: `json_set(${held}, ${pathTo(table)}, (\n  select coalesce(json_arrayagg(${whole}), json_array()) from ${from}))`,
    where: `${hasRows(held, table)} and exists (select 1 from ${from} where ${when})`,
    ...standIns,
  };
}

const changedIn = (row: string, made: string, change: Change): string =>
  isRemoval(change) ? `json_remove(${made}, ${pathTo(change.removed)})` : setIn(row, made, change);

/** A choice of two values by their place: a condition over them would be no JSON on MariaDB, and neither has one collation. */
const setIn = (row: string, made: string, { name, value, when, instead }: Property): string => {
  const path = pathTo(name);
  const chosen = `json_extract(json_array(${value}, json_extract(${row}, ${path})), if(${when}, '$[0]', '$[1]'))`;
  const own = `json_set(${made}, ${path}, ${chosen})`;
  return instead === undefined ? own : `json_remove(${own}, ${pathTo(instead)})`;
};

const names = (expression: string, name: string): boolean =>
  tokens(expression).some(
    ({ kind, text }) =>
      (kind === "word" && text === name) || (kind === "quoted-name" && text === identifier(name)),
  );
