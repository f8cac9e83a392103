import { expect, test } from "vitest";
import { printedTexts } from "../../../templates/engines/mysql/described-expressions.ts";

const of = (...lines: readonly string[]) =>
  printedTexts("t", lines.map((line) => `  ${line},`).join("\n"));

test("a comment is none of a column's text, before a check of MariaDB either", () => {
  expect(
    of(
      "`a` longtext CHARACTER SET utf8mb4 DEFAULT NULL COMMENT 'It''s CHECK (x).' CHECK (json_valid(`a`))",
      "`b` longtext DEFAULT NULL CHECK (json_valid(`b`))",
      "`c` int(11) DEFAULT 3 COMMENT 'c' CHECK (`c` > 1)",
      "`d` int(11) DEFAULT 5 COMMENT 'd'",
    ),
  ).toEqual([
    ["column t.c", "3 CHECK (`c` > 1)"],
    ["column t.d", "5"],
  ]);
});

test("a constraint of a name is told whatever it asks", () => {
  expect(of("CONSTRAINT `e` CHECK (json_valid(`a`))", "KEY `f` (`a`) COMMENT 'f'")).toEqual([
    ["constraint t.e", "(json_valid(`a`))"],
    ["index t.f", "(`a`)"],
  ]);
});
