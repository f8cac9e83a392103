import { triggerName } from "../ddl/naming.ts";
import { identifier } from "../sql/quote.ts";
import { type Copied, substituted, type TableChange } from "./change.ts";
import { dropTrigger } from "./render.ts";

/** A trigger that lives for the time of a change: whoever writes one of two columns writes the other with it. */
export interface SyncTrigger {
  readonly event: "insert" | "update";
  readonly trigger: string;
  readonly create: string;
  readonly drop: string;
}

export function syncTriggers(change: TableChange, copied: Copied): readonly SyncTrigger[] {
  const table = change.from.name;
  const { name } = copied;
  return (["insert", "update"] as const).map((event) => {
    const trigger = triggerName(table, `sync_${name}_${event}`);
    const sets = event === "insert" ? inserted(change, copied) : updated(change, copied);
    return {
      event,
      trigger,
      create: `create trigger ${identifier(trigger)} before ${event} on ${identifier(table)} for each row\nset ${sets.join(",\n  ")};`,
      drop: dropTrigger(trigger),
    };
  });
}

/** Of a row without a value in the second column code of before is the writer; the first one may have its default. */
function inserted(change: TableChange, copied: Copied): readonly string[] {
  const { first, second, forward, backward } = ofRow(change, copied);
  return [
    ...(backward === undefined ? [] : [`${first} = if(${second} is null, ${first}, ${backward})`]),
    `${second} = coalesce(${second}, ${forward})`,
  ];
}

/** What code of before writes stays as it wrote it, also where the second column rounds it: the contract asks for such values. */
function updated(change: TableChange, copied: Copied): readonly string[] {
  const { first, second, forward, backward } = ofRow(change, copied);
  const same = (column: string): string => `${column} <=> ${column.replace(/^new/, "old")}`;
  return [
    `${second} = if(not (${same(first)}), ${forward}, ${second})`,
    ...(backward === undefined
      ? []
      : [`${first} = if(${same(first)} and not (${same(second)}), ${backward}, ${first})`]),
  ];
}

/** The two columns and their values, of the new row. */
function ofRow(change: TableChange, { from, name, forward, backward }: Copied) {
  const columns = [...change.from.columns.map((column) => column.name), name];
  const names = new Map(columns.map((column) => [column, `new.${identifier(column)}`]));
  return {
    first: `new.${identifier(from.name)}`,
    second: `new.${identifier(name)}`,
    forward: substituted(forward, names),
    backward: backward === undefined ? undefined : substituted(backward, names),
  };
}
