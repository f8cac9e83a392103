// Redis checks nothing: whatever lies in a hash is an error of the data layer at most.
import { expect, test } from "vitest";
import { json, timestamp, type ValueCodec } from "../../../templates/engines/redis/codec.ts";
import type { RedisRouter } from "../../../templates/engines/redis/router.ts";
import { hash } from "../../../templates/engines/redis/structure-hash.ts";
import type { StructureHost } from "../../../templates/engines/redis/structure-host.ts";

/** A hash whose server gives `reply`. */
function hashWith<V>(value: ValueCodec<V>, reply: unknown) {
  const router = { call: async () => reply } as unknown as RedisRouter;
  const runtime = { store: "main" } as StructureHost["runtime"];
  const host: StructureHost = { router, runtime, namespace: "n", onError: () => {} };
  return hash(host, { name: "live.seen", prefix: "live.seen", value });
}

const id = "0190b0f4-6c2e-7a33-8d55-1f0d8a4c9e77";
const refused = {
  name: "DataError",
  kind: "programming",
  hint: expect.stringContaining("set the field again, or remove it"),
};

test.each([
  ["json", json(), ""],
  ["json", json(), "{half"],
  ["timestamp", timestamp(), "yesterday"],
])("%s: what is stored as %s is told, and not shown", async (_, codec, stored) => {
  const told = (method: string) => ({
    ...refused,
    message: `live.seen.${method}: the stored value of ${id} is not of its type`,
  });
  await expect(hashWith<unknown>(codec as never, stored).get("k", id)).rejects.toMatchObject(
    told("get"),
  );
  await expect(hashWith<unknown>(codec as never, [id, stored]).getAll("k")).rejects.toMatchObject(
    told("getAll"),
  );
});

test("a field's name that may be personal is not shown", async () => {
  const named = hashWith(json(), "").get("k", "ann@example.org");
  await expect(named).rejects.toMatchObject({
    message: "live.seen.get: the stored value is not of its type",
  });
});
