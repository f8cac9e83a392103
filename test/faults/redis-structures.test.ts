/** Streams and channels into which something else wrote. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { channel } from "../../templates/engines/redis/structure-channel.ts";
import { stream } from "../../templates/engines/redis/structure-stream.ts";
import { bare, onPrivateRedis, openStore, type OpenedRedis } from "./redis-server.ts";

await onPrivateRedis("what something else wrote to a structure", (server) => {
  let admin: Redis;
  let opened: OpenedRedis;

  beforeAll(() => {
    admin = bare(server.dsn);
    opened = openStore(server.dsn, { deadlineMs: 2_000 });
  });
  beforeEach(async () => {
    await admin.flushall();
    opened.stray.length = 0;
  });
  afterAll(async () => {
    await opened.close();
    admin.disconnect();
  });

  const told = (pattern: string) =>
    expect.objectContaining({
      name: "DataError",
      kind: "programming",
      message: expect.stringContaining(pattern),
    });
  const place = "faults:log:{k}";
  const log = () =>
    stream<number>(opened.store, { name: "live.log", prefix: "log", maxLength: 99 });

  it("entries of a stream are passed over, told by their ids, and held by no group", async () => {
    await log().append("k", 1);
    const foreign: string[] = [];
    const odd = [
      ["m", "{"],
      ["other", "1"],
      ["m", ""],
    ];
    for (const [field = "", text = ""] of odd)
      foreign.push(String(await admin.xadd(place, "*", field, text)));
    await log().append("k", 2);
    await log().join("k", "g");
    const read = await log().read("k", { limit: 2 });
    expect(read.map(({ message }) => message)).toEqual([1]);
    const rest = await log().read("k", { after: read[0]?.id, limit: 1 });
    expect(rest.map(({ message }) => message)).toEqual([2]);
    for (const id of foreign) expect(opened.stray).toContainEqual(told(id));
    const taken = await log().take("k", "g", "one");
    expect(taken.map(({ message }) => message)).toEqual([1, 2]);
    expect((await admin.xpending(place, "g"))[0]).toBe(2);
    await sleep(5);
    const claimed = await log().claim("k", "g", "two", 1);
    expect(claimed.map(({ message }) => message)).toEqual([1, 2]);
  });

  it("a channel goes on after what is no message", async () => {
    const room = channel<number>(opened.store, { name: "live.room", prefix: "room", buffer: 9 });
    const heard = await room.subscribe("k");
    await admin.publish("faults:room:{k}", "{");
    await room.publish("k", 7);
    expect((await heard.next()).value).toBe(7);
    expect(opened.stray).toEqual([told("k")]);
    await heard.return?.();
  });
});
