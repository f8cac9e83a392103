import { classify } from "../../../templates/engines/mongodb/errors.ts";
import { defineEngine } from "../engine.ts";
import { feedFile } from "./adapter/feed-file.ts";
import { repositoryFile } from "./adapter/repository-file.ts";
import { capabilities } from "./capabilities.ts";
import { compose } from "./compose.ts";
import { credentials } from "./credentials.ts";
import { bsonTypes } from "./fields.ts";
import { refuse } from "./refuse.ts";
import { planner } from "./schema/planner.ts";
import { storeFile } from "./store.ts";

export default defineEngine({
  id: "mongodb",
  title: "MongoDB",
  ports: ["record"],
  capabilities,
  types: (type) => ({
    column: type.kind === "json" ? "object" : bsonTypes[type.kind],
    ...(type.kind === "decimal" && type.precision > 34 ? { lossy: "34 significant digits" } : {}),
  }),
  dsn: {
    schemes: [
      {
        scheme: "mongodb:",
        meaning:
          "a replica set; a standalone has no transactions, which operation ids, audit and bulk writes need",
      },
      { scheme: "mongodb+srv:", meaning: "a cluster found by DNS, over TLS" },
    ],
    parameters: [
      { name: "replicaSet", meaning: "name of the replica set" },
      { name: "authSource", meaning: "database that holds the user" },
      { name: "tls", meaning: "true for an encrypted connection", flag: true },
      { name: "tlsCAFile", meaning: "file with the authority to trust, in PEM" },
      { name: "directConnection", meaning: "true to talk to the named host only", flag: true },
      {
        name: "w",
        meaning:
          "write concern: majority, the default, or how many members hold a write, 1 to 7, or the name of a mode that the replica set's settings define (getLastErrorModes): what it acknowledges survives a fail-over only where its members are a majority",
        // Without 0: an unacknowledged write tells of no duplicate, and of no failure at all. A set has seven voting members.
        values: ["majority", "1", "2", "3", "4", "5", "6", "7"],
        orName: true,
      },
      {
        name: "readConcernLevel",
        meaning: "what reads may see: majority, the default, linearizable, local or available",
        values: ["majority", "linearizable", "local", "available"],
      },
      {
        name: "readPreference",
        meaning:
          "primary unless stale reads are fine: primaryPreferred, secondary, secondaryPreferred, nearest",
        values: ["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"],
      },
    ],
    examples: [
      {
        dsn: "mongodb://127.0.0.1:27017/app?replicaSet=rs0",
        comment: "a local replica set of one",
      },
      { dsn: "mongodb+srv://app:password@cluster.example/shop", comment: "a managed cluster" },
    ],
  },
  credentials,
  transports: [
    { name: "mongodb", packages: { mongodb: "^7.9.0" }, scheme: "mongodb:", embedded: false },
  ],
  classify,
  emit: (store) => [
    storeFile(store),
    ...store.repositories.map((repository) => repositoryFile(store, repository)),
    ...store.feeds.map((entity) => feedFile(store, entity)),
  ],
  schema: planner,
  refuse,
  nullsFirst: true,
  unitOfWork: true,
  compose,
});
