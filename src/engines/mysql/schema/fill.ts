import { type Draft, draft } from "../../families/sql/draft.ts";
import { triggerName } from "../ddl/naming.ts";
import { identifier } from "../sql/quote.ts";
import { batchDraft } from "./batch.ts";
import { mentions, type TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { dropTrigger } from "./render.ts";
import { alone } from "./required.ts";
import type { ColumnShape } from "./shape.ts";
import type { SyncTrigger } from "./sync.ts";
import { unrecorded } from "./unrecorded.ts";
import { noTrigger, triggerIs } from "./verify.ts";

/**
 * A column that has to have a value once no code of before runs: triggers fill what that code leaves empty, batches the rows that are there.
 *
 * @param column its name until the contract
 * @param value expression over the table's columns
 */
export function filledMeanwhile(
  change: TableChange,
  column: string,
  value: string,
): readonly Draft[] {
  const table = change.from.name;
  const fill = { column, value, where: `${identifier(column)} is null` };
  const triggers = change.mode === "split" ? fillTriggers(change, column, value) : [];
  const last = triggers.at(-1);
  return [
    ...triggers.map(({ event, trigger, create, drop }) =>
      draft({
        ...alone,
        // After those that keep two columns equal: the expression may be over either.
        rank: rank.createTrigger + 1,
        stem: `${table}-fill-${column}-${event}`,
        title: `${table}: what leaves ${column} empty on ${event} is filled`,
        up: [create],
        down: [drop],
        verify: triggerIs(table, trigger),
        touches: [change.part],
      }),
    ),
    batchDraft(change, fill),
    draft({
      ...alone,
      phase: "contract",
      // Before the columns go that the expression may be over.
      rank: rank.settle,
      stem: `${table}-settle-${column}`,
      title: `${table}: what is empty in ${column} is filled for the last time`,
      risks: triggers.length > 0 && isLate(change, value) ? ["new-code-waits"] : ["none"],
      up: [
        ...unrecorded(change, [
          `update ${identifier(table)} set ${identifier(column)} = ${value}\nwhere ${fill.where};`,
        ]),
        ...triggers.map(({ drop }) => drop),
      ],
      down: triggers.map(({ create }) => create),
      ...(last !== undefined && { verify: noTrigger(last.trigger) }),
      touches: [change.part],
    }),
  ];
}

/** No trigger knows a key that the server makes: what code of before inserts stays empty, which code of after cannot read. */
const isLate = (change: TableChange, value: string): boolean =>
  presentColumns(change).some(
    (column) => column.value?.kind === "identity" && mentions(value, column.name),
  );

/**
 * What has no value for a row leaves the column empty, for the contract to stop at, instead of refusing the write. The server assigns what
 * it could make of a value before it says that it is none.
 */
function fillTriggers(change: TableChange, column: string, value: string): readonly SyncTrigger[] {
  const table = change.from.name;
  const own = `new.${identifier(column)}`;
  return (["insert", "update"] as const).map((event) => {
    const trigger = triggerName(table, `fill_${column}_${event}`);
    const body = `begin
  declare continue handler for sqlexception set ${own} = null;
  if ${own} is null then
    set ${own} = ${ofNewRow(change, value, event)};
  end if;
end`;
    const head = `create trigger ${identifier(trigger)} before ${event} on ${identifier(table)} for each row`;
    return {
      event,
      trigger,
      create: ["delimiter $$", `${head}\n${body}`, "$$", "delimiter ;"].join("\n"),
      drop: dropTrigger(trigger),
    };
  });
}

/** The expression over the new row as a table of that name: what a query within it names stays that query's. */
function ofNewRow(change: TableChange, value: string, event: SyncTrigger["event"]): string {
  const text = value.toLowerCase();
  const read = presentColumns(change)
    .filter(({ name }) => text.includes(name.toLowerCase()))
    .map((column) => `${newValue(column, event)} as ${identifier(column.name)}`);
  if (read.length === 0) return `(${value})`;
  return `(\n      select ${value} from (select ${read.join(", ")}) ${identifier(change.from.name)}\n    )`;
}

/** Before the server has made a key, it is 0. */
const newValue = ({ name, value }: ColumnShape, event: SyncTrigger["event"]): string => {
  const own = `new.${identifier(name)}`;
  return event === "insert" && value?.kind === "identity" ? `nullif(${own}, 0)` : own;
};

/** The columns that the table has between expand and contract. */
const presentColumns = ({ columns }: TableChange): readonly ColumnShape[] =>
  columns.flatMap((column) => {
    switch (column.kind) {
      case "dropped":
        return [column.from];
      case "copied":
        return [column.from, { ...column.to, name: column.name }];
      default:
        return [column.to];
    }
  });
