import { randomUUID } from "node:crypto";
import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  // Makes what must be unique differ from run to run.
  const run = Date.now().toString(36);
  const tenant = data.forTenant(randomUUID());

  const account = await tenant.main.transaction((tx) =>
    tx.accounts.open({
      owner: "Example owner",
      openedAt: new Date(),
      entries: [
        {
          lineNo: 1,
          amount: "1",
        },
      ],
    }),
  );
  console.log("stored", account);
  console.log("tenant.accounts.get", await tenant.accounts.get(account.id));
  console.log("tenant.accounts.list", await tenant.accounts.list({ limit: 10 }));

  const book = await data.books.add({
    isbn: `isbn-${run}`,
    title: "Example title",
    body: "Example body",
    tags: ["example"],
  });
  console.log("stored", book);
  console.log("data.books.get", await data.books.get(book.id));

  console.log("data.bookSearch.find", await data.bookSearch.find("example", {}, { limit: 10 }));

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
