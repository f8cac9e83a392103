// What is this engine's own in a generated data layer: lists beside their roots, null in an order, expiry, feeds, refusals.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { feedFile } from "../../../src/engines/mongodb/adapter/feed-file.ts";
import { renderTemplate } from "../../../src/render/render.ts";
import type { ViewFeed } from "../../../templates/runtime/view.ts";
import { openGenerated, type OpenedProject } from "../../conformance/layer.ts";
import { testRules } from "../../conformance/ruled.ts";
import { openStore } from "../../faults/mongodb-server.ts";
import { cell, notProven, proving } from "../../support/closing-table.ts";
import { version } from "../../unit/compat/versions.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { prepare, ruled } from "./gaps.ts";

const server = await sharedServer("mongodb");
const proof = { port: "documents", engine: columnOf(server) };
const methods = ["lists beside their root", "null in an order", "expiry", "view feed", "refusals"];
if (isMissing(server)) notProven(proof, methods, server.reason);

const spec = `version: 1
project: press
stores: { hosting: self-managed, running: [mongodb], never: [postgres, mysql, mariadb, memory, redis] }
entities:
  Ledger:
    version: true
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 40 }
  LedgerLine:
    owner: Ledger
    perOwner: 20k
    fields:
      no: { type: int, key: true }
      cents: { type: bigint }
  Note:
    tenant: shopId
    version: true
    fields:
      id: { type: uuid, key: true }
      board: { type: string, max: 40 }
      rank: { type: int, nullable: true }
      score: { type: float, nullable: true, max: 10 }
      code: { type: string, max: 40, nullable: true, unique: true }
  Binder:
    tenant: shopId
    version: true
    fields:
      id: { type: uuid, key: true }
  BinderTab:
    owner: Binder
    fields:
      no: { type: int, key: true }
  BinderPage:
    owner: Binder
    perOwner: 20k
    fields:
      no: { type: int, key: true }
  Ticket:
    fields:
      id: { type: string, max: 40, key: true }
      data: { type: json }
workloads:
  books:
    kind: document
    entities: [Ledger, Note, Binder, Ticket]
    access:
      Ledger:
        get: {}
        open: { op: insert }
        save: { op: upsert }
        saveAll: { op: upsert, bulk: true }
        rename: { op: patch, fields: [title] }
        shut: { op: delete }
        titled: { op: list, where: [title], orderBy: [-id], page: keyset }
      Note:
        get: {}
        add: { op: insert }
        raise: { op: increment, field: score, by: any }
        byRank: { op: list, where: [board], orderBy: [rank], page: keyset }
        byRankDown: { op: list, where: [board], orderBy: [-rank], page: keyset }
        between: { op: list, where: [rank.range], optional: [board, score.range], orderBy: [id], page: none }
        totals: { op: aggregate, where: [board], measure: { sum: rank, count: true } }
      Binder: { get: {}, save: { op: upsert }, saveAll: { op: upsert, bulk: true } }
      Ticket: { get: {}, save: { op: upsert, ttl: 1s } }
`;

interface Ledger {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly lines: readonly { readonly no: number; readonly cents: bigint }[];
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

interface Note {
  readonly id: string;
  readonly rank: number | null;
  readonly score: number | null;
}

interface Notes {
  add(note: object): Promise<Note>;
  raise(id: string, by: number): Promise<Note>;
  byRank(where: object, page: object): Promise<Page<Note>>;
  byRankDown(where: object, page: object): Promise<Page<Note>>;
  between(where: object): Promise<readonly Note[]>;
  totals(where: object): Promise<readonly object[]>;
}

interface Numbered {
  readonly no: number;
}

interface Binder {
  readonly id: string;
  readonly tabs: readonly Numbered[];
  readonly pages: readonly Numbered[];
}

interface Binders {
  get(id: string): Promise<Binder | undefined>;
  save(binder: object): Promise<Binder>;
  saveAll(binders: readonly object[]): Promise<readonly Binder[]>;
}

interface Layer {
  readonly ledgers: {
    get(id: string): Promise<Ledger | undefined>;
    getMany(ids: readonly string[]): Promise<readonly Ledger[]>;
    open(ledger: object): Promise<Ledger>;
    save(ledger: object): Promise<Ledger>;
    saveAll(ledgers: readonly object[]): Promise<readonly Ledger[]>;
    rename(id: string, patch: object, options?: object): Promise<Ledger>;
    shut(id: string, options?: object): Promise<void>;
    titled(where: object, page: object): Promise<Page<Ledger>>;
  };
  readonly tickets: {
    get(id: string): Promise<object | undefined>;
    save(ticket: object): Promise<object>;
  };
  forTenant(id: string): { readonly notes: Notes; readonly binders: Binders };
  close(): Promise<void>;
}

const lines = (...numbers: readonly number[]) =>
  numbers.map((no) => ({ no, cents: BigInt(no) * 10n }));

const emulated = !isMissing(server) && server.kind === "emulator";

describe.skipIf(isMissing(server))("what is this engine's own", () => {
  let opened: OpenedProject<Layer>;
  let space: Namespace;
  let client: MongoClient;

  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await new MongoClient(space.dsn).connect();
    opened = await openGenerated(
      "mongodb-own",
      spec,
      () => ({ MAIN_URL: space.dsn }),
      emulated ? prepare : undefined,
    );
  });
  afterAll(async () => {
    await opened?.data.close();
    opened?.project.remove();
    await client?.close();
    await space?.drop();
  });

  test(
    "a large list is kept beside its root, and comes and goes with it",
    proving({ ...proof, method: "lists beside their root" }, async () => {
      const { ledgers } = opened.data;
      const made = await ledgers.open({ title: "a", lines: lines(3, 1, 2) });
      expect(await ledgers.get(made.id)).toEqual({ ...made, lines: lines(1, 2, 3) });
      const other = await ledgers.open({ title: "b", lines: [] });
      expect((await ledgers.getMany([other.id, made.id])).map((one) => one.lines.length)).toEqual([
        0, 3,
      ]);
      await ledgers.open({ title: "a", lines: lines(5) });
      const page = await ledgers.titled({ title: "a" }, { limit: 1 });
      const rest = await ledgers.titled({ title: "a" }, { after: page.next ?? "" });
      expect([page, rest].flatMap(({ items }) => items.map((one) => one.lines))).toEqual([
        lines(5),
        lines(1, 2, 3),
      ]);
      expect(await ledgers.rename(made.id, { title: "c" }, { ifVersion: 1 })).toMatchObject({
        title: "c",
        version: 2,
        lines: lines(1, 2, 3),
      });
      await ledgers.save({ id: made.id, title: "d", lines: lines(9) });
      expect(await ledgers.get(made.id)).toMatchObject({ version: 3, lines: lines(9) });
      const many = await ledgers.saveAll([
        { id: made.id, title: "e", lines: lines(7, 8) },
        { id: other.id, title: "f", lines: lines(4) },
      ]);
      expect(many.map((one) => one.lines)).toEqual([lines(7, 8), lines(4)]);
      const stored = await client
        .db()
        .collection("ledgers")
        .findOne({ _id: made.id as never });
      expect(stored).not.toHaveProperty("lines");
      await ledgers.shut(made.id);
      expect(await client.db().collection("ledger_lines").countDocuments()).toBe(2);
    }),
  );

  test(
    "the owned documents of a tenant's, in their root and beside it, are the tenant's alone",
    proving({ ...proof, method: "lists within a tenant" }, async () => {
      const own = opened.data.forTenant(randomUUID()).binders;
      const other = opened.data.forTenant(randomUUID()).binders;
      const id = randomUUID();
      const tabs = [{ no: 1 }];
      const pages = [{ no: 1 }, { no: 2 }];
      await own.save({ id, tabs, pages });
      const more = { id: randomUUID(), tabs, pages: [] };
      expect(await own.saveAll([{ id, tabs: [], pages }, more])).toMatchObject([
        { tabs: [], pages },
        { tabs, pages: [] },
      ]);
      expect(await own.get(id)).toMatchObject({ id, tabs: [], pages });
      expect(await other.get(id)).toBeUndefined();
      for (const call of [
        () => other.save({ id, tabs, pages: [] }),
        () =>
          other.saveAll([
            { id, tabs, pages: [] },
            { id: randomUUID(), tabs, pages },
          ]),
      ])
        await expect(call()).rejects.toMatchObject({ name: "DataError" });
      expect(await own.get(id)).toMatchObject({ tabs: [], pages });
    }),
  );

  test.skipIf(emulated)(
    "null is less than every value, both ways, on pages of any size",
    proving({ ...proof, method: "null in an order" }, async () => {
      const { notes } = opened.data.forTenant(randomUUID());
      const board = randomUUID();
      const ranks = [3, null, 1, null, 2, null, 2];
      for (const rank of ranks) await notes.add({ board, rank });
      const walk = async (
        list: "byRank" | "byRankDown",
        limit: number,
      ): Promise<readonly (number | null)[]> => {
        const seen: Note[] = [];
        let after: string | undefined;
        do {
          const page = await notes[list](
            { board },
            after === undefined ? { limit } : { limit, after },
          );
          seen.push(...page.items);
          after = page.next;
        } while (after !== undefined && seen.length < 20);
        expect(new Set(seen.map(({ id }) => id)).size).toBe(ranks.length);
        return seen.map(({ rank }) => rank);
      };
      for (const limit of [1, 2, 3, 7, 50]) {
        expect(await walk("byRank", limit)).toEqual([null, null, null, 1, 2, 2, 3]);
        expect(await walk("byRankDown", limit)).toEqual([3, 2, 2, 1, null, null, null]);
      }
    }),
  );

  test("without groups there is one row, over nothing too, and a sum of nothing is null", async () => {
    const { notes } = opened.data.forTenant(randomUUID());
    for (const rank of [3, null, 5]) await notes.add({ board: "sum", rank });
    expect(await notes.totals({ board: "sum" })).toEqual([{ count: 3, sumRank: 8n }]);
    await notes.add({ board: "nulls", rank: null });
    expect(await notes.totals({ board: "nulls" })).toEqual([{ count: 1, sumRank: null }]);
    expect(await notes.totals({ board: "none" })).toEqual([{ count: 0, sumRank: null }]);
  });

  test("null counts as 0 for an increment, within the limits of the field", async () => {
    const { notes } = opened.data.forTenant(randomUUID());
    const { id } = await notes.add({ board: "x", rank: 1 });
    expect((await notes.raise(id, 1.5)).score).toBe(1.5);
    expect((await notes.raise(id, 8)).score).toBe(9.5);
    await expect(notes.raise(id, 1)).rejects.toMatchObject({ kind: "constraint" });
  });

  test(
    "what was written with a ttl is gone after it, and comes back with the next write",
    proving({ ...proof, method: "expiry" }, async () => {
      const { tickets } = opened.data;
      await tickets.save({ id: "t", data: { a: 1 } });
      expect(await tickets.get("t")).toMatchObject({ data: { a: 1 } });
      await sleep(1_100);
      expect(await tickets.get("t")).toBeUndefined();
      await tickets.save({ id: "t", data: { a: 2 } });
      expect(await tickets.get("t")).toMatchObject({ data: { a: 2 } });
      const indexes = await client.db().collection("tickets").listIndexes().toArray();
      expect(indexes.some((index) => index["expireAfterSeconds"] !== undefined)).toBe(true);
    }),
  );

  test(
    "a feed gives every document of all tenants in the order of its key",
    proving({ ...proof, method: "view feed" }, async () => {
      const tenants = [randomUUID(), randomUUID()];
      for (const tenant of tenants)
        for (const rank of [1, 2, 3])
          await opened.data.forTenant(tenant).notes.add({ board: "feed", rank });
      const [store] = version(spec).ir.stores;
      const entity = store?.entities.find(({ name }) => name === "Note");
      if (store === undefined || entity === undefined) throw new Error("no entity");
      const { request } = feedFile(store, entity);
      const file = request();
      if (!("template" in file)) throw new Error("no template");
      const path = "src/data/stores/main/note-feed.ts";
      opened.project.write(path, renderTemplate(file.template, file.data));
      const { noteFeed } = await opened.project.load<{
        noteFeed(session: unknown): ViewFeed<Note>;
      }>(path);
      const other = openStore(space.dsn);
      const feed = noteFeed(other.store.session);
      const rows: Awaited<ReturnType<typeof feed.page>>["rows"][number][] = [];
      let after: string | undefined;
      do {
        const page = await feed.page(after, 2);
        rows.push(...page.rows);
        after = page.next;
      } while (after !== undefined && rows.length < 50);
      await other.close();
      const keys = rows.map(({ key }) => key);
      expect(keys).toEqual(keys.toSorted());
      const own = rows.filter(({ tenant }) => tenants.some((one) => one === tenant));
      expect(own).toHaveLength(6);
      expect(own.every(({ revision, item, key }) => revision === 1n && item.id === key)).toBe(true);
    }),
  );

  test(
    "an object where a text is declared never reaches the store: it would be an operator there",
    proving({ ...proof, method: "refusals" }, async () => {
      const { ledgers } = opened.data;
      const hostile = { $ne: null } as unknown as string;
      const calls = [
        () => ledgers.get(hostile),
        () => ledgers.getMany([hostile]),
        () => ledgers.open({ title: hostile, lines: [] }),
        () => ledgers.open({ title: "x", lines: [{ no: 1.5, cents: 1n }] }),
        () => ledgers.open({ title: "x", lines: [{ no: 1, cents: 2n ** 63n }] }),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ kind: "programming" });
    }),
  );
  test("a condition of untyped code is refused or asked, never left out", async () => {
    const { notes } = opened.data.forTenant(randomUUID());
    const board = randomUUID();
    for (const rank of [1, 2, 3]) await notes.add({ board, rank });
    const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["where.board", () => notes.byRank({}, {})],
      ["where.board", () => notes.byRank({ board: null }, {})],
      ["Note.board", () => notes.byRank({ board: { $ne: null } }, {})],
      ['"bord"', () => notes.byRank({ board, bord: "x" }, {})],
      ['"rank"', () => notes.totals({ board, rank: 1 })],
      ["where.board", () => notes.totals({})],
      ["rank", () => notes.between({})],
      ["rank", () => notes.between({ rank: null })],
      ["where.rank.min", () => notes.between({ rank: { min: null } })],
      ["where.rank must be a range", () => notes.between({ rank: { gte: 2 } })],
      ["score", () => notes.between({ rank: {}, score: null })],
    ];
    for (const [name, call] of refused)
      await expect(call(), name).rejects.toMatchObject({
        name: "DataError",
        kind: "programming",
        operation: expect.stringMatching(/^notes\./),
        message: expect.stringContaining(name),
      });
    const ranks = async (where: object) =>
      (await notes.between(where)).map(({ rank }) => rank).toSorted();
    expect(await ranks({ rank: { min: 2 }, board, score: undefined })).toEqual([2, 3]);
    expect(await ranks({ rank: {} })).toEqual([1, 2, 3]);
  });

  test("a version that is none does not pass for the stored one", async () => {
    const { ledgers } = opened.data;
    const { id } = await ledgers.open({ title: "kept", lines: [] });
    for (const ifVersion of [{ $gt: 0 }, null, "1", 1.5]) {
      const refused = { kind: "programming" };
      await expect(ledgers.rename(id, { title: "lost" }, { ifVersion })).rejects.toMatchObject(
        refused,
      );
      await expect(ledgers.shut(id, { ifVersion })).rejects.toMatchObject(refused);
    }
    expect(await ledgers.get(id)).toMatchObject({ title: "kept", version: 1 });
  });

  if (emulated) {
    testRules({ ruled, dsn: () => space.dsn }, proof, () => opened.project.folder);
    for (const [method, why] of [
      ["null in an order", "the emulator finds nothing by null and a part of the key at once"],
      ["validators", "the emulator does not enforce $jsonSchema"],
      ["partial unique index", "the emulator ignores partialFilterExpression"],
    ] as const)
      cell({ ...proof, method }, { kind: "not proven", why });
  }
});
