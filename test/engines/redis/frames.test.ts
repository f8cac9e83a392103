import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cell, proving } from "../../support/closing-table.ts";
import { type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { redisFramer } from "./frames.ts";

const found = await sharedServer("redis");
const missing = isMissing(found) ? found.reason : undefined;
const proof = { port: "fault proxy", engine: columnOf(found), method: "drop_reply" };
if (missing !== undefined) cell(proof, { kind: "not proven", why: missing });

let space: Namespace;
let proxy: FaultProxy;
let direct: Redis;
const clients: Redis[] = [];

function connect(dsn: string, options: Record<string, unknown> = {}): Redis {
  const client = new Redis(dsn, {
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...options,
  });
  client.on("error", () => undefined);
  clients.push(client);
  return client;
}

beforeAll(async () => {
  if (isMissing(found)) return;
  space = await found.namespace();
  direct = connect(space.dsn);
});

afterAll(async () => {
  for (const client of clients) client.disconnect();
  await space?.drop();
});

beforeEach(async () => {
  if (isMissing(found)) return;
  proxy = await startFaultProxy({ target: space.dsn, framer: redisFramer });
});

afterEach(() => proxy?.stop());

describe.skipIf(missing !== undefined)("on a real server", () => {
  const prove = (name: string, body: () => Promise<void>): void => test(name, proving(proof, body));

  prove("the reply to one INCR is lost: it counted, its caller does not know", async () => {
    proxy.add({ kind: "drop_reply", when: ({ text }) => /^incr /i.test(text), after: "cut" });
    const client = connect(proxy.through(space.dsn));
    expect(await client.set("a", "1")).toBe("OK");
    await expect(client.incr("n")).rejects.toThrow();
    expect(await direct.get("n")).toBe("1");
  });

  prove("only the picked one of a pipeline, nested replies before it", async () => {
    await direct.rpush("list", ..."abcdef");
    await direct.hset("hash", { one: "1", two: "2" });
    proxy.add({ kind: "drop_reply", when: ({ text }) => text === "incr m", after: "blackhole" });
    const client = connect(proxy.through(space.dsn), { commandTimeout: 300 });
    const settled = await Promise.allSettled([
      client.lrange("list", 0, -1),
      client.hgetall("hash"),
      client.get("nothing"),
      client.call("nonsense"),
      client.eval("return {1, {2, 'x'}, false}", 0),
      client.incr("m"),
      client.incr("after"),
    ]);
    const kept = settled.map((one) => one.status === "fulfilled");
    expect(kept).toEqual([true, true, true, false, true, false, false]);
    expect(await direct.mget("m", "after")).toEqual(["1", "1"]);
  });

  prove("big values, one byte at a time", async () => {
    proxy.add({ kind: "slicer", bytes: 1 }, { direction: "up" });
    proxy.add({ kind: "slicer", bytes: 3 }, { direction: "down" });
    proxy.add({ kind: "drop_reply", when: ({ text }) => text.startsWith("incr"), after: "cut" });
    const client = connect(proxy.through(space.dsn));
    const value = "é\r\n$5\r\n".repeat(60);
    await client.set("big", value);
    expect(await client.get("big")).toBe(value);
    await expect(client.incr("k")).rejects.toThrow();
    expect(await direct.get("k")).toBe("1");
  });
});

/** Protocol 3 without a server: its values are not all to be had from one. */
test("pushes answer nothing; maps, sets, attributes, nulls and long numbers are one reply each", () => {
  const replies = [
    "%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n_\r\n#t\r\n",
    "~2\r\n,1.5\r\n(12345678901234567890\r\n",
    "|1\r\n+ttl\r\n:3\r\n$2\r\nok\r\n",
    "$-1\r\n",
    "*-1\r\n",
    "*0\r\n",
    "-ERR no\r\n",
    "=7\r\ntxt:abc\r\n",
  ];
  const stream = Buffer.from(replies.join(">2\r\n+message\r\n+x\r\n"));
  for (const size of [1, 2, 5, stream.length]) {
    const framer = redisFramer();
    const texts = new Map<number, string>();
    for (let at = 0; at < stream.length; at += size)
      for (const piece of framer.pieces(stream.subarray(at, at + size)))
        texts.set(piece.reply, (texts.get(piece.reply) ?? "") + piece.bytes.toString());
    expect(replies.map((_, index) => texts.get(index))).toEqual(replies);
  }
});
