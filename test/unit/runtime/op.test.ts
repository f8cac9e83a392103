import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { callOp } from "../../../templates/runtime/call.ts";
import { DataError, programmingError } from "../../../templates/runtime/errors.ts";
import { Op, type AbandonReason } from "../../../templates/runtime/op.ts";
import { TransactionFate } from "../../../templates/runtime/transaction-fate.ts";
import { statementRuntime } from "../../../templates/runtime/unit-of-work.ts";
import { dataError, DriverError, read, rootRuntime, write } from "./support.ts";
import { stopwatch } from "../../support/stopwatch.ts";

/** An op whose attempts the test answers by hand. */
class HandOp extends Op<string> {
  sends = 0;
  abandoned: AbandonReason | undefined;
  protected override send(): void {
    this.sends += 1;
    this.sent = true;
  }
  protected override abandon(reason: AbandonReason): void {
    this.abandoned = reason;
  }
}

const notApplied = (): DriverError => new DriverError({ outcome: "not-applied" });

describe("options", () => {
  test.each([Number.NaN, 1.5, 2 ** 31, "1"])(
    "ifVersion %s is refused unsent",
    async (ifVersion) => {
      const op = new HandOp(rootRuntime(), write, { ifVersion: ifVersion as number });
      const error = await dataError(op.start());
      expect(error).toMatchObject({ kind: "programming", operation: "orders.place" });
      expect(error.message).toContain("ifVersion");
      expect(op.sends).toBe(0);
    },
  );
});

describe("outcome", () => {
  test("a result resolves, once, whatever comes later", async () => {
    const op = new HandOp(rootRuntime(), read, undefined);
    const promise = op.start();
    op.succeed("first");
    op.succeed("second");
    op.fail(new DriverError());
    expect(await promise).toBe("first");
  });

  test("a transient fault of a read is retried, its result is the caller's", async () => {
    let calls = 0;
    const result = await callOp(rootRuntime(), read, undefined, () =>
      ++calls < 3 ? Promise.reject(new DriverError()) : Promise.resolve("third"),
    );
    expect([result, calls]).toEqual(["third", 3]);
  });

  test("a lost reply of an unkeyed write is outcome-unknown after one attempt", async () => {
    const error = await dataError(
      callOp(rootRuntime(), write, undefined, () => Promise.reject(new DriverError())),
    );
    expect(error).toMatchObject({
      kind: "outcome-unknown",
      operation: "orders.place",
      store: "main",
      attempts: 1,
    });
    expect(error.hint).toContain("operation");
  });

  test("a lost reply of a keyed write is replayed", async () => {
    let calls = 0;
    const result = await callOp(rootRuntime(), write, { operation: "r1" }, () =>
      ++calls === 1 ? Promise.reject(new DriverError()) : Promise.resolve("stored"),
    );
    expect([result, calls]).toEqual(["stored", 2]);
  });

  test("what may be done again without an operation id does not advise one", async () => {
    const spec = { ...write, repeatable: true } as const;
    const options = { operation: "its own", retry: "never" } as const;
    const lost = () => Promise.reject(new DriverError());
    const error = await dataError(callOp(rootRuntime(), spec, options, lost));
    expect(error).toMatchObject({ kind: "outcome-unknown" });
    expect(error.hint).toContain("do it again");
    expect(error.hint).not.toContain("operation");
  });

  test("doubt stays: unknown first, refused connection after, is outcome-unknown", async () => {
    let calls = 0;
    const call = callOp(rootRuntime(), write, { operation: "r1" }, () =>
      Promise.reject(++calls === 1 ? new DriverError() : notApplied()),
    );
    expect(await dataError(call)).toMatchObject({ kind: "outcome-unknown", attempts: 3 });
  });

  test("doubt ends with a verdict of the server: a replay that meets a check says constraint", async () => {
    let calls = 0;
    const call = callOp(rootRuntime(), write, { operation: "r1" }, () =>
      Promise.reject(
        ++calls === 1
          ? new DriverError()
          : new DriverError({
              kind: "constraint",
              outcome: "not-applied",
              transient: false,
              constraint: "stock_check",
            }),
      ),
    );
    expect(await dataError(call)).toMatchObject({
      kind: "constraint",
      constraint: "stock_check",
      attempts: 2,
    });
  });

  test("what was not sent is not applied, whatever the driver's error says", async () => {
    const call = callOp(rootRuntime(), write, { retry: "never" }, (attempt) => {
      attempt.sent = false;
      return Promise.reject(new DriverError());
    });
    expect(await dataError(call)).toMatchObject({ kind: "unavailable", attempts: 1 });
  });

  test("a unique violation is a conflict, another constraint a constraint", async () => {
    const violation = (violated: "unique" | "check") =>
      dataError(
        callOp(rootRuntime(), write, undefined, () =>
          Promise.reject(
            new DriverError({
              kind: "constraint",
              outcome: "not-applied",
              transient: false,
              violated,
            }),
          ),
        ),
      );
    expect((await violation("unique")).kind).toBe("conflict");
    expect((await violation("check")).kind).toBe("constraint");
  });

  test("a verdict of the engine is raised as it is, completed with call and store", async () => {
    let calls = 0;
    const call = callOp(rootRuntime(), write, { operation: "r" }, () => {
      calls += 1;
      throw new DataError({ kind: "not-found", message: "there is no order with this key" });
    });
    const error = await dataError(call);
    expect(error).toMatchObject({
      kind: "not-found",
      operation: "orders.place",
      store: "main",
      attempts: 1,
    });
    expect(error.message).toBe("orders.place: there is no order with this key");
    expect(calls).toBe(1);
  });

  test("an error thrown while sending rejects instead of escaping", async () => {
    const call = callOp(rootRuntime(), read, undefined, () => {
      throw programmingError("cannot encode");
    });
    expect((await dataError(call)).kind).toBe("programming");
  });

  test("statements of a transaction are not retried and leave no doubt of their own", async () => {
    let calls = 0;
    const call = callOp(
      statementRuntime(rootRuntime(), new TransactionFate()),
      write,
      undefined,
      () => {
        calls += 1;
        return Promise.reject(new DriverError());
      },
    );
    expect(await dataError(call)).toMatchObject({ kind: "unavailable", attempts: 1 });
    expect(calls).toBe(1);
  });
});

describe("deadline and abort", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("a read that hangs is a timeout, and the engine is told to give it up", async () => {
    const op = new HandOp(rootRuntime(), read, { deadlineMs: 100 });
    const failed = dataError(op.start());
    await vi.advanceTimersByTimeAsync(100);
    expect(await failed).toMatchObject({ kind: "timeout", attempts: 1 });
    expect(op.abandoned).toBe("deadline");
  });

  test("a write that hangs after it was sent is outcome-unknown, before it a timeout", async () => {
    const sent = new HandOp(rootRuntime(), write, { deadlineMs: 100 });
    const queued = new HandOp(rootRuntime(), write, { deadlineMs: 100 });
    const errors = Promise.all([dataError(sent.start()), dataError(queued.start())]);
    queued.sent = false;
    await vi.advanceTimersByTimeAsync(100);
    expect((await errors).map((error) => error.kind)).toEqual(["outcome-unknown", "timeout"]);
  });

  test("a write that hangs in a transaction is a timeout: ROLLBACK settles it", async () => {
    const op = new HandOp(statementRuntime(rootRuntime(), new TransactionFate()), write, {
      deadlineMs: 100,
    });
    const failed = dataError(op.start());
    await vi.advanceTimersByTimeAsync(100);
    expect((await failed).kind).toBe("timeout");
  });

  test("a deadline during back-off keeps the doubt of the attempt before", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0.99);
    const op = new HandOp(rootRuntime(), write, { operation: "r", deadlineMs: 100 });
    const failed = dataError(op.start());
    await vi.advanceTimersByTimeAsync(30);
    op.fail(new DriverError());
    await vi.advanceTimersByTimeAsync(48);
    expect(op.sends).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(op.sends).toBe(2);
    await vi.advanceTimersByTimeAsync(20);
    expect((await failed).kind).toBe("outcome-unknown");
    random.mockRestore();
  });

  test("a deadline that strikes between two attempts knows that nothing is in flight", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.9);
    const op = new HandOp(rootRuntime(), write, { deadlineMs: 100 });
    const failed = dataError(op.start());
    op.fail(notApplied());
    op.expire();
    expect((await failed).kind).toBe("timeout");
    expect(op.abandoned).toBeUndefined();
    vi.restoreAllMocks();
  });

  test("a retry that cannot end before the deadline is not begun: the fault is told at once", async () => {
    const op = new HandOp(rootRuntime(), read, { deadlineMs: 20 });
    const random = vi.spyOn(Math, "random").mockReturnValue(0.99);
    const failed = dataError(op.start());
    op.fail(notApplied());
    expect((await failed).kind).toBe("unavailable");
    random.mockRestore();
  });

  test("10,000 concurrent calls need one timer per duration, and none remains", async () => {
    const runtime = rootRuntime();
    const ops = Array.from(
      { length: 10_000 },
      (_, index) => new HandOp(runtime, read, { deadlineMs: index % 2 ? 500 : 700 }),
    );
    const promises = ops.map((op) => op.start());
    expect(vi.getTimerCount()).toBe(2);
    for (const op of ops) op.succeed("");
    await Promise.all(promises);
    await vi.advanceTimersByTimeAsync(700);
    expect([vi.getTimerCount(), runtime.deadlines.size]).toEqual([0, 0]);
  });

  test("an engine that fails to cancel takes no other deadline with it", async () => {
    const runtime = rootRuntime();
    const hang = (): Promise<never> =>
      callOp(runtime, read, { deadlineMs: 50 }, (attempt) => {
        attempt.onAbandon = () => {
          throw new Error("cancel failed");
        };
        return new Promise(() => {});
      });
    const failed = Promise.all([dataError(hang()), dataError(hang())]);
    await vi.advanceTimersByTimeAsync(60);
    expect((await failed).map((error) => error.kind)).toEqual(["timeout", "timeout"]);
  });

  test("deadlines of one duration strike in order, also when neighbours left the queue", async () => {
    const runtime = rootRuntime();
    const struck: number[] = [];
    const ops: HandOp[] = [];
    for (let index = 0; index < 6; index++) {
      const op = new HandOp(runtime, read, { deadlineMs: 100 });
      op.start().catch(() => struck.push(index));
      ops.push(op);
      await vi.advanceTimersByTimeAsync(10);
    }
    for (const index of [0, 2, 5]) ops[index]?.succeed("");
    await vi.advanceTimersByTimeAsync(50);
    expect(struck).toEqual([1]);
    await vi.advanceTimersByTimeAsync(40);
    expect(struck).toEqual([1, 3, 4]);
  });

  test("budgets that differ by a few milliseconds share queues", () => {
    const runtime = rootRuntime();
    for (let index = 0; index < 1_000; index++)
      void new HandOp(runtime, read, { deadlineMs: 1_000 + index / 10 }).start().catch(() => {});
    expect(runtime.deadlines.size).toBeLessThanOrEqual(11);
  });

  test.each([0, -1, Number.NaN])("deadlineMs %s is refused", async (deadlineMs) => {
    expect((await dataError(new HandOp(rootRuntime(), read, { deadlineMs }).start())).kind).toBe(
      "programming",
    );
  });

  test("an empty operation id is refused: every such write would be a replay of the first", async () => {
    const call = callOp(rootRuntime(), write, { operation: "" }, () => expect.unreachable());
    expect(await dataError(call)).toMatchObject({
      kind: "programming",
      message: expect.stringContaining("operation must not be empty"),
    });
  });

  test("an abort rejects with the caller's reason and lets go of the signal", async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const op = new HandOp(rootRuntime(), write, { signal: controller.signal });
    const promise = op.start();
    const reason = new Error("the user left");
    controller.abort(reason);
    await expect(promise).rejects.toBe(reason);
    expect([op.abandoned, removed.mock.calls.length]).toEqual(["abort", 1]);
  });

  test("an abort during back-off ends it", async () => {
    const controller = new AbortController();
    const op = new HandOp(rootRuntime(), read, { signal: controller.signal });
    const promise = op.start();
    op.fail(new DriverError());
    controller.abort(new Error("left"));
    await expect(promise).rejects.toThrow("left");
    await vi.advanceTimersByTimeAsync(5_000);
    expect([op.sends, op.abandoned]).toEqual([1, undefined]);
  });

  test("a signal that is already aborted sends nothing", async () => {
    const op = new HandOp(rootRuntime(), read, {
      signal: AbortSignal.abort(new Error("too late")),
    });
    await expect(op.start()).rejects.toThrow("too late");
    expect([op.sends, op.settled]).toEqual([0, true]);
  });
});

test("property: every call settles within its deadline, whatever its attempts do", async () => {
  vi.useFakeTimers();
  const attempt = fc.record({
    takesMs: fc.integer({ min: 0, max: 900 }),
    ends: fc.constantFrom("ok", "fail", "hang"),
  });
  const call = fc.record({
    deadlineMs: fc.integer({ min: 1, max: 1_000 }),
    effect: fc.constantFrom("read", "write"),
    keyed: fc.boolean(),
    attempts: fc.array(attempt, { minLength: 3, maxLength: 3 }),
  });
  const property = fc.asyncProperty(
    fc.array(call, { minLength: 1, maxLength: 20 }),
    async (calls) => {
      const runtime = rootRuntime();
      const began = stopwatch();
      const late = calls.map(async ({ deadlineMs, effect, keyed, attempts }) => {
        const options = { deadlineMs, ...(keyed && { operation: "r" }) };
        const run = callOp(runtime, { operation: "orders.x", effect }, options, async (now) => {
          const { takesMs, ends } = attempts[now.attempts - 1] ?? { takesMs: 0, ends: "hang" };
          await new Promise((resolve) => setTimeout(resolve, takesMs));
          if (ends === "hang") await new Promise(() => {});
          if (ends === "fail") throw new DriverError();
        });
        await run.catch(() => {});
        return began.elapsed() - deadlineMs;
      });
      await vi.advanceTimersByTimeAsync(1_300);
      for (const ms of await Promise.all(late)) expect(ms).toBeLessThanOrEqual(20);
      expect(runtime.lifecycle.inFlight).toBe(0);
    },
  );
  await fc.assert(property, { seed: 20261121, numRuns: 100 });
  vi.useRealTimers();
});

test("100 calls may share one signal without a listener warning", async () => {
  const warned = vi.fn();
  process.on("warning", warned);
  const { signal } = new AbortController();
  const ops = Array.from({ length: 100 }, () => new HandOp(rootRuntime(), read, { signal }));
  const promises = ops.map((op) => op.start());
  for (const op of ops) op.succeed("");
  await Promise.all(promises);
  await sleep(5);
  process.off("warning", warned);
  expect(warned).not.toHaveBeenCalled();
});

test("F7: 10,000 calls in a total outage cost at most 20 attempts more", async () => {
  const runtime = rootRuntime();
  let attempts = 0;
  const calls = Array.from({ length: 10_000 }, () =>
    callOp(runtime, read, undefined, () => {
      attempts += 1;
      return Promise.reject(notApplied());
    }).catch((error: unknown) => error),
  );
  const errors = await Promise.all(calls);
  expect(errors.every((error) => error instanceof DataError && error.kind === "unavailable")).toBe(
    true,
  );
  expect(attempts).toBeGreaterThan(10_000);
  expect(attempts).toBeLessThanOrEqual(10_020);
  expect(runtime.lifecycle.inFlight).toBe(0);
});

test("property: whatever the attempts answer, an unkeyed write whose outcome is unknown is sent once and says so", async () => {
  const answer = fc.constantFrom("ok", "unknown", "not-applied", "constraint");
  const property = fc.asyncProperty(
    fc.array(answer, { minLength: 3, maxLength: 3 }),
    fc.boolean(),
    async (answers, keyed) => {
      vi.spyOn(Math, "random").mockReturnValue(0);
      let calls = 0;
      const settled = await callOp(
        rootRuntime(),
        write,
        keyed ? { operation: "r" } : undefined,
        () => {
          const now = answers[calls++];
          if (now === "ok") return Promise.resolve("ok");
          if (now === "constraint")
            return Promise.reject(
              new DriverError({ kind: "constraint", outcome: "not-applied", transient: false }),
            );
          return Promise.reject(
            new DriverError({ outcome: now === "unknown" ? "unknown" : "not-applied" }),
          );
        },
      ).catch((error: unknown) => (error instanceof DataError ? error.kind : "foreign"));
      const sent = answers.slice(0, calls);
      const last = sent.at(-1);
      if (!keyed && sent.includes("unknown"))
        expect([sent.indexOf("unknown"), settled]).toEqual([calls - 1, "outcome-unknown"]);
      else if (last === "ok" || last === "constraint") expect(settled).toBe(last);
      else expect(settled).toBe(sent.includes("unknown") ? "outcome-unknown" : "unavailable");
    },
  );
  await fc.assert(property, { seed: 20261121, numRuns: 200 });
  vi.restoreAllMocks();
});

describe("stack", () => {
  const refusedCall = (): Promise<string> =>
    new Promise((_, reject) => setTimeout(() => reject(new DriverError()), 1)).then(() => "");

  test("a failed call names the functions that await it, and its cause keeps its own frames", async () => {
    async function placeOrder(): Promise<string> {
      return await callOp(rootRuntime(), write, undefined, refusedCall);
    }
    const error = await dataError(placeOrder());
    expect(error.stack).toMatch(/^DataError: .*\n {4}at /);
    expect(error.stack).toMatch(/\n {4}at (async )?placeOrder \(.*op\.test\.ts:\d+:\d+\)/);
    expect((error.cause as Error).stack).toMatch(/ at Timeout.*op\.test\.ts:/);
  });

  test("a deadline that strikes and a verdict of the engine do, too", async () => {
    async function slow(): Promise<string> {
      return await callOp(rootRuntime(), read, { deadlineMs: 5 }, () => new Promise(() => {}));
    }
    async function judged(): Promise<string> {
      return await callOp(rootRuntime(), read, undefined, async () => {
        await sleep(1);
        throw programmingError("no");
      });
    }
    expect((await dataError(slow())).stack).toMatch(/at (async )?slow \(.*op\.test\.ts:/);
    expect((await dataError(judged())).stack).toMatch(/at (async )?judged \(.*op\.test\.ts:/);
  });

  test("an error that passes two calls has the frames of both, each once", async () => {
    async function statement(): Promise<string> {
      return await callOp(rootRuntime(), read, undefined, refusedCall);
    }
    async function transaction(): Promise<string> {
      return await callOp(rootRuntime(), write, undefined, statement);
    }
    const { stack = "" } = await dataError(transaction());
    const named = [...stack.matchAll(/at .*?(statement|transaction) \(/g)].map(([, name]) => name);
    expect(named).toEqual(["statement", "transaction"]);
  });
});
