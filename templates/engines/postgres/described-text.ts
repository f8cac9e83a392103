import { closing, topLevel } from "../../runtime/bracketed-text.ts";

/** Words for types and indexes that are the same whether a statement or the server's catalogue says them. */

/** Short names of types as the server writes them out. Source: manual, "Data Types", aliases. */
const aliases: Readonly<Record<string, string>> = {
  bool: "boolean",
  char: "character",
  decimal: "numeric",
  float4: "real",
  float8: "double precision",
  int: "integer",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  varbit: "bit varying",
  varchar: "character varying",
};

const typeForm =
  /^([a-z][a-z0-9_ ]*?)\s*(\([^()]*\))?\s*(with(?:out)? time zone)?((?:\s*\[\d*\])*)$/;

/** `timestamptz(3)` → `timestamp(3) with time zone`; a type's schema is left out, since it depends on who looks. */
export function typeText(type: string): string {
  const bare = type.replace(/^(?:"(?:[^"]|"")+"|\w+)\./, "");
  const [whole, word = "", limits = "", zone, arrays = ""] =
    typeForm.exec(bare.toLowerCase()) ?? [];
  if (whole === undefined) return bare;
  const [, moment, withZone] = /^(timestamp|time)(tz)?$/.exec(word) ?? [];
  const base = moment ?? aliases[word] ?? word;
  const suffix =
    moment === undefined ? "" : ` ${zone ?? (withZone ? "with" : "without") + zoneWords}`;
  return `${base}${limitsText(base, limits.replaceAll(/\s/g, ""))}${suffix}${arrays === "" ? "" : "[]"}`;
}

/** `type "Ticket State", value open`: each for itself, as a field need not name all values of a type that others use, too. */
export const enumValue = (type: string, value: string): string => `type ${type}, value ${value}`;

const zoneWords = " time zone";

function limitsText(base: string, limits: string): string {
  if (base === "numeric") return limits.replace(/^\((\d+)\)$/, "($1,0)");
  return limits === "" && (base === "character" || base === "bit") ? "(1)" : limits;
}

const keyForm =
  /^("(?:[^"]|"")+"|[a-z_][\w$]*)((?: (?:\w+\.)?\w+_ops(?:\([^)]*\))?)?(?: asc| desc)?(?: nulls (?:first|last))?)$/i;

/**
 * What an index is beside its name and table: `btree (status, placed_at desc) where …`.
 *
 * @param body `using gin (tags)`: what follows the table's name
 * @param said how expressions and conditions are told; they are left out without it, since the server writes them in its own way
 */
export function indexText(body: string, said?: (expression: string) => string): string {
  const [, method = "btree"] = /^\s*using\s+(\w+)/i.exec(body) ?? [];
  const start = body.indexOf("(");
  const end = closing(body, start);
  const keys = topLevel(body.slice(start + 1, end)).map((key) => keyText(key, said));
  const rest = body.slice(end + 1);
  const [, included] = /^\s*include\s*\(([^)]*)\)/i.exec(rest) ?? [];
  const [, condition] = /\bwhere\s([\s\S]*)$/i.exec(rest) ?? [];
  return [
    `${method.toLowerCase()} (${keys.join(", ")})`,
    ...(included === undefined ? [] : [`include (${topLevel(included).join(", ")})`]),
    ...(/\bnulls not distinct\b/i.test(rest) ? ["nulls not distinct"] : []),
    ...(condition === undefined ? [] : [`where ${said?.(condition) ?? "…"}`]),
  ].join(" ");
}

function keyText(key: string, said?: (expression: string) => string): string {
  const [, column, settings = ""] = keyForm.exec(key) ?? [];
  if (column === undefined) return said?.(key) ?? "(expression)";
  const plain = /^"[a-z_][a-z0-9_]*"$/.test(column) ? column.slice(1, -1) : column;
  return (
    plain +
    settings
      .toLowerCase()
      .replace(/^ \w+\./, " ")
      .replace(/ asc\b/, "")
  );
}
