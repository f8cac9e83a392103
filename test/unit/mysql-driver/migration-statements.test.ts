import { expect, it } from "vitest";
import { statementsOf } from "../../../templates/engines/mysql/migration-statements.ts";

const texts = (text: string): readonly string[] => statementsOf(text).map((each) => each.text);

it("statements end with their delimiter, not with one in a literal, name or comment", () => {
  expect(
    texts(
      "insert into t values ('a;b', \"c;\", 'it''s;', '\\';');\nselect `x;y` /* ; */ -- ;\n, 1 # ;\n;\n-- the end;\n",
    ),
  ).toEqual([
    "insert into t values ('a;b', \"c;\", 'it''s;', '\\';')",
    "select `x;y` /* ; */ -- ;\n, 1 # ;",
  ]);
});

it("a body stands between lines that set the delimiter, as the mysql client takes it", () => {
  const body = "create trigger a before insert on t for each row begin\n  set new.b = 1;\nend";
  expect(texts(`select 1;\nDELIMITER //\n${body}\n//\ndelimiter ;\nselect 2;`)).toEqual([
    "select 1",
    body,
    "select 2",
  ]);
});

it("the last one may leave its delimiter out, and remarks alone are none", () => {
  expect(texts("select 1")).toEqual(["select 1"]);
  expect(texts("-- nothing\n/* here */;\n;")).toEqual([]);
});

it("says where it stands, and what a row of it means", () => {
  expect(statementsOf("select 1;\n\n-- refuse: note is null\nselect id from t;")).toEqual([
    { text: "select 1", line: 0, refusal: undefined },
    { text: "-- refuse: note is null\nselect id from t", line: 2, refusal: "note is null" },
  ]);
});
