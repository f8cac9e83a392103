import { identifier } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import type { CopyDefaults } from "./copy-default.ts";
import { indented } from "../../families/sql/layout.ts";

/** A trigger that lives for the time of a change: it keeps the columns of code of before and after in step. */
export interface SyncTrigger {
  readonly name: string;
  readonly table: string;
  /** Statements of its body, over `new` and `old`. */
  readonly body: string;
  readonly drop: readonly string[];
}

export const triggerStatements = ({ name, table, body }: SyncTrigger): readonly string[] => [
  `create function ${identifier(name)}() returns trigger
language plpgsql as $sync$
begin
  ${indented(body)}
  return new;
end
$sync$;`,
  `create trigger ${identifier(name)} before insert or update on ${identifier(table)} for each row execute function ${identifier(name)}();`,
];

function syncTrigger(
  change: TableChange,
  column: string,
  purpose: string,
  body: string,
): SyncTrigger {
  const table = change.to.name;
  const name = change.temporary(`${table}_${column}`, purpose);
  return {
    name,
    table,
    body,
    drop: [
      `drop trigger ${identifier(name)} on ${identifier(table)};`,
      `drop function ${identifier(name)}();`,
    ],
  };
}

/** An expression over the table's columns, evaluated for the new row. */
const forNewRow = (table: string, value: string): string =>
  `(select ${value} from (select new.*) ${identifier(table)})`;

/** What comes without a value gets one. */
export function fillTrigger(change: TableChange, column: string, value: string): SyncTrigger {
  const own = `new.${identifier(column)}`;
  return syncTrigger(
    change,
    column,
    "fill",
    `if ${own} is null then\n  ${own} := ${forNewRow(change.to.name, value)};\nend if;`,
  );
}

/** A value that the way forward fails for stays out of the second column: whoever writes does not know of it. */
const tolerant = (to: string, value: string): string =>
  `begin\n  ${to} := ${value};\nexception when data_exception then\n  ${to} := null;\nend;`;

/** What a history records under a name of before, too. @param body statements over `new` */
export const historyTrigger = (history: TableChange, former: string, body: string): SyncTrigger =>
  syncTrigger(history, former, "recorded", body);

/** Two columns that hold one value, each as its own code writes it. */
export interface Copy {
  /** Column of code of before, and of code after. */
  readonly from: string;
  readonly to: string;
  /** Expressions over the table's columns. */
  readonly forward: string;
  /** Absent when nobody writes the second column yet. */
  readonly backward?: string;
  readonly defaults?: CopyDefaults;
  /** Whether the way forward may fail for a value. The server tries a cast of a known value while it plans, whatever condition stands before it. */
  readonly mayFail: boolean;
}

/** Whoever writes one of the two columns writes both. On insert that is the one which has another value than its default, the later one first. */
export function copyTrigger(change: TableChange, copy: Copy): SyncTrigger {
  const [from, to] = [`new.${identifier(copy.from)}`, `new.${identifier(copy.to)}`];
  const oldTo = `old.${identifier(copy.to)}`;
  const forward = copy.mayFail
    ? tolerant(to, forNewRow(change.to.name, copy.forward))
    : `${to} := ${forNewRow(change.to.name, copy.forward)};`;
  if (copy.backward === undefined) return syncTrigger(change, copy.to, "copy", forward);
  const backward = `${from} := ${forNewRow(change.to.name, copy.backward)};`;
  const { defaults } = copy;
  const absent = defaults?.nullIsAbsent === true ? ` or ${from} is null` : "";
  const [later, former] =
    defaults === undefined
      ? [`${to} is not null`, "else"]
      : [
          `${to} is distinct from (${defaults.to})${absent}`,
          `elsif ${from} is distinct from (${defaults.from}) then`,
        ];
  const body = `if tg_op = 'INSERT' then
  if ${later} then
    ${backward}
  ${former}
    ${indented(indented(forward))}
  end if;
elsif ${to} is distinct from ${oldTo} then
  ${backward}
elsif ${from} is distinct from old.${identifier(copy.from)} then
  ${indented(forward)}
end if;`;
  return syncTrigger(change, copy.to, "copy", body);
}
