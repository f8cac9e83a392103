import { randomUUID } from "node:crypto";
import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  const tenant = data.forTenant(randomUUID());

  const article = await data.articles.add({
    title: "Example title",
    body: "Example body",
    tags: ["example"],
    words: 1,
    reads: 1n,
    price: "1",
    printed: true,
    day: "2026-01-31",
    at: new Date(),
  });
  console.log("stored", article);
  console.log("data.articles.get", await data.articles.get(article.id));

  const note = await tenant.notes.add({
    text: "Example text",
  });
  console.log("stored", note);
  console.log("tenant.notes.get", await tenant.notes.get(note.id));

  console.log(
    "data.articleSearch.search",
    await data.articleSearch.search("example", {}, { limit: 10 }),
  );

  console.log("data.articleSearch.all", await data.articleSearch.all("example"));

  console.log("data.alike.nearest", await data.alike.nearest(new Float32Array(16).fill(0.1), {}));

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
