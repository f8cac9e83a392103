import { identifier } from "../sql/quote.ts";
import type { ColumnChange, TableChange } from "./change.ts";
import { conversion } from "./convert.ts";
import { fits } from "./fits.ts";
import { type CopyDefaults, copyDefaults } from "./copy-default.ts";
import { copyTrigger, type SyncTrigger } from "./sync.ts";
import { substituted } from "./tokens.ts";

export type Copied = Extract<ColumnChange, { readonly kind: "copied" }>;

/** How the values of two columns follow each other. */
export interface Way {
  readonly forward: string;
  readonly backward: string | undefined;
  readonly trigger: SyncTrigger;
  /** Whether code of after writes the second column before the exchange. */
  readonly written: boolean;
  readonly defaults: CopyDefaults | undefined;
}

export function wayOf(change: TableChange, column: Copied): Way {
  const { from, to, name } = column;
  const forward = forwardOf(column);
  const backward = conversion(to.type, from.type, identifier(name));
  // Under one name nobody writes the second column before the exchange.
  const written = from.name !== to.name && backward !== undefined;
  const plain = column.given === undefined;
  const defaults = written && plain ? copyDefaults(from, to) : undefined;
  const trigger = copyTrigger(change, {
    from: from.name,
    to: name,
    forward,
    mayFail: !plain || fits(from.type, to.type, "") !== undefined,
    ...(written && { backward }),
    ...(defaults !== undefined && { defaults }),
  });
  return { forward, backward, trigger, written, defaults };
}

/** Rows may be empty in a column that is to be required, and nothing fills them: code of after could not read such a row. */
export const isUnfilled = ({ from, to, fill, given }: Copied): boolean =>
  from.nullable && !to.nullable && fill.kind === "none" && given === undefined;

/** The value of the column of before as the column of after has it, over the columns of before. */
export function forwardOf({ from, to, fill, given }: Copied): string {
  const own = (text: string): string => substituted(text, new Map([[to.name, from.name]]));
  const plain =
    given === undefined ? gentle(from.type, to.type, identifier(from.name)) : own(given);
  if (fill.kind !== "expression") return plain;
  // What only does not fit is no gap: before the exchange the rows are asked for such.
  const spare =
    from.type === to.type
      ? own(fill.text)
      : `case when ${identifier(from.name)} is null then (${own(fill.text)})::${to.type} end`;
  return `coalesce(${plain}, ${spare})`;
}

/** What does not fit stays out of the second column, so that code of before can write it; before the exchange the rows are asked for such. */
function gentle(from: string, to: string, value: string): string {
  const converted = conversion(from, to, value);
  const condition = fits(from, to, value);
  if (converted === undefined) return `null::${to}`;
  return condition === undefined ? converted : `case when ${condition} then ${converted} end`;
}
