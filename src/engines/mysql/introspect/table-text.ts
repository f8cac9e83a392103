import type { MysqlTable } from "./catalogue.ts";

/** Its own numbers go on where they are; a fresh table begins at 1. */
const nextNumber = / AUTO_INCREMENT=\d+(?= )/;
const foreignKey = /^ {2}(CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY .*?),?$/;

/** What `show create table` prints, an item a line; foreign keys apart, since their tables may come later. */
export function printedTable(text: string): Pick<MysqlTable, "definition" | "foreignKeys"> {
  const foreignKeys: Record<string, string> = {};
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    const [, definition, name] = foreignKey.exec(line) ?? [];
    if (definition === undefined || name === undefined) kept.push(line);
    else foreignKeys[name.replaceAll("``", "`")] = definition;
  }
  const end = kept.findIndex((line) => line.startsWith(")"));
  const last = kept[end - 1];
  if (last !== undefined) kept[end - 1] = last.replace(/,$/, "");
  return { definition: kept.join("\n").replace(nextNumber, ""), foreignKeys };
}
