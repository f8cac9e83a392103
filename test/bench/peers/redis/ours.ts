import type { OpenCalls } from "../../harness/contender-process.ts";
import { openRedisCluster } from "../../../../templates/engines/redis-cluster/store.ts";
import { openRedis, type RedisStore } from "../../../../templates/engines/redis/store.ts";
import { parseDsn } from "../../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../../templates/runtime/lifecycle.ts";
import { anyKey, prove, value } from "./keys.ts";
import { session, sessions } from "./session-record.ts";

/** Opens the store of the runtime as a generated data layer does: deadline, retry rule, lifecycle and in-flight accounting on. */
export const open: OpenCalls = async ({ dsn, engine }) => {
  const store = openStore(String(dsn), engine === "redis-cluster" ? openRedisCluster : openRedis);
  await prove(
    (key) => store.read("get", [key]),
    (key, text) => store.command("set", [key, text, "PX", 60_000]),
  );
  const records = sessions(store.session());
  await Promise.all(Array.from({ length: 200 }, () => records.save(session(anyKey()))));
  return {
    calls: {
      get: () => store.read("get", [anyKey()]),
      set: () => store.command("set", [anyKey(), value, "PX", 60_000]),
      recordGet: () => records.get(anyKey()),
      recordUpsert: () => records.save(session(anyKey())),
    },
    close: () => store.close(),
  };
};

function openStore(text: string, opened: typeof openRedis): RedisStore {
  const dsn = parseDsn(text, { schemes: [{ scheme: "redis" }], parameters: [] });
  const lifecycle = new Lifecycle({ signals: false });
  const context = { lifecycle, telemetry: {}, onError: (error: unknown) => console.error(error) };
  return opened({ name: "cache", namespace: "bench" }, { dsn }, context);
}
