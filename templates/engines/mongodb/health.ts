import type { Document } from "mongodb";
import type { Dsn } from "../../runtime/dsn.ts";
import type { StoreHealth } from "../../runtime/health.ts";
import { classify } from "./errors.ts";

const patienceMs = 5_000;
const slowMs = 500;

/** What only a write would tell: whether the replica set knows the mode that the DSN names. */
export function modeHint({ parameters }: Pick<Dsn, "parameters">): string | undefined {
  const mode = parameters.get("w");
  if (mode === undefined || mode === "majority" || /^\d+$/.test(mode)) return undefined;
  return `writes wait for the mode ${mode} (w in the DSN), which the settings of the replica set have to define (getLastErrorModes)`;
}

/** Asks the server whether it takes writes. Never rejects, never takes longer than five seconds. A `hint` stands beside a store that is up. */
export async function checkHealth(
  who: Pick<StoreHealth, "store" | "engine">,
  hello: () => Promise<Document>,
  hint?: string,
): Promise<StoreHealth> {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    const answer = await Promise.race([hello(), patience]);
    const judged = judge(answer, performance.now() - began);
    return {
      ...who,
      ...(hint === undefined || judged.state !== "up" ? {} : { detail: hint }),
      ...judged,
    };
  } catch (error) {
    const { kind, code } = classify(error);
    const detail = code === undefined ? kind : `${kind} (${code})`;
    return { ...who, state: "down", latencyMs: Math.round(performance.now() - began), detail };
  } finally {
    clearTimeout(timer);
  }
}

function judge(
  answer: Document | undefined,
  elapsedMs: number,
): Pick<StoreHealth, "state" | "latencyMs" | "detail"> {
  const latencyMs = Math.round(elapsedMs);
  if (answer === undefined)
    return { state: "down", latencyMs, detail: `no answer within ${patienceMs} ms` };
  if (answer["isWritablePrimary"] === false)
    return { state: "degraded", latencyMs, detail: "not the primary" };
  if (latencyMs > slowMs) return { state: "degraded", latencyMs, detail: "slow" };
  return { state: "up", latencyMs };
}
