import { execFile } from "node:child_process";
import { inspect, promisify } from "node:util";
import { serialize } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { callOp } from "../../../templates/runtime/call.ts";
import { bindToThread, Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import { dataError, read, rootRuntime } from "./support.ts";
import { stopwatch } from "../../support/stopwatch.ts";

describe("close", () => {
  test("waits for what is in flight, then closes stores, last opened first; a second close is the same", async () => {
    const runtime = rootRuntime();
    const events: string[] = [];
    runtime.lifecycle.onClose(async () => void events.push("first store"));
    runtime.lifecycle.onClose(async () => void events.push("second store"));
    let answer: (value: string) => void = () => {};
    const call = callOp(
      runtime,
      read,
      undefined,
      () => new Promise<string>((resolve) => (answer = resolve)),
    );
    void call.then(() => events.push("call"));
    const closing = runtime.lifecycle.close();
    expect(runtime.lifecycle.state).toBe("draining");
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events).toEqual([]);
    answer("done");
    await closing;
    expect(events).toEqual(["call", "second store", "first store"]);
    await runtime.lifecycle.close();
    expect([events.length, runtime.lifecycle.state]).toEqual([3, "closed"]);
  });

  test("while draining a new call is unavailable, afterwards it is a programming error", async () => {
    const runtime = rootRuntime();
    let answer: (value: string) => void = () => {};
    const call = callOp(
      runtime,
      read,
      undefined,
      () => new Promise<string>((resolve) => (answer = resolve)),
    );
    const closing = runtime.lifecycle.close();
    expect((await dataError(callOp(runtime, read, undefined, () => Promise.resolve(1)))).kind).toBe(
      "unavailable",
    );
    answer("done");
    await Promise.all([call, closing]);
    const late = await dataError(callOp(runtime, read, undefined, () => Promise.resolve(1)));
    expect(late).toMatchObject({ kind: "programming", operation: "orders.get", store: "main" });
    expect(late.message).toContain("closed");
  });

  test("what the last call leaves to be done, admitted in its own turn, is waited for as well", async () => {
    const lifecycle = new Lifecycle({ signals: false });
    const events: string[] = [];
    lifecycle.onClose(async () => void events.push("closed"));
    lifecycle.enter("orders.place");
    const closing = lifecycle.close();
    lifecycle.leave();
    lifecycle.nested.enter("orderCache.invalidate");
    setTimeout(() => {
      events.push("invalidated");
      lifecycle.nested.leave();
    }, 20);
    await closing;
    expect(events).toEqual(["invalidated", "closed"]);
  });

  test("does not wait longer than drainMs", async () => {
    const lifecycle = new Lifecycle({ signals: false, drainMs: 20 });
    lifecycle.enter("orders.get");
    await lifecycle.close();
    expect(lifecycle.state).toBe("closed");
  });

  test("a store that hangs at close holds nobody longer than a second", async () => {
    const lifecycle = new Lifecycle({ signals: false });
    lifecycle.onClose(() => new Promise(() => {}));
    const began = stopwatch();
    await lifecycle.close();
    expect(began.elapsed()).toBeLessThan(1_500);
  });

  test("one store that fails to close does not keep the others open", async () => {
    const lifecycle = new Lifecycle({ signals: false });
    let closed = false;
    lifecycle.onClose(async () => void (closed = true));
    lifecycle.onClose(() => Promise.reject(new Error("stuck")));
    await expect(lifecycle.close()).rejects.toThrow("stuck");
    expect(closed).toBe(true);
  });
});

describe("process and thread guard", () => {
  const layer = bindToThread({
    orders: { get: () => 1 },
    name: "shop",
    get late() {
      return 2;
    },
  });
  const rule = /belongs to the process and thread that opened it/;

  test("works as the object it guards, and can be inspected", () => {
    expect([layer.orders.get(), layer.name, layer.late]).toEqual([1, "shop", 2]);
    expect(inspect(layer)).toContain("shop");
  });

  test.each([
    ["structuredClone", () => structuredClone(layer)],
    ["postMessage", () => new MessageChannel().port1.postMessage(layer)],
    ["an advanced IPC message", () => serialize(layer)],
    ["JSON", () => JSON.stringify({ layer })],
    ["spreading", () => ({ ...layer })],
  ])("%s throws the rule", (_name, copy) => {
    expect(copy).toThrow(rule);
  });

  test("use in another process (a copied heap, a changed pid) is refused by name", () => {
    const lifecycle = new Lifecycle({ signals: false });
    const own = Object.getOwnPropertyDescriptor(process, "pid");
    Object.defineProperty(process, "pid", { value: process.pid + 1, configurable: true });
    try {
      expect(() => lifecycle.enter("orders.get")).toThrow(rule);
    } finally {
      Object.defineProperty(process, "pid", own ?? {});
    }
  });
});

const run = promisify(execFile);
const lifecycleModule = new URL("../../../templates/runtime/lifecycle.ts", import.meta.url).href;

/** Runs a script in a process of its own; the signal is sent by the script to itself. */
function inProcess(script: string) {
  const source = `import { Lifecycle } from ${JSON.stringify(lifecycleModule)};\n${script}`;
  return run(process.execPath, ["--input-type=module", "--eval", source], { timeout: 10_000 }).then(
    ({ stdout }) => ({ stdout, signal: undefined, code: 0 }),
    (error: { stdout: string; signal: string | null; code: number | null }) => error,
  );
}

test("a deadline alone keeps no process alive, a retry that is due does", async () => {
  const script = (body: string) =>
    inProcess(`
      const { callOp } = await import(${JSON.stringify(new URL("call.ts", lifecycleModule).href)});
      const { opRuntime } = await import(${JSON.stringify(new URL("store.ts", lifecycleModule).href)});
      const classify = () => ({ kind: "connection", outcome: "not-applied", transient: true, fatal: true });
      const context = { lifecycle: new Lifecycle({ signals: false }), telemetry: {}, onError: () => {} };
      const runtime = opRuntime({ store: "main", system: "testdb" }, classify, { deadlineMs: 60_000 }, context);
      const spec = { operation: "orders.get", effect: "read" };
      ${body}`);
  const hanging = await script(
    `void callOp(runtime, spec, undefined, () => new Promise(() => {}));`,
  );
  expect(hanging.code).toBe(0);
  const retrying = await script(`let calls = 0;
    void callOp(runtime, spec, undefined, () => calls++ ? Promise.resolve("second") : Promise.reject(new Error("no"))).then(console.log);`);
  expect(retrying.stdout.trim()).toBe("second");
});

describe("signals", () => {
  test("SIGTERM drains, closes every data layer, then ends the process by the signal", async () => {
    const result = await inProcess(`
      for (const name of ["a", "b"]) {
        const layer = new Lifecycle();
        layer.enter("call");
        setTimeout(() => { console.log(name, "call"); layer.leave(); }, name === "a" ? 30 : 60);
        layer.onClose(async () => console.log(name, "closed"));
      }
      setInterval(() => {}, 1000);
      process.kill(process.pid, "SIGTERM");`);
    expect(result.stdout.trim().split("\n")).toEqual(["a call", "a closed", "b call", "b closed"]);
    expect(result.signal).toBe("SIGTERM");
  });

  test("an application that listens too decides itself when to end", async () => {
    const result = await inProcess(`
      new Lifecycle().onClose(async () => console.log("closed"));
      const alive = setInterval(() => {}, 1000);
      process.on("SIGINT", () => setTimeout(() => { console.log("ended by the application"); clearInterval(alive); }, 30));
      process.kill(process.pid, "SIGINT");`);
    expect(result.stdout.trim().split("\n")).toEqual(["closed", "ended by the application"]);
    expect(result.code).toBe(0);
  });

  test("a second signal ends the process without waiting for the drain", async () => {
    const began = stopwatch();
    const result = await inProcess(`
      new Lifecycle({ drainMs: 60_000 }).enter("call");
      setInterval(() => {}, 1000);
      process.kill(process.pid, "SIGTERM");
      setTimeout(() => process.kill(process.pid, "SIGTERM"), 50);`);
    expect(result.signal).toBe("SIGTERM");
    expect(began.elapsed()).toBeLessThan(8_000);
  });

  test("while the drain lasts, our handler is still there for libraries that count listeners", async () => {
    const result = await inProcess(`
      const layer = new Lifecycle();
      layer.enter("call");
      process.on("SIGTERM", () => console.log(process.listenerCount("SIGTERM")));
      process.kill(process.pid, "SIGTERM");
      setTimeout(() => { layer.leave(); setTimeout(() => console.log(process.listenerCount("SIGTERM")), 30); }, 30);`);
    expect(result.stdout.trim().split("\n")).toEqual(["2", "1"]);
  });

  test("signals: false leaves the process alone; an open data layer keeps none alive", async () => {
    const quiet = await inProcess(
      `new Lifecycle({ signals: false }); console.log(process.listenerCount("SIGTERM"));`,
    );
    expect([quiet.stdout.trim(), quiet.code]).toEqual(["0", 0]);
    const listening = await inProcess(
      `const l = new Lifecycle(); console.log(process.listenerCount("SIGTERM")); await l.close(); console.log(process.listenerCount("SIGTERM"));`,
    );
    expect(listening.stdout.trim().split("\n")).toEqual(["1", "0"]);
  });
});
