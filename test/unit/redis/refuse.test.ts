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
