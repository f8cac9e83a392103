import { randomUUID } from "node:crypto";
import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  // Makes what must be unique differ from run to run.
  const run = Date.now().toString(36);
  const tenant = data.forTenant(randomUUID());

  const article = await data.main.transaction((tx) =>
    tx.articles.write({
      slug: `slug-${run}`,
      title: "Example title",
      words: 1,
      tags: ["example"],
      extra: {},
      sections: [
        {
          no: 1,
          text: "Example text",
        },
      ],
    }),
  );
  console.log("stored", article);
  console.log("data.articles.get", await data.articles.get(article.id));
  console.log(
    "data.articles.listByState",
    await data.articles.listByState({ state: article.state }, { limit: 10 }),
  );

  const reading = await tenant.readings.record({
    reader: `reader-${run}`,
    day: "2026-01-31",
  });
  console.log("stored", reading);

  console.log("data.articleCache", await data.articleCache.get(article.id));

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
