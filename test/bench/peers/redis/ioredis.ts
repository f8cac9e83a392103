import { Redis } from "ioredis";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { anyKey, prove, value } from "./keys.ts";

/** The driver as it comes. */
export const open: OpenCalls = async ({ dsn }) => {
  const redis = new Redis(String(dsn));
  await prove(
    (key) => redis.get(key),
    (key, text) => redis.set(key, text, "PX", 60_000),
  );
  return {
    calls: {
      get: () => redis.get(anyKey()),
      set: () => redis.set(anyKey(), value, "PX", 60_000),
    },
    close: async () => redis.disconnect(),
  };
};
