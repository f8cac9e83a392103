import { triggerName } from "../ddl/naming.ts";
import { identifier } from "../sql/quote.ts";
import { type Copied, substituted, type TableChange, valueOf } from "./change.ts";
import { dropTrigger } from "./render.ts";

/** A trigger that lives for the time of a change. */
export interface SyncTrigger {
  readonly event: "insert" | "update";
  readonly trigger: string;
  readonly create: string;
  readonly drop: string;
}

/** Whoever writes one of two columns writes the other with it. */
export function syncTriggers(change: TableChange, copied: Copied): readonly SyncTrigger[] {
  const table = change.from.name;
  const { name } = copied;
  return (["insert", "update"] as const).map((event) => {
    const trigger = triggerName(table, `sync_${name}_${event}`);
    const head = `create trigger ${identifier(trigger)} before ${event} on ${identifier(table)} for each row`;
    const row = ofRow(change, copied);
    return {
      event,
      trigger,
      create:
        copied.given === true
          ? ["delimiter $$", `${head}\n${guarded(event, row)}`, "$$", "delimiter ;"].join("\n")
          : `${head}\n${plain(event, row)}`,
      drop: dropTrigger(trigger),
    };
  });
}

type Event = SyncTrigger["event"];

/** A value that is always one. */
const plain = (event: Event, row: Row): string => {
  const { second, forward } = row;
  const value =
    event === "insert" ? inserted(row) : `if(not (${same(row.first)}), ${forward}, ${second})`;
  const first = firstOf(event, row);
  const sets = [`${second} = ${value}`, ...first];
  return `set ${(event === "insert" ? sets.toReversed() : sets).join(",\n  ")};`;
};

/**
 * What the expression does not convert leaves the second column empty, for the contract to stop at, instead of refusing the write. The
 * server assigns what it could make of the value before it says that it is none.
 */
const guarded = (event: Event, row: Row): string => {
  const { first, second, forward } = row;
  const own = firstOf(event, row).map((set) => `  set ${set};`);
  const lines =
    event === "insert"
      ? [...own, `  set ${second} = ${inserted(row)};`]
      : [`  if not (${same(first)}) then`, `    set ${second} = ${forward};`, "  end if;", ...own];
  return [
    "begin",
    `  declare continue handler for sqlexception set ${second} = null;`,
    ...lines,
    "end",
  ].join("\n");
};

const same = (column: string): string => `${column} <=> ${column.replace(/^new/, "old")}`;

const inserted = ({ second, forward }: Row): string => `coalesce(${second}, ${forward})`;

/**
 * Of a row without a value in the second column code of before is the writer; the first one may have its default. What code of before writes
 * stays as it wrote it, also where the second column rounds it: the contract asks for such values.
 */
function firstOf(event: Event, { first, second, backward }: Row): readonly string[] {
  if (backward === undefined) return [];
  return event === "insert"
    ? [`${first} = if(${second} is null, ${first}, ${backward})`]
    : [`${first} = if(${same(first)} and not (${same(second)}), ${backward}, ${first})`];
}

interface Row {
  readonly first: string;
  readonly second: string;
  readonly forward: string;
  readonly backward: string | undefined;
}

/** The two columns and their values, of the new row. */
function ofRow(change: TableChange, copied: Copied): Row {
  const { from, name, backward } = copied;
  const columns = [...change.from.columns.map((column) => column.name), name];
  const names = new Map(columns.map((column) => [column, `new.${identifier(column)}`]));
  return {
    first: `new.${identifier(from.name)}`,
    second: `new.${identifier(name)}`,
    forward: substituted(valueOf(copied), names),
    backward: backward === undefined ? undefined : substituted(backward, names),
  };
}
