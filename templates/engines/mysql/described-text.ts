import { closing, topLevel } from "../../runtime/bracketed-text.ts";
import type { Dialect } from "./session-settings.ts";

/** Words for types and indexes that are the same whether a statement or the server's catalogue says them. */

/** Other names of types, as the servers write them. Source: both manuals, "Data Types". */
const aliases: Readonly<Record<string, string>> = {
  bool: "tinyint(1)",
  boolean: "tinyint(1)",
  dec: "decimal",
  integer: "int",
  numeric: "decimal",
};

/** A type as both servers would write it: without character set, and without the width in which an integer is shown. */
export function typeText(type: string, dialect: Dialect): string {
  const bare = type
    .toLowerCase()
    .replace(/\s+(?:character set|charset|collate)\s.*$/s, "")
    .replaceAll(/,\s+/g, ",");
  const [, word = "", rest = ""] = /^(\w+)(.*)$/s.exec(bare) ?? [];
  const text = `${aliases[word] ?? word}${rest}`;
  // MariaDB keeps JSON as text with a check.
  if (text === "json" && dialect === "mariadb") return "longtext";
  if (text === "decimal") return "decimal(10,0)";
  return text === "tinyint(1)" || text.includes("zerofill")
    ? text
    : text.replace(/^((?:tiny|small|medium|big)?int|year)\(\d+\)/, "$1");
}

/** A part of an index: `placed_at desc`, `title(191)`. */
export interface IndexedPart {
  /** Undefined for an expression, which each server writes in its own way. */
  readonly column?: string | undefined;
  readonly prefix?: string | undefined;
  readonly descending: boolean;
}

/** `unique (status, placed_at desc)` */
export const indexText = (
  kind: "plain" | "unique" | "fulltext",
  parts: readonly IndexedPart[],
): string => `${kind === "plain" ? "" : `${kind} `}(${parts.map(partText).join(", ")})`;

const partText = ({ column, prefix, descending }: IndexedPart): string =>
  column === undefined
    ? "expression"
    : `${column}${prefix === undefined ? "" : `(${prefix})`}${descending ? " desc" : ""}`;

const partForm = /^(?:`((?:[^`]|``)+)`|(\w+))(?:\((\d+)\))?(?:\s+(asc|desc))?$/i;

/** The parts that a statement lists: `(status, placed_at desc)`. */
export function listedParts(body: string): readonly IndexedPart[] {
  const start = body.indexOf("(");
  return topLevel(body.slice(start + 1, closing(body, start))).map((part) => {
    const [, quoted, plain, prefix, direction] = partForm.exec(part) ?? [];
    const column = quoted?.replaceAll("``", "`") ?? plain;
    return { column, prefix, descending: direction?.toLowerCase() === "desc" };
  });
}
