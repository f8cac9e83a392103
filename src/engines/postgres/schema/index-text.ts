import { indexText } from "../../../../templates/engines/postgres/described-text.ts";
import { closing, topLevel } from "../../../../templates/runtime/bracketed-text.ts";
import { literal } from "../sql/quote.ts";

/** An index as a statement makes it. */
export interface IndexText {
  readonly name: string;
  readonly unique: boolean;
  /** What follows the table's name: `using gin (tags)`. */
  readonly body: string;
}

/**
 * The condition that a row of pg_index has the method, the columns and their order, the uniqueness, and expressions and a predicate where
 * the index is to have them. What these say the server writes in words of its own: `migrate verify` compares them.
 */
export function isShaped({ unique, body }: IndexText): string {
  const text = indexText(body);
  const method = text.slice(0, text.indexOf(" "));
  const start = text.indexOf("(");
  const keys = topLevel(text.slice(start + 1, closing(text, start))).map(keyOf);
  const rest = text.slice(closing(text, start) + 1);
  return [
    `indisunique = ${unique}`,
    `(indpred is not null) = ${/ where /.test(rest)}`,
    `(select amname from pg_class join pg_am on pg_am.oid = relam where pg_class.oid = indexrelid) = ${literal(method)}`,
    `(select array_agg(coalesce(attname || case when indoption[place - 1] & 1 = 1 then ' desc' else '' end, '') order by place)
    from generate_series(1, indnkeyatts) as place left join pg_attribute on attrelid = indrelid and attnum = indkey[place - 1])
    = array[${keys.map(literal).join(", ")}]`,
  ].join("\n  and ");
}

/** `"Odd name" desc` → `Odd name desc`; nothing of an expression. */
function keyOf(key: string): string {
  const [whole, quoted, plain] = /^(?:"((?:[^"]|"")+)"|([a-z_][\w$]*))/i.exec(key) ?? [];
  if (whole === undefined) return "";
  const name = quoted?.replaceAll('""', '"') ?? plain ?? "";
  return name + (/ desc\b/.test(key.slice(whole.length)) ? " desc" : "");
}
