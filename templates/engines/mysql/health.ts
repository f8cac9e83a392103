import type { StoreHealth } from "../../runtime/health.ts";
import { classify } from "./errors.ts";

/** Asks for version and whether the server is read-only. */
export type Probe = () => Promise<readonly unknown[]>;

export const probeText = "select version(), @@global.read_only";

const patienceMs = 5_000;
const slowMs = 500;

/** Asks the server for its version and whether it takes writes. Never rejects, never takes longer than five seconds. */
export const checkHealth = async (
  who: Pick<StoreHealth, "store" | "engine">,
  probe: Probe,
): Promise<StoreHealth> => {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), patienceMs);
  });
  try {
    const row = await Promise.race([probe(), patience]);
    return { ...who, ...judge(row, performance.now() - began) };
  } catch (error) {
    const { kind, code, message } = classify(error);
    const latencyMs = Math.round(performance.now() - began);
    // Of the pool itself: the server was not asked.
    if (kind === "overload" && code === undefined)
      return { ...who, state: "degraded", latencyMs, detail: "every connection is in use" };
    const detail = message ?? (code === undefined ? kind : `${kind} (${code})`);
    return { ...who, state: "down", latencyMs, detail };
  } finally {
    clearTimeout(timer);
  }
};

const judge = (
  row: readonly unknown[] | "silent",
  elapsedMs: number,
): Pick<StoreHealth, "state" | "latencyMs" | "detail"> => {
  const latencyMs = Math.round(elapsedMs);
  if (row === "silent")
    return { state: "down", latencyMs, detail: `no answer within ${patienceMs} ms` };
  const [version, readOnly] = row.map(String);
  if (readOnly !== "0") return { state: "degraded", latencyMs, detail: `read-only, ${version}` };
  if (latencyMs > slowMs) return { state: "degraded", latencyMs, detail: `slow, ${version}` };
  return { state: "up", latencyMs, detail: `version ${version}` };
};
