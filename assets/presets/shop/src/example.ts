// A walk through the shop's data layer: `npm start`. This file is yours; change it or delete it.
import { randomUUID } from "node:crypto";
import { configFromEnv, isDataError, openDataLayer } from "./data/index.ts";
import { embed } from "./embed.ts";

const data = openDataLayer(configFromEnv(process.env));
const heading = (text: string): void => console.log(`\n── ${text}`);

const goods = [
  ["kettle-1", "Steel kettle", "Boils a litre of water in three minutes", 3900, ["kitchen"]],
  ["kettle-2", "Glass kettle", "Boils water where you can see it", 4900, ["kitchen"]],
  ["pot-1", "Tea pot", "Keeps a litre of tea warm", 2400, ["kitchen", "tea"]],
  [
    "mug-1",
    "Stoneware mug",
    "Holds a quarter of a litre of tea or coffee",
    900,
    ["kitchen", "tea"],
  ],
  ["lamp-1", "Desk lamp", "Warm light, a long arm", 5900, ["office"]],
  ["chair-1", "Desk chair", "Turns, tilts and rolls", 18900, ["office"]],
] as const;

try {
  // Run twice, it finds its own goods again: an upsert by key needs the same keys.
  const known = await data.products.listByPrice({}, { limit: 100 });
  const ids = new Map(known.items.map((product) => [product.sku, product.id]));
  const products = await data.products.importAll(
    goods.map(([sku, title, description, priceCents, tags]) => {
      const id = ids.get(sku);
      const embedding = embed(`${title} ${description}`);
      const product = { sku, title, description, priceCents, tags, stock: 10, embedding };
      return id === undefined ? product : { ...product, id };
    }),
  );
  const [kettle, , pot] = products;
  if (kettle === undefined || pot === undefined) throw new Error("the goods were not stored");

  heading("an order, placed in one transaction with its lines and the stock it takes");
  const customer = await data.customers.register({
    email: `ada+${randomUUID()}@example.com`,
    name: "Ada",
  });
  const branch = data.forTenant(randomUUID());
  const order = await branch.main.transaction(async (tx) => {
    await tx.products.reserve(kettle.id, -1);
    await tx.products.reserve(pot.id, -2);
    return tx.orders.place({
      customerId: customer.id,
      totalCents: kettle.priceCents + 2 * pot.priceCents,
      placedAt: new Date(),
      lines: [
        { lineNo: 1, productId: kettle.id, quantity: 1, unitPriceCents: kettle.priceCents },
        { lineNo: 2, productId: pot.id, quantity: 2, unitPriceCents: pot.priceCents },
      ],
    });
  });
  console.log(`order ${order.status}, ${order.totalCents} cents, ${order.lines.length} lines`);
  console.log(`kettles left: ${(await data.products.get(kettle.id))?.stock ?? "none"}`);

  heading("what the stock does not hold is refused, and nothing of that order stays");
  await branch.main
    .transaction((tx) => tx.products.reserve(kettle.id, -1_000))
    .catch((error: unknown) => {
      if (!isDataError(error)) throw error;
      console.log(`${error.kind}: ${error.message}`);
    });

  heading("a replay with the same operation id gives the first result");
  const operation = randomUUID();
  const placed = { customerId: customer.id, totalCents: 900, placedAt: new Date(), lines: [] };
  const first = await branch.orders.place(placed, { operation });
  const again = await branch.orders.place(placed, { operation });
  console.log(`same order: ${first.id === again.id}`);

  heading("pages by keyset: the newest orders of the customer");
  const page = await branch.orders.listByCustomer({ customerId: customer.id }, { limit: 1 });
  const next = { limit: 1, after: page.next };
  const rest = await branch.orders.listByCustomer({ customerId: customer.id }, next);
  console.log([...page.items, ...rest.items].map(({ totalCents }) => `${totalCents} cents`));

  heading("another branch sees none of them");
  const other = data.forTenant(randomUUID());
  console.log((await other.orders.listByCustomer({ customerId: customer.id }, {})).items.length);

  heading('full text search for "litre tea", at most 40 euros, with facets');
  const found = await data.productSearch.search("litre tea", { priceCents: { max: 4000 } }, {});
  for (const { item, score, highlights } of found.items) {
    console.log(`${score.toFixed(3)}  ${item.title}  ${highlights?.description ?? ""}`);
  }
  console.log(found.facets.tags);

  heading("products like the kettle, at most 50 euros");
  const near = await data.similarProducts.nearest(
    embed("a kettle that boils water"),
    { priceCents: { max: 5000 } },
    { limit: 3 },
  );
  for (const { item, score } of near) console.log(`${score.toFixed(3)}  ${item.title}`);

  heading("the cache: the second read does not reach the database");
  for (const read of ["first", "second"]) {
    const began = performance.now();
    await data.productCache.get(pot.id);
    console.log(`${read} read: ${(performance.now() - began).toFixed(2)} ms`);
  }

  heading("health");
  const health = await data.health.ready();
  for (const store of health.stores)
    console.log(`${store.store} (${store.engine}): ${store.state}`);
} finally {
  await data.close();
}
