import { classify } from "../../../templates/engines/postgres/errors.ts";
import { defineEngine } from "../engine.ts";
import { capabilities } from "./capabilities.ts";
import { compose } from "./compose.ts";
import { credentials } from "./credentials.ts";
import { dsn } from "./dsn.ts";
import { emit } from "./emit.ts";
import { refuse } from "./refuse.ts";
import { planner } from "./schema/planner.ts";
import { storedType } from "./types.ts";

export default defineEngine({
  id: "postgres",
  title: "PostgreSQL",
  ports: ["record", "search", "vector"],
  capabilities,
  types: storedType,
  dsn,
  credentials,
  transports: [
    {
      name: "pg",
      packages: { pg: "^8.23.1", "@types/pg": "^8.23.1" },
      scheme: "postgresql:",
      embedded: false,
    },
    {
      name: "pglite",
      // The vector extension fits exactly one PGlite: both are pinned.
      packages: { "@electric-sql/pglite": "0.5.14", "@electric-sql/pglite-pgvector": "0.0.15" },
      scheme: "pglite:",
      embedded: true,
    },
  ],
  classify,
  unitOfWork: true,
  emit,
  schema: planner,
  rehearsal: async () => (await import("./rehearse/engine.ts")).rehearsal,
  live: async () => (await import("./introspect/live.ts")).live,
  refuse,
  compose,
});
