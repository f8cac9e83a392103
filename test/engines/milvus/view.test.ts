/** The writing side of a view and what reads see of it, on the real server's protocol. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asker, generationsOf } from "../../../templates/engines/milvus/collections.ts";
import { between, equal } from "../../../templates/engines/milvus/expression.ts";
import type { ViewChange } from "../../../templates/runtime/view.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import {
  filled,
  nearestOf,
  type Note,
  note,
  noteView,
  openStore,
  type OpenedMilvus,
} from "./opened.ts";

const server = await sharedServer("milvus");
const proof = { port: "vector", engine: columnOf(server), method: "view target" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const upsert = (item: Note, revision: bigint, tenant?: string): ViewChange<Note> => ({
  kind: "upsert",
  key: item.id,
  revision,
  item,
  ...(tenant === undefined ? {} : { tenant }),
});

describe.skipIf(isMissing(server))("a view in Milvus", () => {
  let place: Namespace;
  let opened: OpenedMilvus;
  beforeAll(async () => {
    if (isMissing(server)) return;
    place = await server.namespace();
    opened = openStore(place.dsn);
    await opened.store.channel.load();
  });
  afterAll(async () => {
    await opened?.close();
    await place?.drop();
  });
  const it = (name: string, body: () => Promise<void>): void =>
    void test(name, proving(proof, body), 60_000);
  const kinds = (outcomes: readonly { readonly kind: string }[]): readonly string[] =>
    outcomes.map(({ kind }) => kind);
  const numbers = (found: readonly { readonly item: Note }[]): readonly number[] =>
    found.map(({ item }) => item.number);

  it("that was never built is unavailable, and says what builds it", async () => {
    const { session } = opened.store;
    const never = noteView("never");
    await expect(session.nearest(nearestOf(never), filled(1), [])).rejects.toMatchObject({
      kind: "unavailable",
      hint: "npm run db -- views rebuild never",
      attempts: 1,
    });
    await expect(
      session
        .target(never)
        .live()
        .write([upsert(note(1), 1n)]),
    ).rejects.toMatchObject({
      kind: "unavailable",
      hint: "npm run db -- views rebuild never",
    });
    expect(await session.target(never).state()).toEqual({});
  });

  it("keeps the newest revision of a key, whatever comes late or twice; a delete leaves its revision", async () => {
    const { session } = opened.store;
    const view = noteView("revisions");
    const target = session.target(view);
    await (await target.begin()).publish();
    const writer = target.live();
    const at = async (): Promise<readonly number[]> =>
      numbers(await session.nearest(nearestOf(view), filled(0), []));
    const moved = (to: number): Note => ({ ...note(to), id: "a" });
    expect(kinds(await writer.write([upsert(moved(1), 2n)]))).toEqual(["written"]);
    expect(kinds(await writer.write([upsert(moved(2), 2n), upsert(moved(3), 1n)]))).toEqual([
      "stale",
      "stale",
    ]);
    expect(await at()).toEqual([1]);
    expect(kinds(await writer.write([{ kind: "delete", key: "a", revision: 3n }]))).toEqual([
      "written",
    ]);
    expect(await at()).toEqual([]);
    expect(kinds(await writer.write([upsert(moved(4), 3n)]))).toEqual(["stale"]);
    expect(kinds(await writer.write([upsert(moved(5), 4n)]))).toEqual(["written"]);
    expect(await at()).toEqual([5]);
    const huge = 2n ** 62n + 1n;
    expect(kinds(await writer.write([upsert(moved(6), huge)]))).toEqual(["written"]);
    expect(kinds(await writer.write([upsert(moved(7), huge)]))).toEqual(["stale"]);
  });

  it("takes the last of several changes of a key in one call", async () => {
    const { session } = opened.store;
    const view = noteView("batch");
    const target = session.target(view);
    await (await target.begin()).publish();
    const same = [1, 2, 3].map((to) => upsert({ ...note(to), id: "a" }, BigInt(to)));
    const outcomes = await target.live().write([...same, upsert({ ...note(9), id: "a" }, 2n)]);
    expect(kinds(outcomes)).toEqual(["written", "written", "written", "stale"]);
    expect(numbers(await session.nearest(nearestOf(view), filled(0), []))).toEqual([3]);
    expect((await target.state()).live?.rows).toBe(1);
  });

  it("fails a row that it cannot hold by itself, the others are written", async () => {
    const { session } = opened.store;
    const view = noteView("failures");
    const target = session.target(view);
    await (await target.begin()).publish();
    const outcomes = await target
      .live()
      .write([
        upsert(note(1), 1n),
        upsert(note(2, new Float32Array(7)), 1n),
        upsert(note(3, new Float32Array(8).fill(Number.NaN)), 1n),
        upsert({ ...note(4), words: ["x".repeat(70_000)] }, 1n),
        upsert({ ...note(5), words: Array.from({ length: 5_000 }, () => "y") }, 1n),
        upsert({ ...note(6), words: ["\ud800"] }, 1n),
        upsert({ ...note(7), id: "k".repeat(70_000) }, 1n),
        upsert(note(8, null), 1n),
      ]);
    expect(
      outcomes.map((outcome) => (outcome.kind === "failed" ? outcome.error.kind : outcome.kind)),
    ).toEqual([
      "written",
      "programming",
      "programming",
      "constraint",
      "programming",
      "programming",
      "constraint",
      "written",
    ]);
    expect(numbers(await session.nearest(nearestOf(view), filled(0), []))).toEqual([1]);
  });

  it("is filled beside the one that answers; broken off it goes on, and the alias moves at once", async () => {
    const { session } = opened.store;
    const view = noteView("generations");
    const target = session.target(view);
    const first = await target.begin();
    await first.writer.write([1, 2, 3].map((number) => upsert(note(number), 1n)));
    await first.checkpoint({ after: "3", rows: 3 });
    expect(await target.state()).toEqual({
      building: { generation: first.name, after: "3", rows: 3 },
    });
    const again = await target.begin();
    expect([again.name, again.progress]).toEqual([first.name, { after: "3", rows: 3 }]);
    await again.writer.write([upsert(note(4), 1n)]);
    expect(await again.publish()).toEqual({ rows: 4 });
    const second = await target.begin();
    expect(second.name).not.toBe(first.name);
    await second.writer.write([upsert(note(9), 1n)]);
    const read = () => session.nearest(nearestOf(view), filled(0), []);
    expect(numbers(await read())).toEqual([1, 2, 3, 4]);
    await second.publish();
    expect(numbers(await read())).toEqual([9]);
    expect((await target.state()).live).toEqual({
      generation: second.name,
      rows: 1,
      outdated: false,
    });
    const ask = asker(opened.store, undefined, true);
    expect(await generationsOf(ask, view.definition.alias)).toEqual([second.name]);
  });

  it("of another definition is outdated; what was begun for it is dropped", async () => {
    const { session } = opened.store;
    const before = noteView("changed");
    const after = noteView("changed", { metric: "IP" });
    await (await session.target(before).begin()).publish();
    const begun = await session.target(before).begin();
    expect((await session.target(after).state()).live?.outdated).toBe(true);
    const anew = await session.target(after).begin();
    expect(anew.name).not.toBe(begun.name);
    const ask = asker(opened.store, undefined, true);
    expect(await generationsOf(ask, after.definition.alias)).toHaveLength(2);
    await anew.publish();
    expect(await session.target(after).state()).toEqual({
      live: { generation: anew.name, rows: 0, outdated: false },
    });
  });

  it("shows a tenant its own rows only, of one key too", async () => {
    const view = noteView("tenants", { tenant: true });
    const target = opened.store.session.target(view);
    await (await target.begin()).publish();
    const hostile = `b" or tenant != "`;
    await target
      .live()
      .write([
        upsert(note(1), 1n, "a"),
        upsert({ ...note(2), id: "1" }, 1n, "b"),
        upsert(note(3), 1n, hostile),
      ]);
    const of = async (tenant: string): Promise<readonly number[]> =>
      numbers(await opened.store.sessionFor(tenant).nearest(nearestOf(view), filled(0), []));
    expect(await of("a")).toEqual([1]);
    expect(await of("b")).toEqual([2]);
    expect(await of(hostile)).toEqual([3]);
    expect(await of("")).toEqual([]);
    await expect(
      opened.store.session.nearest(nearestOf(view), filled(0), []),
    ).rejects.toMatchObject({ kind: "programming" });
  });

  it("compares hostile texts as they are, and finds them by it", async () => {
    const { session } = opened.store;
    const view = noteView("hostile");
    const target = session.target(view);
    await (await target.begin()).publish();
    const texts = ['"', "\\", '\\"', "'", "a\nb\r\tc", "%_", "{x}", '") or true or ("', "é🙂", ""];
    await target.live().write(texts.map((text, at) => upsert({ ...note(at), words: [text] }, 1n)));
    for (const [at, text] of texts.entries()) {
      const conditions = [...equal("f_words", text), ...between("f_number", { min: 0 })];
      const found = await session.nearest(nearestOf(view), filled(0), conditions);
      expect(numbers(found), JSON.stringify(text)).toEqual([at]);
      expect(found[0]?.item.words).toEqual([text]);
    }
  });

  it("finds 95 of 100 true neighbours through its built index, with a narrow filter too", async () => {
    const { session } = opened.store;
    const view = noteView("recall");
    const generation = await session.target(view).begin();
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const notes = Array.from({ length: 3_000 }, (_, number) =>
      note(number, Float32Array.from({ length: 8 }, random)),
    );
    await generation.writer.write(notes.map((one) => upsert(one, 1n)));
    expect(await generation.publish()).toEqual({ rows: 3_000 });
    const far = (a: Float32Array, b: Float32Array): number =>
      Math.hypot(...a.map((one, at) => one - (b[at] ?? 0)));
    for (const most of [3_000, 60]) {
      let hits = 0;
      for (let round = 0; round < 20; round += 1) {
        const query = Float32Array.from({ length: 8 }, random);
        const conditions = between("f_number", { max: most - 1 });
        const found = await session.nearest(nearestOf(view), query, conditions, { limit: 10 });
        const best = notes
          .slice(0, most)
          .toSorted((a, b) => far(query, a.embedding ?? query) - far(query, b.embedding ?? query))
          .slice(0, 10);
        const expected = new Set(best.map(({ number }) => number));
        hits += numbers(found).filter((number) => expected.has(number)).length;
      }
      expect(hits / 200, `of ${most}`).toBeGreaterThanOrEqual(0.95);
    }
  });
});
