/** Faults at random times for long runs: one at a time, repeatable by seed. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultProxy } from "./fault-proxy.ts";
import { between, seeded } from "./random.ts";
import type { Toxic } from "./toxics.ts";

export interface ScheduledFault {
  readonly toxic: Toxic;
  /** How long it stays in force. */
  readonly forMs: number;
}

export interface FaultSchedule {
  /** What struck so far, in order. */
  readonly struck: readonly Toxic["kind"][];
  /** Ends the schedule at once; the fault in force is removed. */
  stop(): Promise<void>;
}

export interface ScheduleOptions {
  readonly seed: number;
  /** Pause between two faults, in milliseconds, both ends included. */
  readonly pauseMs: readonly [number, number];
  readonly faults: readonly ScheduledFault[];
}

/** Starts at once with a pause. The same seed gives the same faults with the same pauses. */
export function scheduleFaults(proxy: FaultProxy, options: ScheduleOptions): FaultSchedule {
  const random = seeded(options.seed);
  const struck: Toxic["kind"][] = [];
  const stopped = new AbortController();
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
  const run = async (): Promise<void> => {
    for (;;) {
      await pause(between(random, ...options.pauseMs));
      const fault = options.faults[between(random, 0, options.faults.length - 1)];
      if (stopped.signal.aborted || !fault) return;
      const handle = proxy.add(fault.toxic);
      struck.push(fault.toxic.kind);
      await pause(fault.forMs);
      handle.remove();
    }
  };
  const running = run();
  return {
    struck,
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
