import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { columnOf } from "../engines/servers.ts";
import { makeCertificate } from "../support/certificate.ts";
import { cell } from "../support/closing-table.ts";
import { item, items, onPrivateMongo, openStore, type OpenedMongo } from "./mongodb-server.ts";
import { until, verdict } from "./suite.ts";
import { stopwatch } from "../support/stopwatch.ts";

const deadlineMs = 1_500;
const latest = deadlineMs + 250;

await onPrivateMongo("killed, frozen and unreachable servers", (server) => {
  let dsn: string;
  let opened: OpenedMongo;
  const others: OpenedMongo[] = [];
  const session = () => opened.store.session;
  const open = (address: string, config = {}): OpenedMongo => {
    const other = openStore(address, { deadlineMs, ...config });
    others.push(other);
    return other;
  };

  beforeAll(async () => {
    ({ dsn } = await server.namespace());
    opened = openStore(dsn, { deadlineMs, pool: { max: 4 } });
    await session().insert(items.put, item("any"));
  });
  afterEach(async () => {
    await Promise.all(others.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await opened.close();
    expect([opened.lifecycle.inFlight, opened.stray]).toEqual([0, []]);
  });

  it("F4: works again after a kill under load; no acknowledged write is lost, no keyed one doubled", async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      let running = true;
      const writer = async (name: string): Promise<void> => {
        for (let n = 0; running; n += 1) {
          const id = `${name}-${n}`;
          const { kind, elapsed } = await verdict(session().insert(items.put, item(id)));
          if (kind === "ok") acknowledged.push(id);
          else await new Promise((resolve) => setTimeout(resolve, 20));
          expect(elapsed).toBeLessThan(latest);
        }
      };
      const writers = Array.from({ length: 4 }, (_, at) => writer(`r${round}w${at}`));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.kill9();
      expect((await verdict(session().insert(items.put, item("down")))).kind).toMatch(
        /unavailable|outcome-unknown|timeout|overloaded/,
      );
      expect(await opened.store.health()).toMatchObject({ state: "down" });
      await server.restart();
      const before = acknowledged.length;
      const back = await until(8_000, () => acknowledged.length > before);
      expect(back).toBeLessThan(8_000);
      running = false;
      await Promise.all(writers);
    }
    const found = await session().getMany(items.get, acknowledged);
    expect(found.length).toBe(acknowledged.length);
    expect(acknowledged.length).toBeGreaterThan(10);
    const up = async () => (await opened.store.health()).state === "up";
    expect(await until(8_000, up)).toBeLessThan(8_000);
  });

  it("F5: a frozen server ends calls at their deadline, and callers without a connection before it", async () => {
    const small = open(dsn, { pool: { max: 1, acquireTimeoutMs: 200 } });
    await small.store.session.get(items.get, "any");
    await server.freeze();
    const held = verdict(small.store.session.get(items.get, "any"));
    const waiting = verdict(small.store.session.insert(items.put, item("w"), { retry: "never" }));
    const [first, second] = await Promise.all([held, waiting]);
    await server.thaw();
    expect(first.elapsed).toBeLessThan(latest);
    expect(second).toMatchObject({ kind: "overloaded", attempts: 1 });
    expect(second.elapsed).toBeLessThan(1_000);
    const up = async () => (await verdict(small.store.session.get(items.get, "any"))).kind === "ok";
    expect(await until(8_000, up)).toBeLessThan(8_000);
  });

  it("F15: nobody at the address is unavailable, a name that does not resolve too, in time and without the password", async () => {
    for (const address of ["127.0.0.1:1", "no-such-host.invalid:27017"]) {
      const { store } = open(`mongodb://app:sentinel-secret@${address}/shop?authSource=admin`);
      const calls = [
        store.session.get(items.get, "x"),
        store.session.insert(items.put, item("x")),
        store.transaction((tx) => tx.get(items.get, "x")),
      ];
      const began = stopwatch();
      for (const settled of await Promise.allSettled(calls)) {
        const error: unknown = settled.status === "rejected" ? settled.reason : undefined;
        expect(error).toMatchObject({ kind: "unavailable", attempts: 1 });
        expect(
          `${String(error)}${JSON.stringify(error)}${String((error as Error).cause)}`,
        ).not.toContain("sentinel");
      }
      expect(began.elapsed()).toBeLessThan(latest);
      expect(await store.health()).toMatchObject({ state: "down" });
    }
  });

  it("F15: TLS to a server that speaks none, and a stranger's certificate, are told in time; a known one works", async () => {
    const { hostname, port } = new URL(dsn);
    const { certPem, keyPem, caPem } = makeCertificate();
    const listener = createServer({ key: keyPem, cert: certPem }, (socket) => {
      const upstream = connect(Number(port), hostname);
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    listener.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = listener.address();
    const folder = mkdtempSync(join(tmpdir(), "mongodb-tls-"));
    writeFileSync(join(folder, "ca.pem"), caPem);
    const over = (to: string, ca?: string): string => {
      const url = new URL(dsn);
      url.port = to;
      url.searchParams.set("tls", "true");
      if (ca !== undefined) url.searchParams.set("tlsCAFile", join(folder, ca));
      return url.href;
    };
    const tlsPort = String(typeof address === "object" ? address?.port : "");
    const get = (address: string) => open(address).store.session.get(items.get, "any");

    const plain = await verdict(get(over(port)));
    expect(plain.kind).toMatch(/unavailable|auth|timeout/);
    expect(plain.elapsed).toBeLessThan(latest);
    const stranger = get(over(tlsPort));
    await expect(stranger).rejects.toMatchObject({
      kind: "auth",
      attempts: 1,
      hint: expect.stringContaining("TLS"),
    });
    expect(await get(over(tlsPort, "ca.pem"))).toMatchObject({ id: "any" });
    await Promise.all(others.splice(0).map((one) => one.close()));
    listener.close();
    rmSync(folder, { recursive: true });
  });

  it("a document that is too large is a constraint error, and the connection lives on", async () => {
    const call = session().insert(items.put, {
      ...item("large"),
      text: "x".repeat(18 * 1024 * 1024),
    });
    await expect(call).rejects.toMatchObject({
      kind: "constraint",
      hint: expect.stringContaining("16 MB"),
    });
    expect(await session().get(items.get, "any")).toMatchObject({ id: "any" });
    const client = await new MongoClient(dsn).connect();
    expect(
      await client
        .db()
        .collection("items")
        .countDocuments({ text: { $exists: true } }),
    ).toBe(0);
    await client.close();
  });

  it("a document beyond 16 MB is a constraint error however its command ends: alone, among many, as a change; nothing is stored", async () => {
    const text = "x".repeat(17_000_000);
    const tooLarge = { kind: "constraint", hint: expect.stringContaining("16 MB"), attempts: 1 };
    const patient = { deadlineMs: 10_000 };
    await session().insert(items.put, item("small"));
    for (const call of [
      () => session().insert(items.put, { ...item("l1"), text }, patient),
      () => session().upsert(items.put, { ...item("l2"), text }, patient),
      () => session().patch(items.change, "small", { text }, patient),
      () => session().insertMany(items.put, [{ ...item("l3"), text }, item("l4")], patient),
      () =>
        session().insert(items.put, { ...item("l5"), text }, { ...patient, operation: "large" }),
    ])
      await expect(call()).rejects.toMatchObject(tooLarge);
    expect(await session().getMany(items.get, ["l1", "l2", "l3", "l4", "l5"])).toEqual([]);
  });

  it("an operation id may stand for more than one record holds, and its replay gives the whole result in its order", async () => {
    const text = "x".repeat(3_000_000);
    const many = Array.from({ length: 7 }, (_, at) => ({ ...item(`o${at}`, at), text }));
    const patient = { deadlineMs: 20_000, operation: "many" };
    const once = await session().insertMany(items.put, many, patient);
    expect(once.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await session().patch(items.change, "o3", { value: 33 });
    expect(await session().insertMany(items.put, many, patient)).toEqual(once);
    await expect(session().insertMany(items.put, many.slice(1), patient)).rejects.toMatchObject({
      kind: "conflict",
    });
  });

  it.skipIf(server.kind === "emulator")(
    "F15: wrong credentials are an auth error, not retried",
    async () => {
      const url = new URL(dsn);
      url.username = "nobody";
      url.password = "sentinel-secret";
      const { store } = open(url.href);
      const call = verdict(store.session.get(items.get, "any"));
      expect(await call).toMatchObject({ kind: "auth", attempts: 1 });
    },
  );
  if (server.kind === "emulator") {
    cell(
      { port: "driver", engine: columnOf(server), method: "wrong credentials" },
      { kind: "not proven", why: "the emulator asks nobody who he is" },
    );
  }
});
