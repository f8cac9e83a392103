import { once } from "node:events";
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import type { Framer } from "../support/frames.ts";

let echo: Server;
let echoSockets: Set<Socket>;
let target: string;
let proxy: FaultProxy;
const clients = new Set<Client>();

interface Client {
  readonly socket: Socket;
  text(): string;
  readonly closed: Promise<"reset" | "end">;
}

async function dial(): Promise<Client> {
  const socket = createConnection({ port: proxy.port, host: "127.0.0.1", noDelay: true });
  let received = "";
  let how: "reset" | "end" = "end";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
  socket.on("error", () => (how = "reset"));
  const closed = new Promise<"reset" | "end">((done) => socket.once("close", () => done(how)));
  await once(socket, "connect").catch(() => undefined);
  const client = { socket, text: () => received, closed };
  clients.add(client);
  return client;
}

/** Waits until the text is there, at most two seconds; gives how long it took. */
async function arrived(client: Client, text: string): Promise<number> {
  const start = performance.now();
  while (client.text() !== text && performance.now() - start < 2000) await sleep(5);
  expect(client.text()).toBe(text);
  return performance.now() - start;
}

/** One letter is a request, and each answer is that letter: the smallest protocol with replies. */
function letterFramer(): Framer {
  let reply = -1;
  return {
    requests: (chunk) => [...chunk.toString()],
    pieces: (chunk) =>
      [...chunk.toString()].map((letter) => {
        reply += 1;
        return { bytes: Buffer.from(letter), reply, last: true };
      }),
  };
}

beforeEach(async () => {
  echoSockets = new Set();
  echo = createServer((socket) => {
    echoSockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => echoSockets.delete(socket));
    socket.pipe(socket);
  });
  await new Promise<void>((done) => echo.listen(0, "127.0.0.1", done));
  target = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
  proxy = await startFaultProxy({ target, framer: letterFramer });
});

afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  clients.clear();
  await proxy.stop();
  for (const socket of echoSockets) socket.destroy();
  await new Promise((done) => echo.close(done));
});

test("passes bytes both ways unchanged, counts them, and closes in order", async () => {
  const client = await dial();
  client.socket.write("hello");
  await arrived(client, "hello");
  expect(proxy.counts()).toMatchObject({ accepted: 1, open: 1, bytesUp: 5, bytesDown: 5 });
  client.socket.end();
  expect(await client.closed).toBe("end");
  await sleep(20);
  expect(proxy.counts().open).toBe(0);
});

test("large transfers survive a slow reader", async () => {
  await proxy.stop();
  proxy = await startFaultProxy({ target });
  const client = await dial();
  const size = 12 * 1024 * 1024;
  client.socket.pause();
  client.socket.write(Buffer.alloc(size, "x"));
  await sleep(100);
  client.socket.resume();
  for (let tries = 0; tries < 400 && client.text().length < size; tries += 1) await sleep(10);
  expect(client.text().length).toBe(size);
});

test("latency delays each chunk but not the flow, and can be toggled while connected", async () => {
  const latency = proxy.add({ kind: "latency", ms: 300, jitterMs: 10 }, { direction: "down" });
  const client = await dial();
  for (const letter of "abcd") {
    client.socket.write(letter);
    await sleep(30);
  }
  const took = await arrived(client, "abcd");
  expect(took).toBeGreaterThan(200);
  expect(took, "four delays one after the other would take 1200 ms").toBeLessThan(800);
  latency.toggle(false);
  client.socket.write("e");
  expect(await arrived(client, "abcde")).toBeLessThan(250);
});

test("which connections are struck repeats with the seed", async () => {
  const series = async (): Promise<readonly number[]> => {
    const seeded = await startFaultProxy({ target, seed: 7 });
    const half = seeded.add(
      { kind: "limit_data", bytes: 1 },
      { probability: 0.5, direction: "up" },
    );
    const struck: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      const before = half.hits();
      const socket = createConnection({ port: seeded.port, host: "127.0.0.1" });
      socket.on("error", () => undefined);
      const settled = Promise.race([once(socket, "data"), once(socket, "close")]);
      socket.write("zz");
      await settled;
      await sleep(5);
      struck.push(half.hits() - before);
      socket.destroy();
    }
    await seeded.stop();
    return struck;
  };
  const first = await series();
  expect(first).toContain(0);
  expect(first).toContain(1);
  expect(await series()).toEqual(first);
});

test("bandwidth", async () => {
  proxy.add({ kind: "bandwidth", bytesPerSecond: 10_000 }, { direction: "up" });
  const client = await dial();
  client.socket.write("x".repeat(2000));
  expect(await arrived(client, "x".repeat(2000))).toBeGreaterThan(180);
});

test("slicer cuts chunks but keeps the bytes", async () => {
  proxy.add({ kind: "slicer", bytes: 1 });
  const client = await dial();
  let chunks = 0;
  client.socket.on("data", () => (chunks += 1));
  client.socket.write("slices");
  await arrived(client, "slices");
  expect(chunks).toBeGreaterThan(1);
});

test("timeout swallows, then closes; also a connection that is idle", async () => {
  const client = await dial();
  proxy.add({ kind: "timeout", ms: 80 });
  client.socket.write("lost");
  expect(await client.closed).toBe("end");
  expect(client.text()).toBe("");
});

test("reset_peer resets after its time", async () => {
  const client = await dial();
  const reset = proxy.add({ kind: "reset_peer", ms: 50 });
  expect(await client.closed).toBe("reset");
  expect(reset.hits()).toBe(1);
});

test("limit_data closes after so many bytes", async () => {
  proxy.add({ kind: "limit_data", bytes: 3 }, { direction: "down" });
  const client = await dial();
  client.socket.write("12345");
  expect(await client.closed).toBe("end");
  expect(client.text()).toBe("123");
});

test("slow_close holds the end back", async () => {
  proxy.add({ kind: "slow_close", ms: 120 }, { direction: "down" });
  const client = await dial();
  const start = performance.now();
  client.socket.end("x");
  await client.closed;
  expect(performance.now() - start).toBeGreaterThan(110);
  expect(client.text()).toBe("x");
});

test("down cuts what is open and refuses what comes, until toggled off", async () => {
  const client = await dial();
  const down = proxy.add({ kind: "down" });
  expect(await client.closed).toBe("reset");
  const refused = await dial();
  expect(await refused.closed).toBe("reset");
  expect(proxy.counts()).toMatchObject({ accepted: 1, refused: 1, open: 0 });
  down.toggle(false);
  const next = await dial();
  next.socket.write("up again");
  await arrived(next, "up again");
});

test("blackhole: no bytes, no end, no reset, either way; what lost bytes stays dead", async () => {
  const [busy, idle, leaver, polite] = [await dial(), await dial(), await dial(), await dial()];
  busy.socket.write("a");
  await arrived(busy, "a");
  for (let tries = 0; tries < 100 && echoSockets.size < 4; tries += 1) await sleep(5);
  const hole = proxy.add({ kind: "blackhole" });
  let settled = false;
  void busy.closed.then(() => (settled = true));
  busy.socket.write("b");
  leaver.socket.resetAndDestroy();
  polite.socket.end();
  await sleep(150);
  expect(busy.text()).toBe("a");
  expect(settled).toBe(false);
  expect(echoSockets.size, "the server must not learn that a client left").toBe(4);
  hole.remove();
  busy.socket.write("c");
  idle.socket.write("i");
  await arrived(idle, "i");
  expect(busy.text()).toBe("a");
});

test("blackhole: a server that dies is not noticed by the client", async () => {
  const client = await dial();
  client.socket.write("a");
  await arrived(client, "a");
  proxy.add({ kind: "blackhole" });
  let settled = false;
  void client.closed.then(() => (settled = true));
  for (const socket of echoSockets) socket.resetAndDestroy();
  await sleep(100);
  expect(settled).toBe(false);
});

test("drop_reply cuts exactly after the server answered the picked request", async () => {
  const lost = proxy.add({ kind: "drop_reply", when: ({ index }) => index === 2, after: "cut" });
  const client = await dial();
  client.socket.write("a");
  await arrived(client, "a");
  client.socket.write("bcd");
  expect(await client.closed).toBe("reset");
  expect("ab".startsWith(client.text())).toBe(true);
  expect(lost.hits()).toBe(1);
  expect(proxy.counts()).toMatchObject({ requests: 4, repliesLost: 1 });
});

test("drop_reply waits for the whole reply: a server that is cut off earlier might not have done the work", async () => {
  await proxy.stop();
  proxy = await startFaultProxy({
    target,
    framer: () => ({
      requests: () => [],
      pieces: (chunk) => [{ bytes: chunk, reply: 0, last: chunk.includes("\n") }],
    }),
  });
  const lost = proxy.add({ kind: "drop_reply", when: () => true, after: "cut" });
  const client = await dial();
  client.socket.write("half");
  await sleep(80);
  expect(lost.hits()).toBe(0);
  client.socket.write("\n");
  expect(await client.closed).toBe("reset");
  expect(client.text()).toBe("");
  expect(lost.hits()).toBe(1);
});

test("drop_reply by text, and the connection goes on", async () => {
  proxy.add({ kind: "drop_reply", when: ({ text }) => text === "b", after: "continue", times: 2 });
  const client = await dial();
  client.socket.write("abcbb");
  await arrived(client, "acb");
});

test("drop_reply into a blackhole, this connection only", async () => {
  proxy.add({ kind: "drop_reply", when: ({ text }) => text === "b", after: "blackhole" });
  const [client, other] = [await dial(), await dial()];
  client.socket.write("ab");
  await arrived(client, "a");
  client.socket.write("c");
  other.socket.write("z");
  await arrived(other, "z");
  await sleep(50);
  expect(client.text()).toBe("a");
});

test("drop_reply without a framer is refused", async () => {
  const plain = await startFaultProxy({ target });
  expect(() => plain.add({ kind: "drop_reply", when: () => true, after: "cut" })).toThrow("framer");
  await plain.stop();
});

test("stop cuts all and frees the port; the DSN keeps all but the address", async () => {
  const client = await dial();
  expect(proxy.through("scheme://me:s3@db.internal:1234/shop?tls=off")).toBe(
    `scheme://me:s3@127.0.0.1:${proxy.port}/shop?tls=off`,
  );
  await proxy.stop();
  expect(await client.closed).toBe("reset");
  const refused = await dial();
  expect(await refused.closed).toBe("reset");
  proxy = await startFaultProxy({ target });
});
