import { randomUUID } from "node:crypto";
import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  // Makes what must be unique differ from run to run.
  const run = Date.now().toString(36);
  const tenant = data.forTenant(randomUUID());

  const customer = await data.customers.register({
    email: `email-${run}`,
    name: "Example name",
  });
  console.log("stored", customer);
  console.log("data.customers.get", await data.customers.get(customer.id));

  const product = await data.products.add({
    sku: `sku-${run}`,
    title: "Example title",
    description: "Example description",
    priceCents: 1,
    tags: ["example"],
  });
  console.log("stored", product);
  console.log("data.products.get", await data.products.get(product.id));
  console.log("data.products.listByPrice", await data.products.listByPrice({}, { limit: 10 }));

  const order = await tenant.main.transaction((tx) =>
    tx.orders.place({
      customerId: customer.id,
      totalCents: 1,
      placedAt: new Date(),
      lines: [
        {
          lineNo: 1,
          productId: product.id,
          quantity: 1,
          unitPriceCents: 1,
        },
      ],
    }),
  );
  console.log("stored", order);
  console.log("tenant.orders.get", await tenant.orders.get(order.id));
  console.log(
    "tenant.orders.listByCustomer",
    await tenant.orders.listByCustomer({ customerId: order.customerId }, { limit: 10 }),
  );

  console.log(
    "data.productSearch.search",
    await data.productSearch.search("example", {}, { limit: 10 }),
  );

  console.log(
    "data.similarProducts.nearest",
    await data.similarProducts.nearest(new Float32Array(384).fill(0.1), {}),
  );

  console.log("data.productCache", await data.productCache.get(product.id));

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
