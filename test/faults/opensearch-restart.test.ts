// F4: a server that is killed and started again under load; F5: one that is frozen.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer } from "../../templates/engines/opensearch/client.ts";
import type { ViewTarget } from "../../templates/runtime/view.ts";
import {
  findIn,
  note,
  type Note,
  noteView,
  type OpenedSearch,
  openStore,
  place,
  request,
  upsert,
} from "../engines/opensearch/opened.ts";
import { onPrivateServer } from "./opensearch-server.ts";
import { grace, until, verdict } from "./suite.ts";

const view = noteView("notes");
const all = findIn(view);

await onPrivateServer("a server that is killed, restarted, frozen", (server) => {
  let opened: OpenedSearch;
  let target: ViewTarget<Note>;

  beforeAll(async () => {
    const { dsn } = await server.namespace();
    opened = openStore(dsn, { deadlineMs: 3_000 });
    target = await place(opened, view);
  });
  afterAll(async () => {
    expect([opened.stray, opened.lifecycle.inFlight]).toEqual([[], 0]);
    await opened.close();
  });

  const find = (deadlineMs = 3_000): Promise<readonly Note[]> =>
    opened.store.session.list(all, "note", () => [], { deadlineMs });
  const get = (number: number): Promise<Answer> =>
    request(opened, (attempt) =>
      opened.store.http.send(
        { method: "GET", path: `/${opened.store.prefix}notes/_doc/${number}` },
        attempt,
      ),
    );

  it("F4: every call ends in its time while it is gone, it is used again when it is there, and nothing told is lost", async () => {
    const told = new Map<number, bigint>();
    const tried = new Map<number, bigint>();
    const kinds = new Set<string>();
    let slowest = 0;
    let running = true;
    const writer = async (worker: number): Promise<void> => {
      const live = target.live();
      for (let revision = 1n; running; revision += 1n) {
        const number = worker * 10 + Number(revision % 5n);
        const { kind, elapsed } = await verdict(
          live.write([upsert(note(number), revision)], { deadlineMs: 1_000 }),
        );
        slowest = Math.max(slowest, elapsed);
        kinds.add(kind);
        if (kind === "ok") told.set(number, revision);
        if (kind !== "unavailable") tried.set(number, revision);
        if (kind !== "ok") await sleep(20);
      }
    };
    const reader = async (): Promise<void> => {
      while (running) {
        const { kind, elapsed } = await verdict(find(1_000));
        slowest = Math.max(slowest, elapsed);
        kinds.add(kind);
        await sleep(20);
      }
    };
    const load = [reader(), ...[1, 2, 3].map(writer)];
    await sleep(1_000);
    await server.kill9();
    expect(await opened.store.health()).toMatchObject({ state: "down" });
    const restarting = server.restart();
    await restarting;
    // The server takes requests before its shards are read: until then they are unavailable.
    const back = await until(30_000, async () => (await verdict(find())).kind === "ok");
    await sleep(500);
    running = false;
    await Promise.all(load);
    expect(back).toBeLessThan(30_000);
    expect(slowest).toBeLessThan(1_000 + grace);
    expect([...kinds].filter((kind) => !expected.has(kind))).toEqual([]);
    expect(kinds.has("ok")).toBe(true);
    expect(told.size).toBe(15);
    for (const [number, revision] of told) {
      const version = BigInt(Number((await get(number))["_version"]));
      expect(version >= revision, `${number}: ${revision} was told, ${version} is there`).toBe(
        true,
      );
      expect(version <= (tried.get(number) ?? 0n)).toBe(true);
    }
    await opened.settle();
    const numbers = (await find()).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect((await opened.store.health()).state).toBe("up");
    expect(opened.store.http.poolState().used).toBe(0);
  }, 240_000);

  it("F5: a server that is frozen costs each call its deadline and no more", async () => {
    await find();
    await server.freeze();
    try {
      const began = performance.now();
      const calls = await Promise.all(
        Array.from({ length: 40 }, (_, at) =>
          verdict(
            at % 2 === 0
              ? find(400)
              : target.live().write([upsert(note(900 + at), 1n)], { deadlineMs: 400 }),
          ),
        ),
      );
      expect(performance.now() - began).toBeLessThan(400 + grace);
      expect(new Set(calls.map(({ kind }, at) => `${at % 2} ${kind}`))).toEqual(
        new Set(["0 timeout", "1 outcome-unknown"]),
      );
      expect((await opened.store.health()).state).toBe("down");
    } finally {
      await server.thaw();
    }
    await until(15_000, async () => (await verdict(find())).kind === "ok");
    // Whatever of it arrived late, writing it again decides it.
    const again = await target
      .live()
      .write(Array.from({ length: 20 }, (_, at) => upsert(note(901 + 2 * at), 1n)));
    for (const { kind } of again) expect(["written", "stale"]).toContain(kind);
    await opened.settle();
    const late = (await find()).filter(({ number }) => number >= 900);
    expect(new Set(late.map(({ number }) => number)).size).toBe(20);
    expect(late.length).toBe(20);
  }, 60_000);
});

const expected: ReadonlySet<string> = new Set([
  "ok",
  "unavailable",
  "timeout",
  "outcome-unknown",
  "overloaded",
]);
