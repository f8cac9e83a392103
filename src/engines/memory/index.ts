import { classify } from "../../../templates/engines/memory/errors.ts";
import { defineEngine } from "../engine.ts";
import { cacheStoreFiles } from "../families/cache/emit.ts";
import { capabilities } from "./capabilities.ts";

export default defineEngine({
  id: "memory",
  title: "in-process cache",
  ports: ["cache"],
  capabilities,
  types: () => ({ column: "JSON text" }),
  dsn: {
    schemes: [{ scheme: "memory:", meaning: "in this process; gone with it" }],
    parameters: [],
    examples: [{ dsn: "memory:", comment: "nothing to configure" }],
    embedded: () => "memory:",
  },
  transports: [{ name: "heap", packages: {}, scheme: "memory:", embedded: true }],
  classify,
  emit: (store, ir) =>
    cacheStoreFiles({ id: "memory", type: "MemoryStore", open: "openMemory" }, store, ir),
});
