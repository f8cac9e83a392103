import { classify } from "../../../templates/engines/redis/errors.ts";
import { defineEngine } from "../engine.ts";
import { type RedisRuntime, storeFiles } from "./adapter/store.ts";
import { capabilities } from "./capabilities.ts";
import { compose } from "./compose.ts";
import { credentials } from "./credentials.ts";
import { refuse } from "./refuse.ts";

const runtime: RedisRuntime = {
  id: "redis",
  folder: "redis",
  type: "RedisStore",
  open: "openRedis",
};

/** How a value is written where its text is not the value itself. */
const texts: Readonly<Record<string, string>> = {
  timestamp: "milliseconds since 1970",
  json: "JSON",
  array: "JSON array of texts",
  binary: "base64",
  vector: "base64 of 32-bit floats",
};

export default defineEngine({
  id: "redis",
  title: "Redis",
  ports: ["cache", "keyvalue"],
  capabilities,
  types: (type) => ({ column: `hash field (${texts[type.kind] ?? "text"})` }),
  dsn: {
    schemes: [
      { scheme: "redis:", meaning: "a server" },
      { scheme: "rediss:", meaning: "a server over TLS, its certificate verified" },
    ],
    parameters: [
      { name: "connect_timeout_ms", meaning: "milliseconds to connect, 2,000 by default" },
    ],
    examples: [
      { dsn: "redis://127.0.0.1:6379/0", comment: "database 0 of a local server" },
      { dsn: "rediss://app:password@cache.example:6380/0", comment: "TLS and an ACL user" },
    ],
  },
  credentials,
  transports: [
    { name: "ioredis", packages: { ioredis: "^6.0.0" }, scheme: "redis:", embedded: false },
  ],
  classify,
  emit: (store, ir) => storeFiles(runtime, store, ir),
  refuse,
  keyPerTenant: true,
  compose,
});
