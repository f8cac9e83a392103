// A walk through retrieval: `npm start`. This file is yours; change it or delete it.
import { configFromEnv, openDataLayer } from "./data/index.ts";
import { openStores } from "./data/stores/open.ts";
import { rebuildableViews } from "./data/stores/views.ts";
import { embed } from "./embed.ts";

const config = configFromEnv(process.env);
let data = openDataLayer(config);
const heading = (text: string): void => console.log(`\n── ${text}`);

const texts = [
  [
    "handbook/kettles",
    "Kettles",
    [
      [
        "Descaling",
        "Fill the kettle with water and vinegar, boil it once and let it stand overnight.",
      ],
      ["Safety", "Never lift the lid while the water boils; steam burns worse than water."],
    ],
  ],
  [
    "handbook/lamps",
    "Lamps",
    [
      ["Changing the bulb", "Let the lamp cool down before you touch the bulb, and pull the plug."],
      ["Dimming", "A warm light for the evening needs a dimmer that fits the bulb."],
    ],
  ],
] as const;

try {
  heading("documents are taken in with their chunks; the vector comes with the text");
  const known = await data.documents.listNewest({}, { limit: 100 });
  const ids = new Map(known.items.map(({ source, id }) => [source, id]));
  for (const [source, title, passages] of texts) {
    const publishedAt = new Date("2026-01-15T09:00:00.000Z");
    const id = ids.get(source);
    const document = { source, title, publishedAt };
    const { id: documentId } = await data.documents.takeIn(
      id === undefined ? document : { ...document, id },
    );
    const before = await data.chunks.listByDocument({ documentId }, {});
    const chunks = await data.chunks.store(
      passages.map(([head, body], ordinal) => {
        const same = before.items.find((chunk) => chunk.ordinal === ordinal);
        return {
          ...(same !== undefined && { id: same.id }),
          documentId,
          ordinal,
          heading: head,
          body,
          tokens: body.split(" ").length,
          publishedAt,
          embedding: embed(`${head} ${body}`),
        };
      }),
    );
    console.log(`${title}: ${chunks.length} chunks`);
  }

  // The application cannot write a view. In production a job runs `npm run db -- views rebuild NAME`.
  heading("the views are filled from the chunks");
  await data.close();
  const { lifecycle, stores } = openStores(config);
  for (const view of rebuildableViews(stores)) {
    const { rows, generation } = await view.rebuild();
    console.log(`${view.name}: ${rows} rows in ${generation}`);
  }
  await lifecycle.close();
  data = openDataLayer(config);

  heading('by words: "boiling water"');
  const found = await data.chunkSearch.search("boiling water", {}, { limit: 3 });
  for (const { item, score, highlights } of found.items)
    console.log(`${score.toFixed(3)}  ${item.heading}: ${highlights.body ?? item.body}`);

  const question = "how do I clean a kettle that boils water";
  heading(`by meaning: "${question}"`);
  const near = await data.chunkEmbeddings.nearest(embed(question), {}, { limit: 3 });
  for (const { item, score } of near) console.log(`${score.toFixed(3)}  ${item.heading}`);

  heading("by both, fused by rank");
  const both = await data.chunkEmbeddings.nearest(
    embed(question),
    {},
    { limit: 3, text: "vinegar" },
  );
  for (const { item, score } of both) console.log(`${score.toFixed(4)}  ${item.heading}`);

  heading("health");
  const health = await data.health.ready();
  for (const store of health.stores)
    console.log(`${store.store} (${store.engine}): ${store.state}`);
} finally {
  await data.close();
}
