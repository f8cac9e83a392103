/** The writing side of a view and what reads see of it, on the real server's protocol. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { MilvusChannel } from "../../../templates/engines/milvus/channel.ts";
import {
  asker,
  generationsOf,
  makeCollection,
  newGeneration,
} from "../../../templates/engines/milvus/collections.ts";
import type { ItemShape, ViewDefinition } from "../../../templates/engines/milvus/definition.ts";
import { between, equal } from "../../../templates/engines/milvus/expression.ts";
import { MilvusStatusError } from "../../../templates/engines/milvus/errors.ts";
import { viewTarget } from "../../../templates/engines/milvus/target.ts";
import type { Reply } from "../../../templates/engines/milvus/service.ts";
import { viewWriter } from "../../../templates/engines/milvus/writer.ts";
import type { Attempt } from "../../../templates/runtime/call.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { superseded, whileBeating } from "../../../templates/runtime/view-claim.ts";
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

/** Calls pass when what comes before them has ended. */
class GuardedChannel extends MilvusChannel {
  readonly #through: MilvusChannel;
  readonly #before: (procedure: string) => Promise<void>;

  constructor(through: MilvusChannel, before: (procedure: string) => Promise<void>) {
    super(parseDsn("milvus://127.0.0.1", { schemes: [{ scheme: "milvus:" }], parameters: [] }), {
      connections: 1,
      acquireTimeoutMs: 1_000,
      connectTimeoutMs: 1_000,
    });
    this.#through = through;
    this.#before = before;
  }

  override async call(method: string, request: object, attempt: Attempt): Promise<Reply> {
    await this.#before(method);
    return this.#through.call(method, request, attempt);
  }
}

const thrice = (text: string): readonly string[] => [text, text, text];

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
    const own = openStore(place.dsn);
    const { session } = own.store;
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
    expect(await own.store.health()).toMatchObject({
      state: "degraded",
      detail: expect.stringContaining("the view never has not been built; npm run db -- views"),
    });
    await own.close();
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
    await first.checkpoint({ rows: 3 });
    expect(await target.state()).toEqual({ building: { generation: first.name, rows: 3 } });
    await first.release();
    const again = await target.begin();
    expect([again.name > first.name, again.resumed]).toEqual([true, { rows: 3 }]);
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
    await begun.release();
    const anew = await session.target(after).begin();
    await expect(begun.checkpoint({ rows: 1 })).rejects.toMatchObject({ kind: "conflict" });
    await expect(begun.writer.write([upsert(note(1), 1n)])).rejects.toMatchObject({
      kind: "conflict",
    });
    expect(anew.name).not.toBe(begun.name);
    const ask = asker(opened.store, undefined, true);
    expect(await generationsOf(ask, after.definition.alias)).toHaveLength(2);
    await anew.publish();
    expect(await session.target(after).state()).toEqual({
      live: { generation: anew.name, rows: 0, outdated: false },
    });
  });

  it("of rebuilds that begin at once under the authority's lock one goes on, the others are told of it", async () => {
    const { session } = opened.store;
    const view = noteView("both");
    const target = session.target(view);
    let last: Promise<unknown> = Promise.resolve();
    const locked = <R>(work: () => Promise<R>): Promise<R> => {
      const next = last.then(work, work);
      last = next.catch(() => {});
      return next;
    };
    const beating = async <G extends { checkpoint(p: { rows: number }): Promise<void> }>(
      one: G,
    ) => {
      await whileBeating(
        () => one.checkpoint({ rows: 0 }),
        () => sleep(6_000),
      );
      return one;
    };
    const begun = await Promise.allSettled(
      [1, 2, 3].map(async () => beating(await locked(() => target.begin()))),
    );
    const first = begun.find((one) => one.status === "fulfilled")?.value;
    const others = begun.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(others).toHaveLength(2);
    for (const other of others)
      expect(other).toMatchObject({
        kind: "conflict",
        message: expect.stringContaining("a rebuild of both is under way since 20"),
      });
    await first?.writer.write([upsert(note(1), 1n)]);
    expect(await first?.settle()).toBe(1);
    expect(await first?.publish()).toEqual({ rows: 1 });
  });

  it("without a lock none of two that begin at once writes into the other's collection", async () => {
    const { session } = opened.store;
    const view = noteView("unlocked");
    const target = session.target(view);
    const begun = await Promise.allSettled([1, 2].map(() => target.begin()));
    for (const one of begun)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ kind: "conflict" });
    const names = begun.flatMap((one) => (one.status === "fulfilled" ? [one.value.name] : []));
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    const ended = await Promise.allSettled(
      begun.map(async (one, at) => {
        if (one.status === "rejected") throw one.reason;
        await one.value.writer.write([upsert(note(at), 1n)]);
        expect(await one.value.settle()).toBe(1);
        return one.value.publish();
      }),
    );
    expect(ended.some(({ status }) => status === "fulfilled")).toBe(true);
    for (const one of ended)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ kind: "conflict" });
    expect(await session.nearest(nearestOf(view), filled(0), [])).toHaveLength(1);
  });

  it("a rebuild that fell silent is taken over, and told so; begun anew it is taken over at once", async () => {
    const target = opened.store.session.target(noteView("silent"));
    const first = await target.begin();
    await first.writer.write([upsert(note(1), 1n)]);
    const second = await target.begin();
    expect([second.name > first.name, second.resumed]).toEqual([true, { rows: 0 }]);
    const late = { kind: "conflict", message: "another rebuild of this view has taken over" };
    await expect(first.checkpoint({ rows: 1 })).rejects.toMatchObject(late);
    await expect(first.publish()).rejects.toMatchObject(late);
    const third = await target.begin({ fresh: true });
    expect([third.name === second.name, third.resumed]).toEqual([false, undefined]);
    await expect(second.writer.write([upsert(note(2), 1n)])).rejects.toMatchObject(late);
    await expect(second.settle()).rejects.toMatchObject(late);
    expect(await third.publish()).toEqual({ rows: 0 });
  });

  it("a rebuild that hangs between reading revisions and writing, and wakes after it was taken over, overwrites nothing", async () => {
    const { store } = opened;
    const view = noteView("late");
    const begun = await store.session.target(view).begin();
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const hanging = new GuardedChannel(store.channel, async (procedure) => {
      if (procedure !== "Upsert") return;
      reached.resolve();
      await gate.promise;
    });
    const first = { runtime: store.runtime, fit: store.fit, channel: hanging };
    const moved = (to: number): Note => ({ ...note(to), id: "a" });
    const ended = viewWriter(first, view, begun.name, superseded)
      .write([upsert(moved(1), 1n)], { deadlineMs: 60_000 })
      .then(
        () => "written",
        (error: unknown) => error,
      );
    await reached.promise;
    const second = await store.session.target(view).begin();
    expect(second.resumed).toEqual({ rows: 0 });
    await second.writer.write([upsert(moved(2), 2n)]);
    gate.resolve();
    expect(await ended).toMatchObject({ kind: "conflict" });
    expect(await second.settle()).toBe(1);
    expect(await second.publish()).toEqual({ rows: 1 });
    expect(numbers(await store.session.nearest(nearestOf(view), filled(0), []))).toEqual([2]);
  });

  it("where renaming is refused, what was begun is dropped, and its former holder is refused as well", async () => {
    const { store } = opened;
    const view = noteView("refused");
    const first = await store.session.target(view).begin();
    await first.writer.write([upsert(note(1), 1n)]);
    await first.release();
    const refusing = new GuardedChannel(store.channel, async (procedure) => {
      if (procedure !== "RenameCollection") return;
      throw new MilvusStatusError({ code: 1401, error_code: 0, reason: "", retriable: false });
    });
    const connection = { runtime: store.runtime, fit: store.fit, channel: refusing };
    const second = await viewTarget(connection, view).begin();
    expect([second.name > first.name, second.resumed]).toEqual([true, undefined]);
    await expect(first.writer.write([upsert(note(2), 1n)])).rejects.toMatchObject({
      kind: "conflict",
    });
    expect(await second.publish()).toEqual({ rows: 0 });
  });

  it("killed between its collection and its record, the next rebuild begins anew", async () => {
    const view = noteView("halfway");
    const target = opened.store.session.target(view);
    const { alias } = view.definition;
    const ask = asker(opened.store, undefined, true);
    await makeCollection(ask, newGeneration(alias), view.definition);
    const begun = await target.begin();
    expect(begun.resumed).toBeUndefined();
    expect(await begun.publish()).toEqual({ rows: 0 });
    expect(await generationsOf(ask, alias)).toEqual([begun.name]);
  });

  it("tells which rows it holds as they are, and counts those without a vector", async () => {
    const generation = await opened.store.session.target(noteView("holds")).begin();
    const uneven = Float32Array.from({ length: 8 }, (_, at) => (at - 3) / 7);
    const rowOf = (number: number, embedding: Float32Array | null = uneven, revision = 1n) => ({
      key: String(number),
      revision,
      item: note(number, embedding),
    });
    const rows = Array.from({ length: 130 }, (_, number) =>
      rowOf(number, number === 0 ? null : uneven),
    );
    expect(await generation.holds(rows)).toEqual(rows.map(() => false));
    await generation.writer.write(rows.map((row) => ({ kind: "upsert", ...row })));
    expect(await generation.holds(rows)).toEqual(rows.map(() => true));
    expect(await generation.settle()).toBe(130);
    const other = rowOf(2);
    expect(
      await generation.holds([
        rowOf(1, uneven, 2n),
        { ...other, item: { ...other.item, words: ["other"] } },
        rowOf(130),
        rowOf(129),
        rowOf(3, filled(1)),
        rowOf(4, null),
        rowOf(0),
      ]),
    ).toEqual([false, false, false, true, false, false, false]);
    expect(await generation.publish()).toEqual({ rows: 129 });
  });

  it("whose items earlier code wrote is no answer that lacks what is new: it is unavailable, health says so, and a rebuild mends both", async () => {
    const own = openStore(place.dsn);
    const { session } = own.store;
    const before = noteView("grown");
    await (await session.target(before).begin()).publish();
    await session
      .target(before)
      .live()
      .write([upsert(note(1), 1n)]);
    const read = (shape: ItemShape) =>
      session.nearest(nearestOf({ ...before, shape }), filled(1), []);
    expect(await read({ ...before.shape, remark: "nullable" })).toMatchObject([
      { item: { ...note(1), remark: null } },
    ]);
    const message = (lacking: string) =>
      `the view grown was built by another version of this code: its items lack ${lacking}`;
    const hint = "npm run db -- views rebuild grown";
    for (const [shape, lacking] of [
      [{ ...before.shape, lang: "value" }, "lang"],
      [{ ...before.shape, lines: { sku: "value" } }, "lines"],
    ] as const)
      await expect(read(shape)).rejects.toMatchObject({
        kind: "unavailable",
        message: `notes.nearest: ${message(lacking)}`,
        hint,
      });
    const grown: typeof before = {
      ...before,
      definition: { ...before.definition, item: "grown" },
      shape: { ...before.shape, lang: "value" },
      toJson: (item) => ({ ...before.toJson(item), lang: "de" }),
    };
    const target = session.target(grown);
    expect(await own.store.health()).toMatchObject({
      state: "degraded",
      detail: `${message("lang")}; ${hint}`,
    });
    const rebuilt = await target.begin();
    await rebuilt.writer.write([upsert(note(1), 2n)]);
    await rebuilt.publish();
    expect(await own.store.health()).toMatchObject({ state: "up" });
    expect(await session.nearest(nearestOf(grown), filled(1), [])).toMatchObject([
      { item: { number: 1, lang: "de" } },
    ]);
    await own.close();
  });

  it("that answers from a collection of another kind is told with what mends it; one that fits is not asked about again", async () => {
    const { session } = opened.store;
    const view = noteView("unfit");
    const target = session.target(view);
    await (await target.begin()).publish();
    const asked = vi.spyOn(opened.store.channel, "call");
    const procedures = () => asked.mock.calls.map(([procedure]) => procedure);
    const described = ["DescribeCollection", "DescribeIndex"];
    await target.live().write([upsert(note(1), 1n)]);
    expect(procedures()).toEqual([...described, "Query", "Upsert"]);
    const write = (changes: Partial<ViewDefinition>) => {
      const store = openStore(place.dsn);
      const other = store.store.session.target(noteView("unfit", changes)).live();
      return other
        .write([upsert(note(2), 1n)])
        .finally(async () => {
          expect(await store.store.health()).toMatchObject({
            state: "degraded",
            detail: expect.stringContaining("does not fit this code"),
          });
        })
        .finally(() => store.close());
    };
    const read = (changes: Partial<ViewDefinition>, vector = filled(0)) => {
      const store = openStore(place.dsn);
      return store.store.session
        .nearest(nearestOf(noteView("unfit", changes)), vector, [])
        .finally(() => store.close());
    };
    const { columns } = view.definition;
    const column = { name: "f_number", kind: "bigint" } as const;
    const reasons = [
      [() => read({ dimensions: 4 }, new Float32Array(4)), "its vectors have 8 dimensions"],
      [() => read({ metric: "IP" }, filled(1)), "it compares by L2, and this code by IP"],
      [() => read({ columns: [column] }), "it has no field f_number of this code's type"],
      [() => write({ columns: [column] }), "it has no field f_number of this code's type"],
      [() => write({ tenant: true }), "its rows belong to no tenant"],
      [
        () => read({ columns: [...columns, { name: "f_new", kind: "text" }] }),
        "it has no field f_new",
      ],
    ] as const;
    for (const [call, message] of reasons)
      await expect(call()).rejects.toMatchObject({
        kind: "programming",
        message: expect.stringContaining(message),
        hint: expect.stringContaining("npm run db -- views rebuild unfit"),
        attempts: 1,
      });
    const owned = openStore(place.dsn);
    const tenants = noteView("unfit", { tenant: true });
    await expect(
      owned.store.sessionFor("a").nearest(nearestOf(tenants), filled(0), []),
    ).rejects.toMatchObject({
      kind: "programming",
      message: expect.stringContaining("its rows belong to no tenant"),
    });
    await owned.close();
    asked.mockClear();
    for (let round = 0; round < 3; round += 1)
      expect(numbers(await session.nearest(nearestOf(view), filled(0), []))).toEqual([1]);
    expect(procedures()).toEqual(thrice("Search"));
    asked.mockRestore();
    expect((await opened.store.health()).state).toBe("up");
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

  it("finds what holds a number in a list, of either sign and to both ends", async () => {
    const { session } = opened.store;
    const lists = {
      int: [-2_147_483_648, -5, 0, 5, 2_147_483_647],
      bigint: [-(2n ** 63n), -5n, 0n, 2n ** 63n - 1n],
      float: [-1e300, -1.5, -1e-7, 0, 1e-7, 1.5],
    };
    for (const [kind, numbersOf] of Object.entries(lists)) {
      const name = `of_${kind}`;
      const column = { name: "f_list", kind: kind as "int", list: true };
      const base = noteView(name, { columns: [column] });
      const view = {
        ...base,
        columns: ({ number }: Note) => ({ f_list: [numbersOf[number]] }),
      };
      const target = session.target(view);
      await (await target.begin()).publish();
      await target.live().write(numbersOf.map((_, at) => upsert(note(at), 1n)));
      for (const [at, value] of numbersOf.entries()) {
        const conditions = equal("f_list", value);
        const found = await session.nearest(nearestOf(view), filled(0), conditions);
        expect(numbers(found), `${kind} ${value}`).toEqual([at]);
      }
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
