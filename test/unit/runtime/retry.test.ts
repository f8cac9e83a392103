import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fault, FaultKind, Outcome } from "../../../templates/runtime/fault.ts";
import type { RetryMode } from "../../../templates/runtime/options.ts";
import { RetryBucket, retryDelay, type RetryQuestion } from "../../../templates/runtime/retry.ts";

const seed = 20261121;

const kinds: readonly FaultKind[] = [
  "connection",
  "overload",
  "conflict",
  "timeout",
  "constraint",
  "auth",
  "programming",
  "unknown",
];

const fault = (changes: Partial<Fault> = {}): Fault => ({
  kind: "connection",
  outcome: "not-applied",
  transient: true,
  fatal: false,
  ...changes,
});

const ask = (changes: Partial<RetryQuestion> = {}): number | undefined =>
  retryDelay({
    effect: "read",
    keyed: false,
    mode: undefined,
    fault: fault(),
    attempts: 1,
    remainingMs: 5_000,
    random: 0.5,
    ...changes,
  });

const anyQuestion: fc.Arbitrary<RetryQuestion> = fc.record({
  effect: fc.constantFrom("read", "write"),
  keyed: fc.boolean(),
  mode: fc.constantFrom<RetryMode | undefined>("always", "safe", "never", undefined),
  fault: fc.record(
    {
      kind: fc.constantFrom(...kinds),
      outcome: fc.constantFrom<Outcome>("not-applied", "unknown"),
      transient: fc.boolean(),
      fatal: fc.boolean(),
      retryAfterMs: fc.nat(10_000),
    },
    { requiredKeys: ["kind", "outcome", "transient", "fatal"] },
  ),
  attempts: fc.integer({ min: 1, max: 5 }),
  remainingMs: fc.integer({ min: -100, max: 10_000 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

describe("retry rule", () => {
  type Row = readonly [
    effect: "read" | "write",
    keyed: boolean,
    mode: RetryMode | undefined,
    outcome: Outcome,
    retried: boolean,
  ];
  const table: readonly Row[] = [
    ["read", false, undefined, "not-applied", true],
    ["read", false, undefined, "unknown", true],
    ["read", false, "safe", "not-applied", true],
    ["read", false, "safe", "unknown", false],
    ["read", false, "never", "not-applied", false],
    ["write", false, undefined, "not-applied", true],
    ["write", false, undefined, "unknown", false],
    ["write", false, "safe", "unknown", false],
    ["write", false, "always", "unknown", false],
    ["write", false, "never", "not-applied", false],
    ["write", true, undefined, "not-applied", true],
    ["write", true, undefined, "unknown", true],
    ["write", true, "always", "unknown", true],
    ["write", true, "safe", "unknown", false],
    ["write", true, "never", "unknown", false],
  ];
  test.each(table)(
    "%s, keyed %s, mode %s, outcome %s: retried %s",
    (effect, keyed, mode, outcome, retried) => {
      expect(ask({ effect, keyed, mode, fault: fault({ outcome }) }) !== undefined).toBe(retried);
    },
  );

  test("what is not transient is never retried", () => {
    for (const kind of kinds)
      expect(ask({ fault: fault({ kind, transient: false }) })).toBeUndefined();
  });

  test("three attempts at most", () => {
    expect(ask({ attempts: 2 })).toBeDefined();
    expect(ask({ attempts: 3 })).toBeUndefined();
  });

  test("a write that lost a race has no number of attempts, only its deadline", () => {
    const lost = fault({ kind: "conflict" });
    const write = { effect: "write", fault: lost, attempts: 20, random: 0.999 } as const;
    expect(ask(write)).toBeGreaterThan(1_900);
    expect(ask({ ...write, remainingMs: 1_000 })).toBeUndefined();
    expect(ask({ ...write, mode: "never" })).toBeUndefined();
    expect(ask({ ...write, effect: "read" })).toBeUndefined();
    expect(ask({ ...write, fault: { ...lost, transient: false } })).toBeUndefined();
    expect(ask({ ...write, fault: { ...lost, outcome: "unknown" } })).toBeUndefined();
  });

  test("full jitter from 50 ms, from 500 ms under overload", () => {
    expect(ask({ random: 0 })).toBe(0);
    expect(ask({ random: 0.5 })).toBe(25);
    expect(ask({ random: 0.5, attempts: 2 })).toBe(50);
    expect(ask({ random: 0.5, fault: fault({ kind: "overload" }) })).toBe(250);
  });

  test("the server's wish is a lower bound", () => {
    expect(ask({ random: 0, fault: fault({ kind: "overload", retryAfterMs: 700 }) })).toBe(700);
  });

  test("property: an unkeyed write of unknown outcome is never retried", () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        fc.pre(
          question.effect === "write" && !question.keyed && question.fault.outcome === "unknown",
        );
        expect(retryDelay(question)).toBeUndefined();
      }),
      { seed, numRuns: 2_000 },
    );
  });

  test("property: the deadline wins, the hint is honoured, no wait is longer than cap + hint", () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const delay = retryDelay(question);
        if (delay === undefined) return;
        expect(delay).toBeLessThan(question.remainingMs);
        expect(delay).toBeGreaterThanOrEqual(question.fault.retryAfterMs ?? 0);
        expect(delay).toBeLessThanOrEqual(2_000 + (question.fault.retryAfterMs ?? 0));
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

describe("retry bucket", () => {
  test("100 tokens at 5 each pay for 20 retries", () => {
    const bucket = new RetryBucket();
    expect(Array.from({ length: 30 }, () => bucket.take()).filter(Boolean)).toHaveLength(20);
  });

  test("five successes earn one retry, and never more than the capacity", () => {
    const bucket = new RetryBucket();
    for (let index = 0; index < 500; index++) bucket.refund();
    while (bucket.take());
    for (let index = 0; index < 4; index++) bucket.refund();
    expect(bucket.take()).toBe(false);
    bucket.refund();
    expect(bucket.take()).toBe(true);
  });
});
