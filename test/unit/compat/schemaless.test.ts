// What a change means for records that no migration touches.
import { expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { compared, edited, lines } from "./versions.ts";

const engine = engines.find(({ ports, schema }) => ports.includes("keyvalue") && !schema)?.id;

const sessions = `version: 1
project: sessions
stores: { running: [${engine}] }
entities:
  Session:
    fields:
      id: { type: uuid, key: true }
      token: { type: string, max: 80 }
      hits: { type: int }
workloads:
  sessions:
    kind: keyvalue
    entities: [Session]
    access: { Session: { get: {}, put: { op: upsert, ttl: 1h } } }
`;

test.each([
  ["token: { type: string, max: 80 }", "secret: { type: string, max: 80, was: token }", []],
  [
    "hits: { type: int }",
    "hits: { type: boolean }",
    ["breaking Session.hits: stored as int, read as boolean"],
  ],
  ["hits: { type: int }", "hits: { type: bigint }", []],
  ["token: { type: string, max: 80 }", "token: { type: text }", []],
  [
    "token: { type: string, max: 80 }",
    "secret: { type: string, max: 80, was: token }\n      token: { type: string, max: 9, default: plain }",
    ["breaking Session.token: stored as token, as token was before"],
  ],
  [
    "token: { type: string, max: 80 }",
    'mark: { type: string, max: 80, column: token, default: "" }',
    ["breaking Session.mark: stored as token, as token was before"],
  ],
  [
    "hits: { type: int }",
    "hits: { type: vector, dimensions: 3, metric: l2 }",
    ["breaking Session.hits: stored as int, read as vector(3, l2)"],
  ],
  [
    "hits: { type: int }",
    "hits: { type: int }\n      theme: { type: string, max: 9 }",
    ["breaking Session.theme: required, without a default"],
  ],
  [
    "hits: { type: int }",
    'hits: { type: int }\n      theme: { type: string, max: 9, default: "" }',
    [],
  ],
  [
    "project: sessions",
    "project: desk",
    ["breaking main: keys begin with desk:, no longer with sessions:"],
  ],
  [
    "  Session:\n    fields",
    "  Session:\n    table: visits\n    fields",
    ["breaking Session: keys begin with visits, no longer with sessions"],
  ],
])("%s → %s", (from, to, said) => {
  const found = compared(sessions, edited(sessions, from, to), () => undefined);
  const changes = found.changes.filter(({ surface }) => surface === "storage");
  expect(lines({ ...found, changes })).toEqual(said);
});

test("a second rename tells what keeps the records in reach", () => {
  const once = edited(sessions, "token: {", "secret: { was: token,");
  const twice = edited(sessions, "token: {", "key2: { was: secret,");
  const told = compared(once, twice, () => undefined).changes.find(
    ({ surface }) => surface === "storage",
  );
  expect(told?.why).toMatch(/; column: token keeps it$/);
});

test("an entity that leaves says where its records stay", () => {
  const draft = `  Draft:
    table: unsent
    fields:
      id: { type: uuid, key: true }
`;
  const two = edited(
    edited(sessions, "workloads:\n", `${draft}workloads:\n`),
    "entities: [Session]\n    access: {",
    "entities: [Session, Draft]\n    access: { Draft: { get: {}, put: { op: upsert } },",
  );
  const found = compared(two, sessions, () => undefined);
  expect(found.changes.filter(({ surface }) => surface === "storage")).toEqual([
    {
      surface: "storage",
      impact: "breaking",
      subject: "Draft",
      what: "removed",
      why: expect.stringMatching(
        /^its records stay in store \w+ under keys that begin with sessions:unsent:, /,
      ),
    },
  ]);
});

test.each([
  [
    "was: is taken out",
    "secret: { type: string, max: 80, was: token }",
    "secret: { type: string, max: 80 }",
    ["breaking Session.secret: stored as secret, no longer as token"],
  ],
  [
    "the lasting form of it",
    "secret: { type: string, max: 80, was: token }",
    "secret: { type: string, max: 80, column: token }",
    [],
  ],
  [
    "a third name, from the second",
    "secret: { type: string, max: 80, was: token }",
    "mark: { type: string, max: 80, was: secret }",
    ["breaking Session.mark: stored as secret, no longer as token"],
  ],
  [
    "a third name, from the first",
    "secret: { type: string, max: 80, was: token }",
    "mark: { type: string, max: 80, was: token }",
    [],
  ],
  [
    "a third name that keeps the first",
    "secret: { type: string, max: 80, was: token }",
    "mark: { type: string, max: 80, was: secret, column: token }",
    [],
  ],
  [
    "another column",
    "secret: { type: string, max: 80, column: token }",
    "secret: { type: string, max: 80, column: mark }",
    ["breaking Session.secret: stored as mark, no longer as token"],
  ],
  [
    "two names one further",
    "token: { type: string, max: 80 }\n      mark: { type: string, max: 80 }",
    "mark: { type: string, max: 80, was: token }\n      secret: { type: string, max: 80, was: mark }",
    [],
  ],
])("under which name a record holds a field: %s", (_, from, to, said) => {
  const field = "token: { type: string, max: 80 }";
  const found = compared(
    edited(sessions, field, from),
    edited(sessions, field, to),
    () => undefined,
  );
  const changes = found.changes.filter(({ surface }) => surface === "storage");
  expect(lines({ ...found, changes })).toEqual(said);
});
