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
  [
    "token: { type: string, max: 80 }",
    "secret: { type: string, max: 80, was: token }",
    ["breaking Session.secret: stored under another name than token"],
  ],
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
    [
      "breaking Session.secret: stored under another name than token",
      "breaking Session.token: stored as token, as token was before",
    ],
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
    "  Session:\n    fields",
    "  Session:\n    table: visits\n    fields",
    ["breaking Session: keys begin with visits, no longer with sessions"],
  ],
])("%s → %s", (from, to, said) => {
  const found = compared(sessions, edited(sessions, from, to), () => undefined);
  const changes = found.changes.filter(({ surface }) => surface === "storage");
  expect(lines({ ...found, changes })).toEqual(said);
});

test("a second rename tells of the records that still have the first name", () => {
  const once = edited(sessions, "token: {", "secret: { was: token,");
  const twice = edited(sessions, "token: {", "key2: { was: secret,");
  const told = compared(once, twice, () => undefined).changes.find(
    ({ surface }) => surface === "storage",
  );
  expect(told?.why).toMatch(
    /; a record that was not written since secret was called token loses its value: rename it again when none of these is left$/,
  );
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
