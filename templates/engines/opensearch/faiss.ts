import { setTimeout as pause } from "node:timers/promises";
import type { Attempt } from "../../runtime/call.ts";
import { DataError, isDataError } from "../../runtime/errors.ts";
import { part } from "./answer.ts";
import type { HttpClient } from "./client.ts";

/** Milliseconds after which a refresh that is not done is looked into, and between two looks. */
const lookMs = 1_500;

/**
 * A refresh, which makes an index write its vectors. Faiss builds its graphs in a library of the nodes' own; where that cannot be loaded, the
 * thread that needs it dies without an answer, and the refresh would wait for its deadline.
 *
 * @throws DataError programming when the graphs are Faiss's and, twice in a row, no thread of any node is at a refresh
 */
export async function unlessThreadDied<T>(
  http: HttpClient,
  index: string,
  attempt: Attempt,
  refresh: Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const looked = async (): Promise<T> => {
    for (let idle = 0; idle < 2;) {
      await pause(lookMs, undefined, { signal: done.signal });
      if (!(await isFaiss(http, index, attempt))) return refresh;
      idle = (await isAtWork(http, index, attempt)) ? 0 : idle + 1;
    }
    throw new DataError({
      kind: "programming",
      message: "no node goes on building the graphs of this view with Faiss",
      hint: "look for UnsatisfiedLinkError in the log of the nodes: they need the k-NN plugin with its native libraries, as the distributions for Linux have it",
    });
  };
  try {
    return await Promise.race([refresh, looked()]);
  } catch (error) {
    // The socket of what is still waited for would keep the process until the deadline.
    if (isDataError(error)) attempt.onAbandon?.("deadline");
    throw error;
  } finally {
    refresh.catch(() => {});
    done.abort();
  }
}

async function isFaiss(http: HttpClient, index: string, attempt: Attempt): Promise<boolean> {
  const path = `/${encodeURIComponent(index)}/_mapping`;
  const mapping = part(await http.send({ method: "GET", path }, attempt), index, "mappings");
  const fields = part(mapping, "properties", "item", "properties");
  return Object.values((fields ?? {}) as object).some(
    (field: unknown) => part(field, "method", "engine") === "faiss",
  );
}

/** Whoever may not see the threads, or waits for a shard that lies nowhere yet, waits as before. */
async function isAtWork(http: HttpClient, index: string, attempt: Attempt): Promise<boolean> {
  const ask = (path: string) => http.send({ method: "GET", path }, attempt).catch(() => ({}));
  const [pools, health] = await Promise.all([
    ask("/_nodes/stats/thread_pool"),
    ask(`/_cluster/health/${encodeURIComponent(index)}`),
  ]);
  const nodes = Object.values((part(pools, "nodes") ?? {}) as object);
  const idle = nodes.every((node: unknown) => {
    const pool = part(node, "thread_pool", "refresh");
    return part(pool, "active") === 0 && part(pool, "queue") === 0;
  });
  const placed = ["green", "yellow"].includes(String(part(health, "status")));
  return !(nodes.length > 0 && idle && placed);
}
