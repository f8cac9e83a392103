import { setTimeout as sleep } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { describe, expect, test, vi } from "vitest";
import { callOp } from "../../../templates/runtime/call.ts";
import type { OpOptions } from "../../../templates/runtime/op.ts";
import type { TransactionOptions } from "../../../templates/runtime/options.ts";
import { TransactionFate } from "../../../templates/runtime/transaction-fate.ts";
import {
  runTransaction,
  statementRuntime,
  type TransactionTarget,
} from "../../../templates/runtime/unit-of-work.ts";
import { dataError, DriverError, read, rootRuntime, write } from "./support.ts";

const conflict = () =>
  new DriverError({ kind: "conflict", outcome: "not-applied", transient: true, code: "40001" });
const spec = {
  operation: "main.transaction",
  effect: "write",
  collection: "",
  unkeyed: true,
} as const;

const confirmed = { told: Promise.resolve() };

/** A target that notes what it is asked; a session is the number of its run. */
function target(changes: Partial<TransactionTarget<number>> = {}) {
  const events: string[] = [];
  const note = (event: string) => async () => void events.push(event);
  let runs = 0;
  const made: TransactionTarget<number> = {
    begin: async () => {
      events.push("begin");
      return ++runs;
    },
    commit: async () => {
      events.push("commit");
      return confirmed;
    },
    rollback: note("rollback"),
    abandon: () => void events.push("abandon"),
    ...changes,
  };
  return { events, target: made };
}

function setUp(changes: Partial<TransactionTarget<number>> = {}) {
  const runtime = rootRuntime();
  const { events, target: made } = target(changes);
  const transact = <T>(work: (run: number) => Promise<T>, options?: TransactionOptions) =>
    runTransaction(runtime, spec, made, work, options);
  const inside = statementRuntime(runtime, new TransactionFate());
  const statement = (error?: unknown) =>
    callOp(inside, write, undefined, () =>
      error === undefined ? Promise.resolve("ok") : Promise.reject(error),
    );
  return { runtime, events, transact, statement };
}

describe("a transaction", () => {
  test("commits what the callback did and gives its result", async () => {
    const { events, transact, statement } = setUp();
    expect(await transact(() => statement())).toBe("ok");
    expect(events).toEqual(["begin", "commit"]);
  });

  test("rolls back and passes the callback's own error on as it is", async () => {
    const { events, transact, runtime } = setUp();
    const own = new Error("out of stock");
    await expect(transact(() => Promise.reject(own), { rerunnable: true })).rejects.toBe(own);
    expect(events).toEqual(["begin", "rollback"]);
    expect(runtime.lifecycle.inFlight).toBe(0);
  });

  test("is not run again unless it says so", async () => {
    const { events, transact, statement } = setUp();
    const error = await dataError(transact(() => statement(conflict())));
    expect(error).toMatchObject({
      kind: "conflict",
      operation: "orders.place",
      code: "40001",
      attempts: 1,
    });
    expect(events).toEqual(["begin", "rollback"]);
  });

  test("rerunnable: the whole callback again after a conflict in a statement or at COMMIT", async () => {
    let commits = 0;
    const { events, transact, statement } = setUp({
      commit: async () => {
        events.push("commit");
        if (++commits === 1) throw conflict();
        return confirmed;
      },
    });
    let runs = 0;
    expect(
      await transact(() => statement(++runs === 1 ? conflict() : undefined), { rerunnable: true }),
    ).toBe("ok");
    expect(runs).toBe(3);
    expect(events.filter((event) => event === "commit")).toHaveLength(2);
  });

  test("rerunnable: the error of the last run names the call that failed in it, and who awaits the transaction", async () => {
    const { transact, statement } = setUp();
    let runs = 0;
    async function reserve(): Promise<string> {
      runs += 1;
      return await statement(
        runs === 1 ? conflict() : new DriverError({ kind: "constraint", transient: false }),
      );
    }
    async function checkout(): Promise<string> {
      return await transact(reserve, { rerunnable: true });
    }
    const error = await dataError(checkout());
    expect(error).toMatchObject({ kind: "constraint", attempts: 2 });
    expect(error.stack).toMatch(/ at [^\n]*reserve \([^]* at [^\n]*checkout \(/);
  });

  test("rerunnable: a race that is lost again and again is run until it is won", async () => {
    const { transact, statement } = setUp();
    let runs = 0;
    await transact(() => statement(++runs < 6 ? conflict() : undefined), {
      rerunnable: true,
      deadlineMs: 60_000,
    });
    expect(runs).toBe(6);
  });

  test("rerunnable: the deadline ends a race, and the error counts the runs", async () => {
    const { transact, statement } = setUp();
    let runs = 0;
    const error = await dataError(
      transact(() => (runs++, statement(conflict())), { rerunnable: true, deadlineMs: 400 }),
    );
    expect(["conflict", "timeout"]).toContain(error.kind);
    expect(error.attempts).toBe(runs);
    expect(error.elapsedMs).toBeLessThan(400 + 250);
  });

  test("rerunnable: any other fault ends it after three runs", async () => {
    const { transact, statement } = setUp();
    let runs = 0;
    const fault = { kind: "overload", outcome: "not-applied", retryAfterMs: 1 } as const;
    const error = await dataError(
      transact(() => (runs++, statement(new DriverError(fault))), { rerunnable: true }),
    );
    expect([error.kind, error.attempts, runs]).toEqual(["overloaded", 3, 3]);
  });

  test("a lost connection before COMMIT is unavailable and rerunnable, at COMMIT outcome-unknown and final", async () => {
    const before = setUp();
    let runs = 0;
    await before.transact(() => before.statement(++runs === 1 ? new DriverError() : undefined), {
      rerunnable: true,
    });
    expect(runs).toBe(2);
    const at = setUp({ commit: () => Promise.reject(new DriverError()) });
    expect(await dataError(at.transact(() => at.statement(), { rerunnable: true }))).toMatchObject({
      kind: "outcome-unknown",
      attempts: 1,
    });
  });

  test("beginning is tried again also when the callback is not rerunnable: nothing of it has run", async () => {
    let begins = 0;
    const { transact, statement } = setUp({
      begin: async () => {
        if (++begins === 1) throw new DriverError({ outcome: "not-applied" });
        return begins;
      },
    });
    expect(await transact(() => statement())).toBe("ok");
  });

  test("deadline: the caller is answered, the session abandoned, and a late callback never commits", async () => {
    const { events, transact } = setUp();
    const error = await dataError(transact(() => sleep(60), { deadlineMs: 20 }));
    expect(error.kind).toBe("timeout");
    await sleep(80);
    expect(events).toEqual(["begin", "abandon", "rollback"]);
  });

  test("deadline while COMMIT is under way is outcome-unknown", async () => {
    const { transact, statement } = setUp({ commit: () => sleep(60, confirmed) });
    const error = await dataError(transact(() => statement(), { deadlineMs: 20 }));
    expect(error.kind).toBe("outcome-unknown");
    expect(error.hint).toContain("look in the store");
  });

  test("a listener that does not end turns no confirmed COMMIT into a failure", async () => {
    const { events, transact, statement } = setUp({
      commit: async () => ({ told: new Promise(() => {}) }),
    });
    expect(await transact(() => statement(), { deadlineMs: 20 })).toBe("ok");
    expect(events).toEqual(["begin"]);
  });

  test("deadline while a connection is found: what comes late is given back", async () => {
    const { events, transact } = setUp({ begin: () => sleep(50, 1) });
    await dataError(transact(() => sleep(1), { deadlineMs: 20 }));
    await expect.poll(() => events).toEqual(["rollback"]);
  });

  test("maxDurationMs ends a run that holds its locks too long", async () => {
    let release: () => void = () => {};
    const { transact } = setUp({ abandon: () => release() });
    const hanging = () =>
      new Promise<void>((_resolve, reject) => (release = () => reject(new DriverError())));
    const error = await dataError(transact(hanging, { maxDurationMs: 20 }));
    expect(error.kind).toBe("timeout");
    expect(error.message).toContain("maxDurationMs");
    expect(error).toMatchObject({ store: "main", attempts: 1, operation: "main.transaction" });
    expect(error.elapsedMs).toBeGreaterThanOrEqual(19);
  });

  test("an abort rejects with the caller's reason and abandons the session", async () => {
    const { events, transact } = setUp();
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("left")), 10);
    await expect(transact(() => sleep(40), { signal: controller.signal })).rejects.toThrow("left");
    await sleep(50);
    expect(events).toEqual(["begin", "abandon", "rollback"]);
  });
});

describe("a statement that was given up", () => {
  /** A transaction whose statements the store never answers. */
  function silent(changes: Partial<TransactionTarget<TransactionFate>> = {}) {
    const runtime = rootRuntime();
    const events: string[] = [];
    const never = (fate: TransactionFate, options: OpOptions) =>
      callOp(statementRuntime(runtime, fate), write, options, () => new Promise(() => {}));
    const made: TransactionTarget<TransactionFate> = {
      begin: async (_options, _attempt, fate) => fate,
      commit: async () => {
        events.push("commit");
        return confirmed;
      },
      rollback: async () => void events.push("rollback"),
      abandon: () => {},
      ...changes,
    };
    const transact = <T>(work: (fate: TransactionFate) => Promise<T>) =>
      runTransaction(runtime, spec, made, work);
    return { events, never, transact };
  }

  test("keeps its transaction from COMMIT, whatever the callback made of the error", async () => {
    const { events, never, transact } = silent();
    const error = await dataError(
      transact((fate) => never(fate, { deadlineMs: 5 }).catch(() => "kept")),
    );
    expect(error).toMatchObject({ kind: "programming", operation: "main.transaction" });
    expect(error.message).toContain("orders.place was given up");
    expect(events).toEqual(["rollback"]);
  });

  test("no other statement is begun in its transaction", async () => {
    const { never, transact } = silent();
    const caller = new AbortController();
    let second: unknown;
    await dataError(
      transact(async (fate) => {
        const first = never(fate, { signal: caller.signal }).catch(() => {});
        caller.abort();
        await first;
        second = await dataError(never(fate, {}));
      }),
    );
    expect(second).toMatchObject({ kind: "programming", operation: "orders.place" });
  });

  test("one that nobody awaited, while COMMIT is under way: it may have been applied", async () => {
    const { never, transact } = silent({ commit: () => sleep(60, confirmed) });
    let left: Promise<unknown> = Promise.resolve();
    await transact(async (fate) => {
      left = dataError(never(fate, { deadlineMs: 20 }));
    });
    expect(await left).toMatchObject({ kind: "outcome-unknown" });
  });
});

describe("a root call", () => {
  test("inside the store's transaction is refused, whatever was awaited before", async () => {
    const { runtime, transact } = setUp();
    const error = await dataError(
      transact(async () => {
        await sleep(5);
        return callOp(runtime, read, undefined, () => Promise.resolve("root"));
      }),
    );
    expect(error).toMatchObject({ kind: "programming", operation: "orders.get" });
    expect(error.hint).toContain("tx.orders.get");
  });

  test("a transaction inside a transaction is refused", async () => {
    const { transact } = setUp();
    expect((await dataError(transact(() => transact(() => sleep(1))))).kind).toBe("programming");
  });

  test("on the root, beside a transaction, on another store, or left behind after its end is fine", async () => {
    const { runtime, transact } = setUp();
    const other = rootRuntime();
    const call = (where: typeof runtime) =>
      callOp(where, read, undefined, () => Promise.resolve("root"));
    let later: Promise<string> | undefined;
    const transaction = transact(async () => {
      expect(await call(other)).toBe("root");
      later = sleep(40).then(() => call(runtime));
      await sleep(20);
    });
    await sleep(5);
    expect(await call(runtime)).toBe("root");
    const second = transact(() => sleep(60));
    await transaction;
    expect(await later).toBe("root");
    await second;
  });

  test("costs no look at the async context while no transaction is open", async () => {
    const { runtime, transact, statement } = setUp();
    await transact(() => statement());
    const looked = vi.spyOn(
      (await import("node:async_hooks")).AsyncLocalStorage.prototype,
      "getStore",
    );
    await callOp(runtime, read, undefined, () => Promise.resolve(1));
    expect(looked).not.toHaveBeenCalled();
    looked.mockRestore();
  });
});

test("statements of a transaction are children of its span", async () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const runtime = rootRuntime({ telemetry: { tracerProvider } });
  const inside = statementRuntime(runtime, new TransactionFate());
  const statement = () => callOp(inside, write, undefined, () => Promise.resolve("ok"));
  await runTransaction(runtime, spec, target().target, () => sleep(1).then(statement));
  context.disable();
  const [child, parent] = exporter.getFinishedSpans();
  expect([child?.name, parent?.name]).toEqual(["place orders", "transaction"]);
  expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
});

test("a transaction in flight may use its statements while the data layer drains", async () => {
  const { runtime, transact, statement } = setUp();
  let closing: Promise<void> | undefined;
  const result = transact(async () => {
    closing = runtime.lifecycle.close();
    await sleep(5);
    return statement();
  });
  expect(await result).toBe("ok");
  await closing;
});
