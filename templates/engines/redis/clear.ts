import type { RedisRouter } from "./router.ts";

const spec = { operation: "clear", effect: "read" } as const;
const scanCount = 500;

/** Removes the keys that begin with a namespace, server by server, without stopping any of them for long. */
export async function clearKeys(router: RedisRouter, namespace: string): Promise<void> {
  const match = `${namespace.replaceAll(/[[\]\\^*?]/g, String.raw`\$&`)}:*`;
  for (const server of await router.everywhere()) {
    let cursor = "0";
    do {
      const reply = await server.call(spec, "scan", [cursor, "match", match, "count", scanCount]);
      const [next, keys] = reply as readonly [string, readonly string[]];
      for (const group of router.together(keys))
        if (group.length > 0) await router.nested.call(spec, "unlink", group);
      cursor = next;
    } while (cursor !== "0");
  }
}
