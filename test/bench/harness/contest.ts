/** Several contender processes over the same calls and numbers of callers. */
import { ContenderProcess, type Measured } from "./contender-process.ts";
import type { Case, Group, SuiteOptions } from "./result.ts";
import { caseOf, pairedRounds, type Measure } from "./rounds.ts";

/** Each contender's figures, one per round. */
export type Samples = ReadonlyMap<string, readonly Measured[]>;

export interface Contest {
  /** Row of the table → module that opens it. */
  readonly contenders: ReadonlyMap<string, { readonly module: string; readonly name?: string }>;
  readonly given: Readonly<Record<string, string | number>>;
  readonly calls: readonly string[];
  readonly callers: readonly number[];
  readonly rounds: number;
  readonly ms: number;
  /** After all rounds of one call and number of callers. */
  readonly after?: (call: string) => Promise<void>;
}

export interface Outcome {
  readonly call: string;
  /** `1 caller`, `32 callers` */
  readonly load: string;
  readonly samples: Samples;
}

/**
 * Starts all, measures each call in paired rounds after it was warmed up, stops all. A call is warmed up no sooner: rows that another one leaves
 * behind are not among those that it reads.
 */
export async function contest(
  plan: Contest,
  { quick, log }: SuiteOptions,
): Promise<readonly Outcome[]> {
  const processes = new Map<string, ContenderProcess>();
  try {
    for (const [row, { module, name }] of plan.contenders) {
      const given = name === undefined ? plan.given : { ...plan.given, contender: name };
      processes.set(row, await ContenderProcess.start(module, given));
    }
    const most = Math.min(32, Math.max(...plan.callers));
    const outcomes: Outcome[] = [];
    for (const call of plan.calls) {
      log(`${call}, warm-up`);
      for (const one of processes.values())
        await one.measure({ call, callers: most, ms: quick ? 100 : 800 });
      for (const callers of plan.callers) {
        const load = callers === 1 ? "1 caller" : `${callers} callers`;
        log(`${call}, ${load}`);
        const ms = quick ? 60 : plan.ms;
        const measures = [...processes].map(([row, one]): [string, Measure<Measured>] => [
          row,
          () => one.measure({ call, callers, ms }),
        ]);
        const samples = await pairedRounds(new Map(measures), quick ? 2 : plan.rounds);
        outcomes.push({ call, load, samples });
        await plan.after?.(call);
      }
    }
    return outcomes;
  } finally {
    await Promise.all([...processes.values()].map((one) => one.stop()));
  }
}

/** The cases of one call, by number of callers. */
export function casesOf(
  outcomes: readonly Outcome[],
  call: string,
  figure: (measured: Measured) => number,
): readonly Case[] {
  return outcomes
    .filter((outcome) => outcome.call === call)
    .map(({ load, samples }) => caseOf(load, samples, figure));
}

/** What a call takes when nobody disturbs it: round trips and work on both sides, also where others use the same cores. */
export function swiftGroup(outcomes: readonly Outcome[], reference: string): Group {
  return {
    title: "Time of an undisturbed call, 1 caller (10th percentile)",
    unit: "µs",
    reference,
    cases: outcomes
      .filter(({ load }) => load === "1 caller")
      .map(({ call, samples }) => caseOf(call, samples, ({ swiftUs }) => swiftUs)),
  };
}

/** What each call costs the contender's process: steadier than calls per second where others use the same cores. */
export function cpuGroup(
  outcomes: readonly Outcome[],
  reference: string,
  load = "32 callers",
): Group {
  return {
    title: `CPU time of the client's process per call, ${load}`,
    unit: "µs",
    reference,
    cases: outcomes
      .filter((outcome) => outcome.load === load)
      .map(({ call, samples }) => caseOf(call, samples, ({ cpuUs }) => cpuUs)),
  };
}
