import { classify } from "../../../templates/engines/milvus/errors.ts";
import { defineEngine } from "../engine.ts";
import { capabilities } from "./capabilities.ts";
import { compose } from "./compose.ts";
import { credentials } from "./credentials.ts";
import { columnOf } from "./definition.ts";
import { refuse, vectorViews } from "./refuse.ts";
import { planner } from "./schema/planner.ts";
import { storeFile } from "./store-file.ts";
import { viewFile } from "./view-file.ts";

export default defineEngine({
  id: "milvus",
  title: "Milvus",
  ports: ["vector"],
  capabilities,
  types: (type, field) =>
    type.kind === "vector"
      ? { column: `FloatVector(${type.dimensions})` }
      : { column: columnOf(field) === undefined ? "item (VarChar, JSON text)" : "scalar field" },
  dsn: {
    schemes: [
      { scheme: "milvus:", meaning: "a server over gRPC" },
      { scheme: "milvus+https:", meaning: "a server over TLS, its certificate verified" },
    ],
    parameters: [],
    examples: [
      { dsn: "milvus://127.0.0.1:19530/default", comment: "database default of a local server" },
      { dsn: "milvus+https://app:password@vectors.example:19530/shop", comment: "TLS and a user" },
      {
        dsn: "milvus+https://:password@vectors.example:443/shop",
        comment: "a token, given as a password without a user",
      },
    ],
  },
  credentials,
  transports: [
    {
      name: "@zilliz/milvus2-sdk-node",
      // The driver hands its connections to grpc-js, whose channels and credentials are used directly.
      packages: { "@zilliz/milvus2-sdk-node": "~3.0.6", "@grpc/grpc-js": "^1.14.4" },
      scheme: "milvus:",
      embedded: false,
    },
  ],
  classify,
  emit: (store, ir) => [storeFile(store), ...vectorViews(store).map((view) => viewFile(view, ir))],
  schema: planner,
  refuse,
  compose,
});
