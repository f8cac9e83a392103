// A walk through the catalogue: `npm start`. This file is yours; change it or delete it.
import { configFromEnv, isDataError, openDataLayer } from "./data/index.ts";
import { categoryId } from "./data/domain/category.ts";
import { openStores } from "./data/stores/open.ts";
import { rebuildableViews } from "./data/stores/views.ts";

const config = configFromEnv(process.env);
let data = openDataLayer(config);
const heading = (text: string): void => console.log(`\n── ${text}`);

const goods = [
  ["kettle-1", "Steel kettle", "Boils a litre of water in three minutes", "Pavel", 3900, ["steel"]],
  ["kettle-2", "Glass kettle", "Boils water where you can see it", "Pavel", 4900, ["glass"]],
  ["pot-1", "Tea pot", "Keeps a litre of tea warm", "Orla", 2400, ["glass", "tea"]],
] as const;

try {
  heading("a shelf and its products, each with its variants in one document");
  const kitchen = categoryId("kitchen");
  await data.categories.put({ id: kitchen, name: "Kitchen", position: 1 });
  const known = await data.products.listByCategory({ categoryId: kitchen }, { limit: 100 });
  const ids = new Map(known.items.map(({ sku, id }) => [sku, id]));
  const products = await data.products.importAll(
    goods.map(([sku, title, description, brand, priceCents, tags]) => {
      const id = ids.get(sku);
      return {
        ...(id !== undefined && { id }),
        sku,
        title,
        description,
        brand,
        categoryId: kitchen,
        priceCents,
        tags,
        attributes: { litres: 1 },
        variants: [
          { code: "eu", label: "Plug type F", stock: 12 },
          { code: "uk", label: "Plug type G", stock: 3 },
        ],
      };
    }),
  );
  const [kettle] = products;
  if (kettle === undefined) throw new Error("the goods were not stored");
  console.log(`${kettle.title}: ${kettle.variants.map(({ label }) => label).join(", ")}`);

  heading("a patch of a stale version is refused");
  const amended = await data.products.amend(kettle.id, { priceCents: 3700 });
  await data.products
    .amend(kettle.id, { priceCents: 1 }, { ifVersion: amended.version - 1 })
    .catch((error: unknown) => {
      if (!isDataError(error)) throw error;
      console.log(`${error.kind}: ${error.message}`);
    });

  // The application cannot write a view. In production a job runs `npm run db -- views rebuild NAME`.
  heading("the search is filled from the products");
  await data.close();
  const { lifecycle, stores } = openStores(config);
  for (const view of rebuildableViews(stores)) {
    const { rows, generation } = await view.rebuild();
    console.log(`${view.name}: ${rows} rows in ${generation}`);
  }
  await lifecycle.close();
  data = openDataLayer(config);

  heading('"boiling water", at most 45 euros, with facets');
  const found = await data.productSearch.search("boiling water", { priceCents: { max: 4500 } }, {});
  for (const { item, score, highlights } of found.items)
    console.log(`${score.toFixed(3)}  ${item.title}  ${highlights.description ?? ""}`);
  console.log(found.facets.brand);

  heading("the cache: the second read does not reach the database");
  for (const read of ["first", "second"]) {
    const began = performance.now();
    await data.productCache.get(kettle.id);
    console.log(`${read} read: ${(performance.now() - began).toFixed(2)} ms`);
  }

  heading("health");
  const health = await data.health.ready();
  for (const store of health.stores)
    console.log(`${store.store} (${store.engine}): ${store.state}`);
} finally {
  await data.close();
}
