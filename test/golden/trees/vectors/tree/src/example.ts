import { randomUUID } from "node:crypto";
import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  // Makes what must be unique differ from run to run.
  const run = Date.now().toString(36);
  const tenant = data.forTenant(randomUUID());

  const passage = await tenant.passages.add({
    book: "Example book",
    body: "Example body",
    language: "de",
    page: 1,
    serial: 1n,
    open: true,
    addedAt: new Date(),
    tags: ["example"],
    embedding: new Float32Array(3072).fill(0.1),
  });
  console.log("stored", passage);
  console.log("tenant.passages.get", await tenant.passages.get(passage.id));

  const cover = await data.covers.add({
    isbn: `isbn-${run}`,
    copy: Math.floor(Date.now() / 1000),
    shelf: "Example shelf",
  });
  console.log("stored", cover);

  console.log(
    "data.similarCovers.nearest",
    await data.similarCovers.nearest(new Float32Array(2304).fill(0.1), {}),
  );

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
