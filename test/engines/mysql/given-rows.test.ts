// Rows that come as one list, on both servers: every character of them is kept, whatever the database's own character set; a key that is
// twice in a batch, or another tenant's, is told as what it is.
import { randomUUID } from "node:crypto";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGenerated, type OpenedProject } from "../../conformance/layer.ts";
import { specFor } from "../../conformance/targets.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { notProven, proving } from "../../support/closing-table.ts";

const spec = `version: 1
project: given-rows
stores: { hosting: self-managed, running: [ENGINE], never: [OTHERS] }
entities:
  Order:
    tenant: branchId
    version: true
    audit: true
    fields:
      number: { type: string, max: 40, key: true }
      ref: { type: string, max: 40, nullable: true, unique: true }
      tags: { type: array, of: string, max: 20 }
      note: { type: text }
  OrderLine:
    owner: Order
    fields:
      lineNo: { type: int, key: true }
      sku: { type: string, max: 40 }
  Note:
    tenant: branchId
    fields:
      number: { type: int, key: true }
      code: { type: string, max: 40, unique: true }
      title: { type: string, max: 200 }
workloads:
  orders:
    kind: transactional
    entities: [Order, Note]
    access:
      Note:
        get: {}
        addAll: { op: insert, bulk: true }
        importAll: { op: upsert, bulk: true }
      Order:
        get: {}
        place: { op: insert }
        put: { op: upsert }
        importAll: { op: upsert, bulk: true }
        addAll: { op: insert, bulk: true }
        history: {}
  order-search:
    kind: search
    from: Order
    language: english
    fields: { note: {}, tags: { facet: true } }
    access:
      find: { text: [note], facets: [tags], page: keyset }
  note-search:
    kind: search
    from: Note
    fields: { title: {} }
    access:
      search: { text: [title], page: keyset }
`;

interface Order {
  readonly number: string;
  readonly ref?: string | null;
  readonly tags: readonly string[];
  readonly note: string;
  readonly version?: number;
  readonly lines: readonly { readonly lineNo: number; readonly sku: string }[];
}

interface Orders {
  get(number: string): Promise<Order | undefined>;
  getMany(numbers: readonly string[]): Promise<readonly (Order | undefined)[]>;
  place(order: object): Promise<Order>;
  put(order: object): Promise<Order>;
  importAll(orders: readonly object[]): Promise<readonly Order[]>;
  addAll(orders: readonly object[]): Promise<readonly Order[]>;
  history(number: string, page: object): Promise<{ readonly items: readonly unknown[] }>;
}

interface Note {
  readonly number: number;
  readonly code: string;
  readonly title: string;
}

interface Notes {
  get(number: number): Promise<Note | undefined>;
  addAll(notes: readonly Note[]): Promise<readonly Note[]>;
  importAll(notes: readonly Note[]): Promise<readonly Note[]>;
}

interface Layer {
  forTenant(id: string): {
    readonly orders: Orders;
    readonly notes: Notes;
    readonly noteSearch: {
      search(
        query: string,
        page: object,
      ): Promise<{ readonly items: readonly { readonly item: Note }[] }>;
    };
    readonly orderSearch: {
      find(
        query: string,
        page: object,
      ): Promise<{
        readonly facets: object;
        readonly items: readonly { readonly item: Order }[];
      }>;
    };
  };
  close(): Promise<void>;
}

const words = "日本語 👍 ž";

const order = (more: Partial<Order> = {}): Order => ({
  number: `${words} ${randomUUID().slice(0, 8)}`,
  ref: `参照 ${randomUUID().slice(0, 8)}`,
  tags: [words],
  note: `parcel ${words}`,
  lines: [{ lineNo: 1, sku: words }],
  ...more,
});

const twice = {
  kind: "programming",
  message: expect.stringContaining("twice"),
  hint: expect.any(String) as unknown,
};

for (const engine of ["mysql", "mariadb"]) {
  const server = await sharedServer(engine);
  const of = { port: "record", engine: columnOf(server), method: "rows of a list" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  describe(of.engine, () => {
    let place: Namespace;
    let opened: OpenedProject<Layer>;
    beforeAll(async () => {
      place = await server.namespace();
      const connection = await mysql.createConnection(place.dsn.replace(/^mariadb/, "mysql"));
      await connection.query(`alter database ${place.name} character set latin1`);
      await connection.end();
      opened = await openGenerated<Layer>(
        `given-${engine}`,
        specFor(spec, engine, "record"),
        () => ({
          MAIN_URL: place.dsn,
        }),
      );
    });
    afterAll(async () => {
      await opened?.data.close();
      opened?.project.remove();
      await place?.drop();
    });
    const tenant = () => opened.data.forTenant(randomUUID());

    test(
      "a database in latin1 keeps every character of children, batches and keys",
      proving(of, async () => {
        const { orders, orderSearch } = tenant();
        const placed = order();
        expect(await orders.place(placed)).toMatchObject(placed);
        expect(await orders.get(placed.number)).toMatchObject(placed);
        const changed = { ...placed, lines: [{ lineNo: 2, sku: `${words}!` }] };
        expect(await orders.put(changed)).toMatchObject(changed);
        expect(await orders.getMany([placed.number])).toMatchObject([changed]);
        const [one, other] = [order(), order({ tags: ["ž", "Ž"] })];
        expect(await orders.addAll([one, other])).toMatchObject([one, other]);
        expect(await orders.importAll([other, placed])).toMatchObject([other, placed]);
        const { items } = await orders.history(placed.number, { limit: 1 });
        expect(items).toMatchObject([{ state: placed }]);
        const { facets } = await orderSearch.find("parcel", { limit: 10 });
        expect(facets).toMatchObject({
          tags: [
            { value: words, count: 2 },
            { value: "Ž", count: 1 },
            { value: "ž", count: 1 },
          ],
        });
      }),
    );

    test(
      "a key that is twice in a batch is refused, and nothing is written",
      proving(of, async () => {
        const { orders } = tenant();
        const placed = order();
        await expect(
          orders.importAll([placed, order(), { ...placed, note: "b" }]),
        ).rejects.toMatchObject(twice);
        expect(await orders.get(placed.number)).toBeUndefined();
      }),
    );

    test(
      "rows of a batch come back in its order, and each is found by the words that it has now",
      proving(of, async () => {
        const { notes, noteSearch } = tenant();
        const first = Math.floor(Math.random() * 1e9);
        const note = (at: number, title: string): Note => ({
          number: first + at,
          code: randomUUID(),
          title,
        });
        const found = async (word: string): Promise<readonly number[]> => {
          const { items } = await noteSearch.search(word, { limit: 50 });
          return items.map(({ item }) => item.number - first).toSorted((a, b) => a - b);
        };
        const made = [5, 0, 4, 1, 3, 2].map((at) => note(at, "apple green"));
        expect(await notes.addAll(made)).toMatchObject(made);
        const next = [2, 7, 0, 6, 1].map((at) => note(at, "apple pear"));
        expect(await notes.importAll(next)).toMatchObject(next);
        expect(await found("apple")).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(await found("pear")).toEqual([0, 1, 2, 6, 7]);
        expect(await found("green")).toEqual([3, 4, 5]);
        const taken = [note(8, "kiwi"), { ...note(3, "kiwi"), code: made[2]?.code ?? "" }];
        await expect(notes.importAll(taken)).rejects.toMatchObject({ kind: "conflict" });
        await expect(tenant().notes.importAll([note(0, "kiwi")])).rejects.toMatchObject({
          kind: "conflict",
        });
        expect(await found("kiwi")).toEqual([]);
      }),
    );

    test(
      "batches that replace the same rows at once leave each whole, and found",
      proving(of, async () => {
        const { notes, noteSearch } = tenant();
        const first = Math.floor(Math.random() * 1e9);
        const batch = (word: string): readonly Note[] =>
          Array.from({ length: 20 }, (_, at) => ({
            number: first + at,
            code: `${first + at}`,
            title: `banana ${word}`,
          }));
        const batches = ["lemon", "mango", "peach", "grape"];
        await Promise.all(batches.map((word) => notes.importAll(batch(word))));
        const { items } = await noteSearch.search("banana", { limit: 50 });
        expect(items).toHaveLength(20);
        const word = batches.find((each) => items[0]?.item.title.endsWith(each)) ?? "";
        const named = await noteSearch.search(word, { limit: 50 });
        expect(named.items.length).toBeGreaterThan(0);
      }),
    );

    test(
      "a batch that strikes another tenant's key or unique value is a conflict, and changes nothing",
      proving(of, async () => {
        const [own, others] = [tenant(), tenant()];
        const placed = order();
        await own.orders.place(placed);
        const conflict = { kind: "conflict" };
        const ofKey = others.orders.importAll([order({ number: placed.number })]);
        await expect(ofKey).rejects.toMatchObject(conflict);
        const ofValue = own.orders.importAll([order({ ref: placed.ref ?? null })]);
        await expect(ofValue).rejects.toMatchObject(conflict);
        expect(await own.orders.get(placed.number)).toMatchObject({ ...placed, version: 1 });
      }),
    );
  });
}
