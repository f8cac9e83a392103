import { afterAll, beforeAll, expect, test } from "vitest";
import { openedShop } from "./generated.ts";
import type { Methods } from "./generated.ts";
import { shop } from "./shop.ts";

type Shop = Awaited<ReturnType<typeof openedShop>>;

const tenant = "01890000-0000-7000-8000-000000000001";
const otherTenant = "01890000-0000-7000-8000-000000000002";
const nobody = "01890000-0000-7000-8000-00000000dead";
const kind = (expected: string, more: object = {}): object =>
  expect.objectContaining({ kind: expected, ...more });

/** What every generated statement of the shop must do, on any transport of the engine. */
export function shopBehaviour(name: string, dsn: () => string): void {
  let opened: Shop;
  let customer: string;
  let chair: string;
  const methods = (repository: string): Methods => {
    const found = opened.main.repositories[repository];
    if (found === undefined) throw new Error(`no repository ${repository}`);
    return found;
  };
  const call = (path: string, ...values: readonly unknown[]): Promise<unknown> => {
    const [repository = "", method = ""] = path.split(".");
    const run = (tenantMethods[repository] ?? methods(repository))[method];
    if (run === undefined) throw new Error(`no method ${path}`);
    return run(...values);
  };
  let tenantMethods: Readonly<Record<string, Methods>> = {};

  beforeAll(async () => {
    opened = await openedShop(shop, name, dsn());
    const bound = opened.main.forTenant(tenant).repositories;
    tenantMethods = bound["orders"] === undefined ? {} : { orders: bound["orders"] };
  }, 60_000);
  afterAll(() => opened.close());

  const idOf = (row: unknown): string =>
    typeof row === "object" && row !== null && "id" in row ? String(row.id) : "";

  test("migrates up, down and up", () => {
    expect(opened.steps).toEqual([["0001-initial"], "0001-initial", ["0001-initial"]]);
    expect(opened.expected).toEqual([["0001-initial"], []]);
  });

  test("insert makes the key and the defaults; a unique key is a conflict", async () => {
    const made = await call("customers.register", { email: "a@example.com", name: "Ann" });
    expect(made).toMatchObject({ email: "a@example.com", name: "Ann", tier: "free" });
    customer = idOf(made);
    expect(await call("customers.get", customer)).toEqual(made);
    await expect(
      call("customers.register", { email: "a@example.com", name: "Bob" }),
    ).rejects.toEqual(kind("conflict", { constraint: "customers_email_key" }));
    await expect(call("customers.register", { email: "x", name: "y".repeat(201) })).rejects.toEqual(
      kind("constraint", { constraint: "customers_full_name_check" }),
    );
  });

  test("every type comes back as it went", async () => {
    const product = {
      sku: "A1",
      title: "Red chair",
      description: "A red wooden chair for the garden",
      priceCents: 500,
      stock: 3,
      tags: ['garden, "x"', "wood", "\\"],
      attributes: { a: [1, null, "é"], $: "{0}" },
      photo: Uint8Array.of(0, 255, 92),
      weight: 1.1,
      embedding: Float32Array.of(1, 0, 0.5),
    };
    const made = await call("products.add", product);
    expect(made).toMatchObject({ ...product, version: 1 });
    chair = idOf(made);
    expect(await call("products.get", chair)).toEqual(made);
  });

  test("bulk upsert inserts and replaces in the order given, in one statement", async () => {
    const rows = await call("products.importAll", [
      {
        sku: "B1",
        title: "Blue table",
        description: "A blue table",
        priceCents: 900,
        tags: ["wood"],
        embedding: Float32Array.of(0, 1, 0),
      },
      {
        id: chair,
        sku: "A1",
        title: "Red chair",
        description: "A red wooden chair for the garden",
        priceCents: 450,
        stock: 4,
        tags: ["wood", "garden"],
        embedding: Float32Array.of(1, 0, 0),
      },
      {
        sku: "B2",
        title: "Green chair",
        description: "chair, green",
        priceCents: 700,
        stock: 1,
        weight: null,
      },
    ]);
    expect(rows).toMatchObject([
      { sku: "B1", version: 1, tags: ["wood"], attributes: null },
      { id: chair, version: 2, priceCents: 450, attributes: null },
      { sku: "B2", version: 1, tags: [], embedding: null },
    ]);
    const ids = Array.isArray(rows) ? rows.map(idOf) : [];
    expect(await call("products.getMany", [ids[2], nobody, ids[0]])).toMatchObject([
      { sku: "B2" },
      { sku: "B1" },
    ]);
    expect(await call("products.byTag", { tags: "wood" })).toHaveLength(2);
  });

  test("increment keeps its floor, its sign and its ceiling", async () => {
    expect(await call("products.reserve", chair, -4)).toMatchObject({ stock: 0, version: 3 });
    await expect(call("products.reserve", chair, -1)).rejects.toEqual(
      kind("constraint", { constraint: "products_stock_check" }),
    );
    await expect(call("products.reserve", chair, 1)).rejects.toEqual(kind("programming"));
    await expect(call("products.reserve", nobody, -1)).rejects.toEqual(kind("not-found"));
    const ticket = await call("tickets.raise", { order: "x" });
    const number =
      typeof ticket === "object" && ticket !== null && "number" in ticket
        ? ticket.number
        : undefined;
    expect(await call("tickets.score", number, 5n)).toMatchObject({ points: 5n });
    await expect(call("tickets.score", number, 6n)).rejects.toEqual(
      kind("constraint", { constraint: "tickets_score_limit_check" }),
    );
  });

  test("increment counts a field without a value from 0", async () => {
    const ticket = (await call("tickets.raise", { order: "x" })) as { number: bigint };
    expect(ticket).toMatchObject({ votes: null });
    expect(await call("tickets.vote", ticket.number, 2)).toMatchObject({ votes: 2 });
    expect(await call("tickets.vote", ticket.number, -3)).toMatchObject({ votes: -1 });
    expect(await call("tickets.voteFor", ticket.number, 3)).toMatchObject({ votes: 2 });
    await call("tickets.drop", ticket.number);
  });

  test.each([null, undefined])("an increment by %s is refused, not added", async (amount) => {
    const ticket = (await call("tickets.raise", { order: "x", votes: 7 })) as { number: bigint };
    for (const method of ["tickets.vote", "tickets.voteFor"]) {
      await expect(call(method, ticket.number, amount)).rejects.toEqual(kind("programming"));
    }
    expect(await call("tickets.get", ticket.number)).toMatchObject({ votes: 7 });
    await call("tickets.drop", ticket.number);
  });

  test("patch sets what is given; a stale version is a conflict, a missing key is not found", async () => {
    expect(
      await call(
        "products.reprice",
        chair,
        { priceCents: 460, attributes: null },
        { ifVersion: 3 },
      ),
    ).toMatchObject({ priceCents: 460, version: 4, title: "Red chair" });
    await expect(
      call("products.reprice", chair, { priceCents: 1 }, { ifVersion: 3 }),
    ).rejects.toEqual(kind("conflict"));
    await expect(
      call("products.reprice", nobody, { priceCents: 1 }, { ifVersion: 3 }),
    ).rejects.toEqual(kind("not-found"));
  });

  test("keys made by the database, and a keyset page over nullable columns in mixed directions", async () => {
    const rows = await call("tickets.raiseAll", [
      { order: "y", due: "2026-01-02" },
      { order: "z", due: "2026-01-01", open: false },
      { number: 77n, order: "w" },
      { order: "v" },
    ]);
    expect(rows).toMatchObject([
      { order: "y" },
      { order: "z", open: false },
      { number: 77n },
      { order: "v", open: true },
    ]);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = (await call(
        "tickets.byDue",
        {},
        { limit: 2, ...(after !== undefined && { after }) },
      )) as {
        items: readonly { order: string }[];
        next?: string;
      };
      seen.push(...page.items.map((item) => item.order));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(["z", "y", "w", "v", "x"]);
  });

  test("composite keys", async () => {
    const key = { productId: chair, customerId: customer };
    expect(await call("ratings.rate", { ...key, stars: 4 })).toMatchObject({
      stars: 4,
      version: 1,
    });
    expect(await call("ratings.rate", { ...key, stars: 5 })).toMatchObject({
      stars: 5,
      version: 2,
    });
    expect(await call("ratings.byProduct", { productId: chair })).toMatchObject([
      { minStars: 5, count: 1 },
    ]);
    expect(await call("ratings.change", key, { stars: 3 }, { ifVersion: 2 })).toMatchObject({
      version: 3,
    });
    await expect(call("ratings.withdraw", key, { ifVersion: 1 })).rejects.toEqual(kind("conflict"));
    await call("ratings.withdraw", key, { ifVersion: 3 });
    expect(await call("ratings.get", key)).toBeUndefined();
  });

  test("search ranks, filters, highlights, counts facets and pages", async () => {
    const first = (await call("productSearch.search", "chair", {}, { limit: 1 })) as {
      next: string;
    };
    expect(first).toMatchObject({
      items: [{ highlights: { title: expect.stringContaining("<mark>chair</mark>") } }],
      facets: {
        tags: [
          { value: "garden", count: 1 },
          { value: "wood", count: 1 },
        ],
      },
    });
    const second = await call("productSearch.search", "chair", {}, { limit: 1, after: first.next });
    expect(second).toMatchObject({ items: [{ item: { title: /chair/ } }] });
    expect(second).not.toHaveProperty("next");
    expect(
      await call(
        "productSearch.search",
        "chair -green",
        { tags: "wood", priceCents: { max: 500 } },
        {},
      ),
    ).toMatchObject({
      items: [{ item: { id: chair } }],
    });
    expect(await call("productSearch.search", "'); drop table products; --", {}, {})).toMatchObject(
      { items: [] },
    );
  });

  test("nearest neighbours, with a filter and fused with text", async () => {
    const near = (await call(
      "similarProducts.nearest",
      Float32Array.of(1, 0, 0),
      { priceCents: { max: 5000 } },
      { limit: 5 },
    )) as unknown[];
    expect(near).toMatchObject([
      { item: { id: chair }, distance: 0, score: 1 },
      { item: { sku: "B1" }, distance: 1 },
    ]);
    expect(
      await call(
        "similarProducts.nearest",
        Float32Array.of(1, 0, 0),
        { priceCents: { min: 800 } },
        {},
      ),
    ).toMatchObject([{ item: { sku: "B1" } }]);
    const fused = await call(
      "similarProducts.nearest",
      Float32Array.of(0.9, 0.1, 0),
      {},
      { limit: 2, text: "table" },
    );
    expect(fused).toMatchObject([{ item: { sku: "B1" } }, { item: { id: chair } }]);
    await expect(call("similarProducts.nearest", Float32Array.of(1), {}, {})).rejects.toEqual(
      kind("programming"),
    );
  });

  test("an aggregate is saved and replaced with its children, seen by its tenant alone, and remembered", async () => {
    const line = (lineNo: number, quantity = lineNo): object => ({
      lineNo,
      productId: chair,
      quantity,
      labels: ["a,b", 'c"d'],
    });
    const placedAt = new Date("2026-01-01T23:59:59.999Z");
    const placed = await call(
      "orders.place",
      {
        customerId: customer,
        totalCents: 100,
        placedAt,
        discount: "1.25",
        lines: [line(2), line(1)],
      },
      { operation: "op" },
    );
    const id = idOf(placed);
    expect(placed).toMatchObject({
      status: "new",
      discount: "1.25",
      placedAt,
      version: 1,
      lines: [line(1), line(2)],
    });
    const again = {
      customerId: customer,
      totalCents: 100,
      placedAt,
      discount: "1.25",
      lines: [line(2), line(1)],
    };
    expect(await call("orders.place", again, { operation: "op" })).toEqual(placed);
    await expect(
      call("orders.place", { ...again, totalCents: 7 }, { operation: "op" }),
    ).rejects.toEqual(kind("conflict"));

    await expect(call("orders.amend", id, { discount: "1.255" })).rejects.toEqual(
      kind("programming", { message: expect.stringContaining("5 digits, 2 after the point") }),
    );

    const other = opened.main.forTenant(otherTenant).repositories["orders"];
    expect(await other?.["get"]?.(id)).toBeUndefined();
    await expect(other?.["cancel"]?.(id)).rejects.toEqual(kind("not-found"));
    await expect(other?.["save"]?.({ ...again, id })).rejects.toEqual(
      kind("conflict", { attempts: 1 }),
    );

    const amended = (await call(
      "orders.amend",
      id,
      { status: "paid", note: "'x' $1 {0}" },
      { ifVersion: 1 },
    )) as { updatedAt: Date };
    expect(amended).toMatchObject({
      version: 2,
      status: "paid",
      note: "'x' $1 {0}",
      lines: [line(1), line(2)],
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await call("orders.save", {
      ...again,
      id,
      totalCents: 300,
      status: "paid",
      lines: [line(1), line(3, 30)],
    });
    const imported = await call("orders.importAll", [
      {
        ...again,
        id,
        totalCents: 301,
        status: "paid",
        placedAt: new Date("2026-01-03T00:00:00Z"),
        lines: [line(3), line(4)],
      },
      { ...again, totalCents: 5, placedAt: new Date("2026-01-02T00:00:00Z"), lines: [line(5)] },
    ]);
    expect(imported).toMatchObject([
      { version: 4, lines: [line(3), line(4)] },
      { version: 1, lines: [line(5)] },
    ]);
    await call("orders.placeAll", [
      { ...again, totalCents: 1, lines: [] },
      { ...again, totalCents: 2, status: "paid", lines: [line(7), line(8)] },
    ]);

    expect(await call("orders.asOf", id, amended.updatedAt)).toMatchObject({
      version: 2,
      lines: [line(1), line(2)],
    });
    await call("orders.cancel", id);
    expect(await call("orders.get", id)).toBeUndefined();
    expect(await call("orders.asOf", id, new Date())).toBeUndefined();
    const first = (await call("orders.history", id, { limit: 3 })) as {
      items: unknown[];
      next: string;
    };
    const rest = (await call("orders.history", id, { after: first.next })) as { items: unknown[] };
    expect([...first.items, ...rest.items]).toMatchObject([
      { change: "delete", state: { version: 5, lines: [line(3), line(4)] } },
      { change: "update", state: { version: 4, lines: [line(3), line(4)] } },
      { change: "update", state: { version: 3, lines: [line(1), line(3, 30)] } },
      { change: "update", state: { version: 2, lines: [line(1), line(2)] } },
      { change: "insert", state: { version: 1, lines: [line(1), line(2)] } },
    ]);
    expect(await call("orders.revenueByDay", { placedAt: {} })).toEqual([
      {
        placedAtDay: "2026-01-01",
        sumTotalCents: 3n,
        avgDiscount: "1.25000000000000000000",
        count: 2,
      },
      {
        placedAtDay: "2026-01-02",
        sumTotalCents: 5n,
        avgDiscount: "1.25000000000000000000",
        count: 1,
      },
    ]);
  });

  test("two writes of one aggregate at once leave one of them whole, never a mix", async () => {
    const root = (id: string, lines: readonly number[]): object => ({
      id,
      customerId: customer,
      totalCents: lines.length,
      placedAt: new Date("2025-01-01T00:00:00Z"),
      status: "shipped",
      lines: lines.map((lineNo) => ({ lineNo, productId: chair, quantity: 1 })),
    });
    const bound = opened.main.forTenant(tenant).store;
    // The second call takes its snapshot while the first, in an open transaction, holds the root.
    const race = async (
      id: string,
      first: string,
      second: string,
      isMany: boolean,
    ): Promise<unknown> => {
      const written = Promise.withResolvers<undefined>();
      const later = written.promise.then(() =>
        call(`orders.${second}`, isMany ? [root(id, [4, 5])] : root(id, [4, 5])),
      );
      await bound.transaction(async (tx) => {
        await tx["orders"]?.[first]?.(root(id, [1, 2, 3]));
        written.resolve(undefined);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return undefined;
      });
      await later;
      const stored = (await call("orders.get", id)) as {
        totalCents: number;
        lines: readonly { lineNo: number }[];
      };
      await call("orders.cancel", id);
      return [stored.totalCents, stored.lines.map(({ lineNo }) => lineNo)];
    };
    const id = (end: number): string => `01890000-0000-7000-8000-00000000000${end}`;
    await call("orders.save", root(id(1), [9]));
    expect(await race(id(1), "save", "save", false)).toEqual([2, [4, 5]]);
    expect(await race(id(2), "place", "save", false)).toEqual([2, [4, 5]]);
    await call("orders.save", root(id(3), [9]));
    expect(await race(id(3), "save", "importAll", true)).toEqual([2, [4, 5]]);
  });

  test("the list of a customer pages by placedAt and id, newest first", async () => {
    const first = (await call("orders.listByCustomer", { customerId: customer }, { limit: 2 })) as {
      items: { totalCents: number }[];
      next: string;
    };
    const rest = (await call(
      "orders.listByCustomer",
      { customerId: customer },
      { limit: 2, after: first.next },
    )) as { items: { totalCents: number }[] };
    expect([...first.items, ...rest.items].map((order) => order.totalCents)).toEqual([5, 2, 1]);
    const where = {
      customerId: customer,
      status: "paid",
      placedAt: { min: new Date("2026-01-01") },
    };
    expect(await call("orders.listByCustomer", where, {})).toMatchObject({
      items: [{ totalCents: 2 }],
    });
  });

  test("a transaction has the repositories of its tenant, and all or nothing happens", async () => {
    const bound = opened.main.forTenant(tenant).store;
    const work = async (tx: Readonly<Record<string, Methods>>): Promise<unknown> => {
      await tx["products"]?.["reprice"]?.(chair, { priceCents: 1 });
      return tx["products"]?.["reserve"]?.(chair, -1);
    };
    await expect(bound.transaction(work)).rejects.toEqual(kind("constraint"));
    expect(await call("products.get", chair)).toMatchObject({ priceCents: 460 });
  });
}
