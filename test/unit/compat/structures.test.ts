// What a change of structures breaks: nothing migrates what they hold.
import { expect, test } from "vitest";
import { compared, edited, lines } from "./versions.ts";

const spec = `version: 1
project: arena
stores: { hosting: self-managed, running: [redis], never: [postgres] }
entities: {}
workloads:
  live:
    kind: keyvalue
    entities: []
    structures:
      board: { type: sortedSet }
      visits: { type: hash, value: int, ttl: 1h }
      moves: { type: stream, maxLength: 100, schema: { type: object, properties: { to: { type: string } } } }
      room: { type: channel, buffer: 5 }
`;

const changed = (from: string, to: string): readonly string[] =>
  lines(compared(spec, edited(spec, from, to)));

test.each([
  [
    "board: { type: sortedSet }",
    "board: { type: hash, value: string }",
    ["breaking data.live.board: type sortedSet → hash"],
  ],
  ["      board: { type: sortedSet }\n", "", ["breaking data.live.board: removed"]],
  [
    "      board:",
    "      more: { type: sortedSet }\n      board:",
    ["additive data.live.more: added"],
  ],
  [
    "board: { type: sortedSet }",
    "board: { type: sortedSet, ttl: 5m }",
    ["breaking data.live.board: ttl none → 5 minutes"],
  ],
  ["ttl: 1h", "ttl: 2h", ["breaking data.live.visits: ttl 1 hour → 2 hours"]],
  ["value: int", "value: bigint", ["breaking data.live.visits: value int → bigint"]],
  [
    "value: int",
    "value: timestamp",
    [
      "breaking data.live.visits: value int → timestamp",
      "breaking data.live.visits: value int → timestamp",
    ],
  ],
  ["maxLength: 100", "maxLength: 10", ["breaking data.live.moves: maxLength 100 → 10"]],
  ["maxLength: 100", "maxLength: 1000", ["additive data.live.moves: maxLength 100 → 1000"]],
  [
    "{ to: { type: string } }",
    "{ to: { type: number } }",
    ["breaking data.live.moves: schema changed"],
  ],
  ["buffer: 5", "buffer: 2", ["breaking data.live.room: buffer 5 → 2"]],
  ["buffer: 5", "buffer: 50", ["additive data.live.room: buffer 5 → 50"]],
  [
    "    entities: []\n",
    "    entities: []\n    tenant: true\n",
    ["breaking data.live: tenant off → on", "breaking data.live: tenant off → on"],
  ],
])("%s → %s", (from, to, expected) => {
  expect(changed(from, to)).toEqual(expected);
});

test("a workload of structures that is renamed is another one", () => {
  expect(changed("  live:", "  stage:")).toEqual([
    "breaking data.live: removed",
    "additive data.stage: added",
  ]);
});

test("tenants that go are as breaking as those that come, and a comment is not", () => {
  const tenants = edited(spec, "    entities: []\n", "    entities: []\n    tenant: true\n");
  expect(lines(compared(tenants, spec))).toEqual([
    "breaking data.live: tenant on → off",
    "breaking data.live: tenant on → off",
  ]);
  expect(compared(spec, edited(spec, "buffer: 5", "buffer: 5, comment: talk")).version).toBe(
    "patch",
  );
});
