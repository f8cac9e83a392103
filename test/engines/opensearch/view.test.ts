/** The writing side of a view and what reads see of it, on a real server. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { part } from "../../../templates/engines/opensearch/answer.ts";
import { equalDecimal, withinDecimal } from "../../../templates/engines/opensearch/filter.ts";
import { Generations } from "../../../templates/engines/opensearch/generation.ts";
import type { SearchSession } from "../../../templates/engines/opensearch/session.ts";
import { viewTarget } from "../../../templates/engines/opensearch/view-target.ts";
import { keyset } from "../../../templates/runtime/keyset.ts";
import { whileBeating } from "../../../templates/runtime/view-claim.ts";
import type { ViewGeneration } from "../../../templates/runtime/view.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import {
  findIn,
  nearestIn,
  note,
  type Note,
  noteView,
  type NoteView,
  type OpenedSearch,
  openStore,
  place,
  request,
  sendingBy,
  stoppedAt,
  upsert,
} from "./opened.ts";

const server = await sharedServer("opensearch", ["vector"]);
const proof = { port: "search", engine: columnOf(server), method: "view target" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

describe.skipIf(isMissing(server))("a view in OpenSearch", () => {
  if (isMissing(server)) return;
  const { namespace } = server;
  let opened: OpenedSearch;
  beforeAll(async () => {
    opened = openStore((await namespace()).dsn, { deadlineMs: 20_000 });
  });
  afterAll(() => opened.close());
  const it = (name: string, body: () => Promise<void>): void =>
    void test(name, proving(proof, body), 60_000);

  const kinds = (outcomes: readonly { readonly kind: string }[]): readonly string[] =>
    outcomes.map(({ kind }) => kind);
  const found = async (
    view: NoteView,
    text: string,
    session: SearchSession = opened.store.session,
    typoTolerant = false,
  ): Promise<readonly number[]> => {
    const notes: readonly Note[] = await session.list(findIn(view, typoTolerant), text, () => []);
    return notes.map(({ number }) => number).toSorted((a, b) => a - b);
  };
  const generationsOf = async ({ declared }: NoteView): Promise<readonly string[]> => {
    const { http, prefix } = opened.store;
    const generations = new Generations(http, `${prefix}${declared.alias}`);
    return (await request(opened, (attempt) => generations.all(attempt))).map(({ index }) =>
      index.slice(prefix.length),
    );
  };
  const fill = (generation: ViewGeneration<Note>, numbers: readonly number[]): Promise<unknown> =>
    generation.writer.write(numbers.map((number) => upsert(note(number), 1n)));

  it("that was never built is unavailable for reads and writes, and says what builds it", async () => {
    const view = noteView("never");
    const hint = "npm run db -- views rebuild never";
    const told = { kind: "unavailable", hint, attempts: 1 };
    await expect(found(view, "note")).rejects.toMatchObject(told);
    const target = viewTarget(opened.store, view.declared);
    await expect(target.live().write([upsert(note(1), 1n)])).rejects.toMatchObject(told);
    expect(await target.state()).toEqual({});
    await expect(target.begin()).rejects.toMatchObject({
      kind: "programming",
      hint: "npm run db -- migrate up brings it there",
    });
  });

  it("keeps the newest revision of a key, whatever comes late or twice; a delete leaves its revision", async () => {
    const view = noteView("revisions");
    const writer = (await place(opened, view)).live();
    const moved = (to: number): Note => ({ ...note(to), id: "a" });
    const write = async (...changes: Parameters<typeof writer.write>[0]) =>
      kinds(await writer.write(changes));
    expect(await write(upsert(moved(1), 2n))).toEqual(["written"]);
    expect(await write(upsert(moved(2), 2n), upsert(moved(3), 1n))).toEqual(["stale", "stale"]);
    expect(await write({ kind: "delete", key: "a", revision: 3n })).toEqual(["written"]);
    await opened.settle();
    expect(await found(view, "note")).toEqual([]);
    expect(await write(upsert(moved(4), 3n))).toEqual(["stale"]);
    expect(await write(upsert(moved(5), 4n), upsert(moved(6), 6n), upsert(moved(7), 5n))).toEqual([
      "written",
      "written",
      "stale",
    ]);
    const largest = 2n ** 63n - 1n;
    expect(await write(upsert(moved(8), largest))).toEqual(["written"]);
    expect(await write(upsert(moved(9), largest))).toEqual(["stale"]);
    expect(await write(upsert(moved(9), largest + 1n), upsert(moved(9), -1n))).toEqual([
      "failed",
      "failed",
    ]);
    await opened.settle();
    expect(await found(view, "note")).toEqual([8]);
  });

  it("compares a decimal with a bound of finer digits exactly", async () => {
    const cost = { type: "scaled_float", scaling_factor: 100 };
    const view = noteView("decimals", { compared: { cost } });
    const writer = (await place(opened, view)).live();
    const costs = ["-0.01", "0.00", "0.01", "0.02", "9999999999999.99"];
    await writer.write(costs.map((of, at) => upsert({ ...note(at), cost: of }, 1n)));
    await opened.settle();
    const numbers = async (clauses: ReturnType<typeof withinDecimal>) => {
      const { session } = opened.store;
      const notes: readonly Note[] = await session.list(findIn(view), "note", () => clauses);
      return notes.map(({ number }) => number).toSorted((a, b) => a - b);
    };
    const within = (range: Parameters<typeof withinDecimal>[1]) =>
      numbers(withinDecimal("item.cost", range, 2));
    expect(await within({ max: "0.005" })).toEqual([0, 1]);
    expect(await within({ max: "-0.005" })).toEqual([0]);
    expect(await within({ min: "0.014", max: "1" })).toEqual([3]);
    expect(await within({ min: "-0.014", max: "-0.0001" })).toEqual([0]);
    expect(await within({ min: "9999999999999.989" })).toEqual([4]);
    expect(await within({ min: "9999999999999.991" })).toEqual([]);
    expect(await within({ min: "-".concat("9".repeat(400)), max: "9".repeat(400) })).toHaveLength(
      5,
    );
    expect(await numbers(equalDecimal("item.cost", "0.010", 2))).toEqual([2]);
    expect(await numbers(equalDecimal("item.cost", "0.005", 2))).toEqual([]);
  });

  it("keeps vectors that it compares nothing by as bytes, which take less than half of their digits", async () => {
    const many = 768;
    const vectorOf = (number: number): readonly number[] =>
      Array.from({ length: many }, (_, at) => Math.fround(Math.sin(number * many + at)));
    const numbers = Array.from({ length: 200 }, (_, at) => at);
    const filled = async (alias: string, kind: string) => {
      const view = noteView(alias, { more: { embedding: kind } });
      const changes = numbers.map((at) =>
        upsert({ ...note(at, "a whale"), embedding: vectorOf(at) }, 1n),
      );
      await (await place(opened, view)).live().write(changes);
      const path = `/${opened.store.prefix}${alias}`;
      const send = (method: "GET" | "POST", end: string) =>
        request(opened, (attempt) =>
          opened.store.http.send({ method, path: `${path}/${end}` }, attempt),
        );
      await send("POST", "_flush");
      const stats = await send("GET", "_stats/store");
      const bytes = Number(part(stats, "_all", "primaries", "store", "size_in_bytes"));
      await opened.settle();
      const read: readonly Note[] = await opened.store.session.list(
        findIn(view),
        "whale",
        () => [],
      );
      return { bytes, read };
    };
    const digits = await filled("digits", `vector(${many})`);
    const bytes = await filled("bytes", `packed vector(${many})`);
    for (const { read } of [digits, bytes]) {
      expect(read.length).toBeGreaterThan(0);
      for (const { number, embedding } of read) expect(embedding).toEqual(vectorOf(number));
    }
    expect(bytes.bytes).toBeLessThan(digits.bytes / 2);
  });

  it("is filled beside the one that answers; broken off it goes on, and the alias moves at once", async () => {
    const view = noteView("generations");
    const target = await place(opened, view);
    const first = await target.begin();
    await fill(first, [1, 2, 3]);
    await first.checkpoint({ rows: 3 });
    expect((await target.state()).building).toMatchObject({ rows: 3 });
    await first.release();
    const again = await target.begin();
    expect([again.name, again.resumed]).toEqual([first.name, { rows: 3 }]);
    await fill(again, [3, 4]);
    expect(await found(view, "note")).toEqual([]);
    expect(await again.publish()).toEqual({ rows: 4 });
    expect(await found(view, "note")).toEqual([1, 2, 3, 4]);
    expect(await generationsOf(view)).toEqual(["generations-0002"]);
    expect((await target.state()).building).toBe(undefined);
    // Told twice, as after a lost reply.
    expect(await again.publish()).toEqual({ rows: 4 });
  });

  it("a rebuild that another has taken over is told so, and writes nothing into the other's generation", async () => {
    const before = noteView("taken");
    const after = noteView("taken", { fingerprint: "two" });
    const old = await place(opened, before);
    const zombie = await old.begin();
    await fill(zombie, [1]);
    const { http, prefix } = opened.store;
    const generations = new Generations(http, `${prefix}taken`);
    await request(opened, (attempt) => generations.define(after.definition, attempt));
    const target = viewTarget(opened.store, after.declared);
    const begun = await target.begin({ fresh: true });
    expect(begun.name).not.toBe(zombie.name);
    const late = { kind: "conflict", hint: "let one of them run" };
    await expect(fill(zombie, [2])).rejects.toMatchObject(late);
    await expect(zombie.checkpoint({ rows: 2 })).rejects.toMatchObject(late);
    await fill(begun, [3]);
    expect(await begun.publish()).toEqual({ rows: 1 });
    expect(await found(after, "note")).toEqual([3]);
    expect((await target.state()).live).toMatchObject({ outdated: false, rows: 1 });
    expect((await old.state()).live?.outdated).toBe(true);
  });

  it("of rebuilds that begin at once one goes on, the others are told of it", async () => {
    const view = noteView("both");
    const target = await place(opened, view);
    for (const round of [1, 2, 3, 4, 5]) {
      const begun = await Promise.allSettled([1, 2, 3].map(() => target.begin()));
      const first = begun.find((one) => one.status === "fulfilled")?.value;
      const others = begun.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      expect(others).toHaveLength(2);
      for (const other of others)
        expect(other).toMatchObject({
          kind: "conflict",
          message: expect.stringContaining("a rebuild of both is under way since 20"),
        });
      expect(await generationsOf(view)).toHaveLength(2);
      if (first !== undefined) await fill(first, [round]);
      expect(await first?.settle()).toBe(1);
      expect(await first?.publish()).toEqual({ rows: 1 });
      expect(await found(view, "note")).toEqual([round]);
    }
  });

  it("a rebuild that beats is under way; one that fell silent is taken over, and told so", async () => {
    const view = noteView("beats");
    const target = await place(opened, view);
    const first = await target.begin();
    await fill(first, [1, 2]);
    const under = { kind: "conflict", message: expect.stringContaining("is under way since") };
    const [refused] = await Promise.allSettled([
      target.begin(),
      whileBeating(
        () => first.checkpoint({ rows: 2 }),
        () => sleep(6_000),
      ),
    ]);
    expect(refused).toMatchObject({ status: "rejected", reason: under });
    const second = await target.begin();
    expect([second.name, second.resumed]).toEqual([first.name, { rows: 2 }]);
    const late = { kind: "conflict", hint: "let one of them run" };
    await expect(first.checkpoint({ rows: 3 })).rejects.toMatchObject(late);
    await expect(first.publish()).rejects.toMatchObject(late);
    await first.release();
    expect(await second.publish()).toEqual({ rows: 2 });
    expect(await target.state()).toEqual({
      live: { generation: second.name, rows: 2, outdated: false },
    });
  });

  for (const request of [/^POST \/_aliases$/, /\/_settings$/])
    it(`a rebuild that is stopped before ${request.source}, and goes on after another took over, publishes nothing`, async () => {
      const view = noteView(`stopped${request.source.length}`);
      const target = await place(opened, view);
      const { store } = opened;
      const { runtime, prefix, state, fit } = store;
      const stopping = stoppedAt(store.http, request);
      const http = sendingBy(store.http, stopping.send);
      const late = await viewTarget({ http, runtime, prefix, state, fit }, view.declared).begin();
      await fill(late, [1]);
      const ended = late.publish().then(
        () => "published",
        (error: unknown) => error,
      );
      await stopping.reached;
      const second = await target.begin();
      expect(second.resumed).toEqual({ rows: 0 });
      await second.writer.write([upsert(note(1, "newer"), 2n), upsert(note(2), 1n)]);
      stopping.goOn();
      expect(await ended).toMatchObject({ kind: "conflict" });
      expect(await found(view, "note")).toEqual([]);
      expect(await second.publish()).toEqual({ rows: 2 });
      expect(await found(view, "newer")).toEqual([1]);
      await expect(fill(late, [9])).rejects.toMatchObject({ kind: "conflict" });
    });

  it("killed between its claim and its index, the next rebuild begins anew", async () => {
    const view = noteView("claimed");
    const target = await place(opened, view);
    const before = await target.begin();
    await request(opened, (attempt) => {
      const { http, prefix } = opened.store;
      return new Generations(http, `${prefix}claimed`).drop(before.name, attempt);
    });
    const next = await target.begin();
    expect(next.resumed).toBeUndefined();
    expect(next.name).not.toBe(before.name);
    await fill(next, [5]);
    await expect(before.settle()).rejects.toMatchObject({ kind: "conflict" });
    expect(await next.publish()).toEqual({ rows: 1 });
    expect(await found(view, "note")).toEqual([5]);
  });

  for (const what of ["texts", "vectors"])
    it(`tells which rows of ${what} it holds as they are`, async () => {
      const vectors = what === "vectors";
      const view = noteView(`holds-${what}`, { vectors });
      const generation = await (await place(opened, view)).begin();
      const embedding = [0.1, -3, 1 / 3, 1e-7].map(Math.fround);
      const rowOf = (number: number, revision = 1n) => ({
        key: String(number),
        revision,
        item: { ...note(number), ...(vectors && { embedding }) },
      });
      const rows = Array.from({ length: 130 }, (_, number) => rowOf(number));
      expect(await generation.holds(rows)).toEqual(rows.map(() => false));
      await generation.writer.write(rows.map((row) => ({ kind: "upsert", ...row })));
      expect(await generation.holds(rows)).toEqual(rows.map(() => true));
      const other = rowOf(2);
      expect(
        await generation.holds([
          rowOf(1, 2n),
          { ...other, item: { ...other.item, text: "other" } },
          rowOf(130),
          rowOf(129),
          { ...other, item: { ...other.item, embedding: [1, 2, 3, 4] } },
        ]),
      ).toEqual([false, false, false, true, false]);
      await generation.release();
    });

  it("leaves out a vector that has no direction, and is asked by one of any length", async () => {
    const { declared, definition } = noteView("directed", { vectors: true });
    const view = { declared: { ...declared, directed: "embedding" }, definition };
    const target = await place(opened, view);
    const elements = [0, 1e-30, 1e19, 1e38, 1, 0.5];
    const outcomes = await target
      .live()
      .write(
        elements.map((element, at) =>
          upsert({ ...note(at), embedding: [element, element, element, 0] }, 1n),
        ),
      );
    expect(new Set(kinds(outcomes))).toEqual(new Set(["written"]));
    await opened.settle();
    const near = { ...nearestIn(view), metric: "cosine", exact: true } as const;
    for (const element of [1e-30, 1, 1e19, 3e38]) {
      const asked = Float32Array.of(element, element, 0, 0);
      const hits = await opened.store.session.nearest(near, asked, () => []);
      expect(hits.map(({ item }) => item.number).toSorted()).toEqual([4, 5]);
      expect(hits[0]?.distance).toBeCloseTo(1 - 2 / Math.sqrt(6), 5);
    }
  });

  it("shows a tenant its own documents only, of one key too, and names one in every query", async () => {
    const view = noteView("tenants", { tenants: true });
    const writer = (await place(opened, view)).live();
    const hostile = 'b"},"routing":"a';
    await writer.write([
      upsert(note(1), 1n, "a"),
      upsert({ ...note(2), id: "1" }, 1n, "b"),
      upsert(note(3), 1n, hostile),
      upsert({ ...note(4), id: "k".repeat(600) }, 1n, "a"),
      upsert({ ...note(5), id: "k".repeat(600) }, 1n, "b"),
    ]);
    expect(kinds(await writer.write([upsert(note(9), 1n)]))).toEqual(["failed"]);
    await opened.settle();
    const of = (tenant: string): Promise<readonly number[]> =>
      found(view, "note", opened.store.sessionFor(tenant));
    expect(await of("a")).toEqual([1, 4]);
    expect(await of("b")).toEqual([2, 5]);
    expect(await of(hostile)).toEqual([3]);
    expect(await of("")).toEqual([]);
    await expect(found(view, "note")).rejects.toMatchObject({ kind: "programming" });
    await writer.write([{ kind: "delete", key: "1", tenant: "a", revision: 2n }]);
    await opened.settle();
    expect([await of("a"), await of("b")]).toEqual([[4], [2, 5]]);
  });

  it("finds misspelt words where the view tolerates them", async () => {
    const view = noteView("misspelt");
    const texts = ["encyclopaedia of birds", "a garden", "the gardener's almanac"];
    await (
      await place(opened, view)
    )
      .live()
      .write(texts.map((text, number) => upsert(note(number, text), 1n)));
    await opened.settle();
    const tolerant = (text: string): Promise<readonly number[]> =>
      found(view, text, opened.store.session, true);
    expect(await found(view, "encyclopedia")).toEqual([]);
    expect(await tolerant("encyclopedia")).toEqual([0]);
    expect(await tolerant("encyclopedia brids")).toEqual([0]);
    expect(await tolerant("gardn")).toEqual([1]);
    expect(await tolerant("xgarden")).toEqual([]);
    const ranked: readonly Note[] = await opened.store.session.list(
      findIn(view, true),
      "garden",
      () => [],
    );
    expect(ranked[0]?.number).toBe(1);
  });

  it("pages go on where they stood, although their point in time is over, or a rebuild took its index away", async () => {
    const view = noteView("pages");
    const target = await place(opened, view);
    const numbers = Array.from({ length: 20 }, (_, at) => 10 + at);
    await target.live().write(numbers.map((number) => upsert(note(number), 1n)));
    await opened.settle();
    const page = (after?: string) =>
      opened.store.session.page(findIn(view), "note", () => [], {
        limit: 5,
        ...(after === undefined ? {} : { after }),
      });
    /** Ends the point in time that a cursor names. */
    const forget = (cursor = ""): Promise<unknown> => {
      const answer = [undefined, "note", []];
      const [, , pit] = keyset(findIn(view).operation, "score, key", 3).decode(cursor, answer);
      expect(pit).toEqual(expect.any(String));
      return request(opened, (attempt) =>
        opened.store.http.send(
          { method: "DELETE", path: "/_search/point_in_time", body: { pit_id: [pit] } },
          attempt,
        ),
      );
    };
    const first = await page();
    const second = await page(first.next);
    await forget(second.next);
    const third = await page(second.next);
    const generation = await target.begin();
    await fill(generation, numbers);
    await generation.publish();
    const fourth = await page(third.next);
    const all = [first, second, third, fourth].flatMap(({ items }) => items);
    expect(all.map(({ number }) => number)).toEqual(numbers);
    expect(fourth.next).toBe(undefined);
    await expect(page(`${third.next ?? ""}x`)).rejects.toMatchObject({ kind: "programming" });
  });
});
