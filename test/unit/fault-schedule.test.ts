import { createConnection, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { scheduleFaults } from "../support/fault-schedule.ts";
import { between, seeded } from "../support/random.ts";
import type { Toxic } from "../support/toxics.ts";

async function strike(seed: number, count: number): Promise<readonly Toxic["kind"][]> {
  const proxy = await startFaultProxy({ target: "127.0.0.1:9" });
  const schedule = scheduleFaults(proxy, {
    seed,
    pauseMs: [1, 5],
    faults: [
      { toxic: { kind: "down" }, forMs: 2 },
      { toxic: { kind: "blackhole" }, forMs: 2 },
      { toxic: { kind: "latency", ms: 5 }, forMs: 2 },
    ],
  });
  for (let tries = 0; tries < 1000 && schedule.struck.length < count; tries += 1) await sleep(2);
  await schedule.stop();
  const after = schedule.struck.length;
  await sleep(20);
  expect(schedule.struck.length, "nothing strikes after the stop").toBe(after);
  await proxy.stop();
  return schedule.struck.slice(0, count);
}

test("the same seed strikes with the same faults, another with others", async () => {
  const first = await strike(3, 12);
  expect(first).toHaveLength(12);
  expect(await strike(3, 12)).toEqual(first);
  expect(await strike(4, 12)).not.toEqual(first);
});

test("a stop in the middle of a fault removes it", async () => {
  const echo = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  await new Promise<void>((done) => echo.listen(0, "127.0.0.1", done));
  const address = echo.address();
  const port = address && typeof address !== "string" ? address.port : 0;
  const proxy = await startFaultProxy({ target: `127.0.0.1:${port}` });
  const faults = [{ toxic: { kind: "down" }, forMs: 60_000 }] as const;
  const schedule = scheduleFaults(proxy, { seed: 1, pauseMs: [0, 0], faults });
  for (let tries = 0; tries < 100 && schedule.struck.length === 0; tries += 1) await sleep(2);
  await schedule.stop();
  const socket = createConnection({ port: proxy.port, host: "127.0.0.1" });
  socket.write("through");
  const [chunk] = await new Promise<[Buffer]>((done, fail) => {
    socket.once("data", (data: Buffer) => done([data]));
    socket.once("error", fail);
  });
  expect(chunk.toString()).toBe("through");
  await proxy.stop();
  await new Promise((done) => echo.close(done));
});

test("seeded numbers stay in range and repeat", () => {
  const [one, same] = [seeded(42), seeded(42)];
  const drawn = Array.from({ length: 1000 }, () => between(one, 2, 5));
  expect(new Set(drawn)).toEqual(new Set([2, 3, 4, 5]));
  expect(Array.from({ length: 1000 }, () => between(same, 2, 5))).toEqual(drawn);
});
