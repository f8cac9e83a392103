import type { StoreHealth } from "../../runtime/health.ts";
import { ask } from "./ask.ts";
import { classify } from "./errors.ts";
import type { TextRow } from "./statement.ts";
import type { Lane } from "./wire.ts";

// A store in process may have to start first; a probe that cannot wait has its own limit.
const patienceMs = 5_000;
const slowMs = 500;
const probe = `select current_setting('server_version'), current_setting('transaction_read_only'), pg_is_in_recovery()`;

/**
 * Asks the server for its version and whether it takes writes. Never rejects, never takes longer than five seconds.
 *
 * @param starts the time includes the start of the database itself, which says nothing of its speed
 */
export const checkHealth = async (
  who: Pick<StoreHealth, "store" | "engine">,
  lane: Lane,
  starts: boolean,
): Promise<StoreHealth> => {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), patienceMs);
  });
  try {
    const rows = await Promise.race([ask(lane, probe), patience]);
    return { ...who, ...judge(rows, performance.now() - began, starts) };
  } catch (error) {
    const { kind, code, message } = classify(error);
    const detail = message ?? (code === undefined ? kind : `${kind} (${code})`);
    return { ...who, state: "down", latencyMs: Math.round(performance.now() - began), detail };
  } finally {
    clearTimeout(timer);
  }
};

const judge = (
  rows: readonly TextRow[] | "silent",
  elapsedMs: number,
  starts: boolean,
): Pick<StoreHealth, "state" | "latencyMs" | "detail"> => {
  const latencyMs = Math.round(elapsedMs);
  if (rows === "silent")
    return { state: "down", latencyMs, detail: `no answer within ${patienceMs} ms` };
  const [version, readOnly, inRecovery] = rows[0] ?? [];
  if (inRecovery === "t")
    return { state: "degraded", latencyMs, detail: `replica, read-only, ${version}` };
  if (readOnly === "on") return { state: "degraded", latencyMs, detail: `read-only, ${version}` };
  if (latencyMs > slowMs && !starts)
    return { state: "degraded", latencyMs, detail: `slow, ${version}` };
  return { state: "up", latencyMs, detail: `version ${version}` };
};
