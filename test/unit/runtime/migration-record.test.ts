import { describe, expect, test } from "vitest";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import { parseRecord } from "../../../templates/runtime/migration-record.ts";
import type { StepRecord } from "../../../templates/runtime/migration.ts";

const base = { id: "0001-x", parents: [], hash: "h" };
const parse = (changes: object) => parseRecord(JSON.stringify({ ...base, ...changes }));

describe("record", () => {
  test("of before steps, and one with all there is", () => {
    expect(parse({})).toMatchObject(base);
    const steps = [
      {
        name: "a",
        title: "t",
        transactional: false,
        reversibility: "loses-data",
        risks: ["locks"],
        verify: "v",
        repair: "r",
        batch: { keys: 1, size: 10, pauseMs: 0, estimate: "e" },
        destroys: "orders.note",
      },
    ];
    const full = { ...base, phase: "contract", change: "0001-x", touches: ["orders"], steps };
    expect(parse(full)).toEqual({ ...full, transactional: undefined });
    expect(parse({ steps: [{ name: "a" }] }).steps).toMatchObject([
      { name: "a", title: "a", transactional: true, risks: [] },
    ]);
  });

  test.each([
    [{ phase: "shrink" }, "phase must be one of expand, backfill, contract"],
    [{ transactional: "no" }, "transactional must be a boolean"],
    [{ steps: {} }, "steps must be a list"],
    [{ steps: ["a"] }, "steps[0] must be an object"],
    [{ steps: [{ title: "a" }] }, "steps[0] must have a name"],
    [{ steps: [{ name: "a b" }] }, "steps[0] must have a name of letters"],
    [{ steps: [{ name: "a" }, { name: "a" }] }, "two steps are called a"],
    [{ steps: [{ name: "a", verify: true }] }, "a: verify must be a string"],
    [{ steps: [{ name: "a", risks: "locks" }] }, "risks must be a list of texts"],
    [{ steps: [{ name: "a", reversibility: "maybe" }] }, "a: reversibility must be one of"],
    [
      { steps: [{ name: "a", batch: { keys: 1, size: 0, pauseMs: 0 } }] },
      "size must be a whole number from 1",
    ],
    [
      { steps: [{ name: "a", batch: { keys: 1, size: 1 } }] },
      "pauseMs must be a whole number from 0",
    ],
  ])("%j: %s", (changes, says) => {
    expect(() => parse(changes)).toThrow(says);
  });
});

describe("hash", () => {
  const step: StepRecord = { name: "a", title: "t", transactional: true };
  const hash = (changes: Partial<StepRecord>) =>
    migrationHash("up", "down", [{ ...step, ...changes }]);

  test("covers what steers a run, and nothing that is only told", () => {
    const steering = [
      { name: "b" },
      { transactional: false },
      { verify: "v" },
      { repair: "v" },
      { batch: { keys: 1, size: 1, pauseMs: 1 } },
      { batch: { keys: 1, size: 2, pauseMs: 1 } },
      { batch: { keys: 1, size: 2, pauseMs: 1, estimate: "e" } },
    ];
    const hashes = [{}, ...steering].map(hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const told of [
      { title: "u" },
      { risks: ["locks"] },
      { reversibility: "loses-data" } as const,
    ])
      expect(hash(told)).toBe(hash({}));
  });

  test("without steps it is that of the texts; line endings do not count", () => {
    expect(migrationHash("a\r\nb", "c")).toBe(migrationHash("a\nb", "c"));
    expect(migrationHash("a", "b", [])).toBe(migrationHash("a", "b"));
    expect(migrationHash("a", "b", [step])).not.toBe(migrationHash("a", "b"));
  });
});
