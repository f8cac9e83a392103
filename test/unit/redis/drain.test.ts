import { expect, it } from "vitest";
import { EntityCache } from "../../../templates/runtime/entity-cache.ts";
import { onPrivateRedis, openStore, type OpenedRedis } from "../../faults/redis-server.ts";

const cacheOn = ({ store }: OpenedRedis, version: () => number) =>
  new EntityCache<string, { readonly version: number }>(store, {
    name: "widgetCache",
    namespace: "widget",
    ttlMs: 60_000,
    // A busy machine takes longer than the default to connect.
    budgetMs: 5_000,
    key: (key) => key,
    load: () => Promise.resolve({ version: version() }),
    encode: (entity) => entity,
    decode: (json) => json,
  });

await onPrivateRedis("an invalidation while the data layer drains", (server) => {
  it("reaches the shared level, and every other process with it", async () => {
    let stored = 1;
    const [closing, other] = [openStore(server.dsn), openStore(server.dsn)];
    const [own, theirs] = [cacheOn(closing, () => stored), cacheOn(other, () => stored)];
    expect([await own.get("a"), await theirs.get("a")]).toEqual([{ version: 1 }, { version: 1 }]);

    closing.lifecycle.onClose(() => closing.store.close());
    closing.lifecycle.enter("widgets.update");
    const closed = closing.lifecycle.close();
    stored = 2;
    await own.changed(["a"]);
    closing.lifecycle.leave();
    await closed;
    expect(closing.stray).toEqual([]);
    await expect.poll(() => theirs.get("a")).toEqual({ version: 2 });
    await other.close();
  });
});
