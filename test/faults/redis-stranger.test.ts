// E1: something else than Redis answers at the address.
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openStore } from "./redis-server.ts";
import { until } from "./suite.ts";

/** What servers of other protocols do with the first command of a Redis client. */
const strangers: Readonly<Record<string, (client: Socket) => void>> = {
  "closes at the first bytes, as PostgreSQL": (client) => client.once("data", () => client.end()),
  "resets at the first bytes": (client) => client.once("data", () => client.resetAndDestroy()),
  "closes at once": (client) => client.destroy(),
  "answers in another protocol": (client) =>
    client.once("data", () => client.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
};

describe.each(Object.entries(strangers))("a server that %s", (_, behave) => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  it("is told to be no Redis, by the callers' errors alone", async () => {
    let connections = 0;
    const server = createServer((client) => {
      connections += 1;
      client.on("error", () => {});
      behave(client);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const opened = openStore(`redis://127.0.0.1:${port}/0`, { deadlineMs: 2_000 });
    closing.push(opened.close);
    expect(await opened.store.health()).toMatchObject({
      state: "down",
      detail: expect.stringMatching(/^127\.0\.0\.1:\d+: no Redis answers there \(E[A-Z]+\)$/),
    });
    const call = opened.store.command("set", ["k", "v"]);
    await expect(call).rejects.toMatchObject({
      kind: "unavailable",
      message: "cache.set: no Redis answers there",
      hint: expect.stringContaining("host and port of the DSN"),
    });
    const before = connections;
    await until(10_000, () => connections > before + 1);
    expect(opened.stray).toEqual([]);
  });
});
