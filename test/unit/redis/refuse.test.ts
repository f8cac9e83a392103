import { expect, test } from "vitest";
import { refuse } from "../../../src/engines/redis/refuse.ts";
import { edited, version } from "../compat/versions.ts";

const sessions = `version: 1
project: sessions
stores: { running: [redis] }
entities:
  Session:
    fields:
      id: { type: uuid, key: true }
      token: { type: string, max: 80 }
workloads:
  sessions:
    kind: keyvalue
    entities: [Session]
    access: { Session: { get: {}, put: { op: upsert, ttl: 1h } } }
`;

const problemsOf = (spec: string) =>
  version(spec)
    .ir.stores.filter(({ engine }) => engine === "redis")
    .flatMap(refuse);

test("an entity that keeps its keys is not refused", () => {
  expect(problemsOf(sessions)).toEqual([]);
  const kept = edited(
    sessions,
    "  Session:\n    fields",
    "  Session:\n    was: Visit\n    table: visits\n    fields",
  );
  expect(problemsOf(kept)).toEqual([]);
});

test("a renamed entity whose records would not be found any more is told with what keeps them", () => {
  const renamed = edited(
    sessions,
    "  Session:\n    fields",
    "  Session:\n    was: Visit\n    fields",
  );
  expect(problemsOf(renamed)).toMatchObject([
    {
      path: "entities.Session.was",
      text: expect.stringContaining("begin with visits, and would begin with sessions"),
      hint: expect.stringContaining("table: visits keeps them"),
    },
  ]);
});

test.each([
  [
    "a new field",
    "secret: { type: string, max: 80, was: token }\n      token: { type: string, max: 80 }",
    "secret",
    "token",
    "another column: on token",
  ],
  [
    "one that is mapped to it",
    "mark: { type: string, max: 80, column: token }\n      secret: { type: string, max: 80, was: token }",
    "secret",
    "mark",
    "another column: on mark",
  ],
])(
  "a former name that another field has now is told with what keeps both apart: %s",
  (_, fields, field, other, mend) => {
    const renamed = edited(sessions, "token: { type: string, max: 80 }", fields);
    expect(problemsOf(renamed)).toMatchObject([
      {
        path: `entities.Session.fields.${field}.was`,
        text: expect.stringContaining(`${other} would be held as token, too`),
        hint: expect.stringContaining(mend),
      },
    ]);
  },
);

test("a chain of names is not refused, nor is another spelling of one name", () => {
  const chain =
    "secret: { type: string, max: 80, was: mark }\n      mark: { type: string, max: 80, was: token }";
  expect(problemsOf(edited(sessions, "token: { type: string, max: 80 }", chain))).toEqual([]);
  const spelled = "userId: { type: string, max: 80, was: userID }";
  expect(problemsOf(edited(sessions, "token: { type: string, max: 80 }", spelled))).toEqual([]);
});
