import { configFromEnv, openDataLayer } from "../lib/store/index.js";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  // Makes what must be unique differ from run to run.
  const run = Date.now().toString(36);

  const book = await data.books.add({
    isbn: `isbn-${run}`,
    title: "Example title",
    blurb: "Example blurb",
    price: "1",
    genre: "poetry",
  });
  console.log("stored", book);
  console.log("data.books.get", await data.books.get(book.id));
  console.log("data.books.byGenre", await data.books.byGenre({ genre: book.genre }, { limit: 10 }));

  console.log("data.bookSearch.search", await data.bookSearch.search("example", {}, { limit: 10 }));

  console.log("data.alike.nearest", await data.alike.nearest(new Float32Array(16).fill(0.1), {}));

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
