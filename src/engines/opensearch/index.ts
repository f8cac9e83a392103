import { classify } from "../../../templates/engines/opensearch/errors.ts";
import { defineEngine } from "../engine.ts";
import { capabilities } from "./capabilities.ts";
import { compose } from "./compose.ts";
import { credentials } from "./credentials.ts";
import { storedType } from "./fields.ts";
import { refuse } from "./refuse.ts";
import { planner } from "./schema/planner.ts";
import { searchFile } from "./search-file.ts";
import { heldViews, storeFile } from "./store-file.ts";
import { vectorFile } from "./vector-file.ts";

export default defineEngine({
  id: "opensearch",
  title: "OpenSearch",
  ports: ["search", "vector"],
  capabilities,
  types: storedType,
  dsn: {
    schemes: [
      { scheme: "opensearch:", meaning: "a cluster over plain HTTP" },
      {
        scheme: "opensearch+https:",
        meaning: "a cluster over TLS, its certificates verified",
      },
    ],
    parameters: [
      { name: "ca", meaning: "file with the authority that signed the cluster's certificates" },
    ],
    examples: [
      {
        dsn: "opensearch://127.0.0.1:9200",
        comment: "a local node without the security plugin",
      },
      {
        dsn: "opensearch+https://app:password@search-1.example,search-2.example:9200/staging",
        comment: "two nodes, TLS, a user; every index begins with staging-",
      },
    ],
  },
  credentials,
  transports: [
    {
      name: "http",
      packages: { "@opensearch-project/opensearch": "^3.9.0" },
      scheme: "opensearch:",
      embedded: false,
    },
  ],
  classify,
  emit: (store, ir) => [
    ...heldViews(store).map((view) =>
      view.port === "search" ? searchFile(view, store, ir) : vectorFile(view, store, ir),
    ),
    storeFile(store, ir),
  ],
  schema: planner,
  refuse,
  compose,
});
