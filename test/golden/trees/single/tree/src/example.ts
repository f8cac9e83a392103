import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  const note = await data.notes.write({
    title: "Example title",
    writtenOn: "2026-01-31",
  });
  console.log("stored", note);
  console.log("data.notes.get", await data.notes.get(note.id));
  console.log("data.notes.newest", await data.notes.newest({}, { limit: 10 }));

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
