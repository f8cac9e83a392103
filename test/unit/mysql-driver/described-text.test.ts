import { expect, test } from "vitest";
import {
  indexText,
  listedParts,
  typeText,
} from "../../../templates/engines/mysql/described-text.ts";

test.each([
  ["boolean", "tinyint(1)", "tinyint(1)"],
  ["int", "int", "int(11)"],
  ["bigint unsigned", "bigint unsigned", "bigint(20) unsigned"],
  ["decimal(10, 2)", "decimal(10,2)", "decimal(10,2)"],
  ["numeric", "decimal(10,0)", "decimal(10,0)"],
  ["varchar(20) character set latin1 collate latin1_bin", "varchar(20)", "varchar(20)"],
  ["enum('a','b')", "enum('a','b')", "enum('a','b')"],
])("type %s is told as %s, and so is the server's %s", (type, text, theirs) => {
  expect(typeText(type, "mysql")).toBe(text);
  expect(typeText(theirs, "mariadb")).toBe(text);
});

test("JSON is text on MariaDB", () => {
  expect(typeText("json", "mysql")).toBe("json");
  expect(typeText("json", "mariadb")).toBe("longtext");
});

test.each([
  ["(status, placed_at desc)", "(status, placed_at desc)"],
  ["(`order`, `a``b, c`(191))", "(order, a`b, c(191))"],
  ["((cast(tags as char(20) array)), id)", "(expression, id)"],
])("index %s is told as %s", (body, text) => {
  expect(indexText("plain", listedParts(body))).toBe(text);
});
