/** What a suite measured, as it is stored in `results/<suite>.json`. */

/** One contender's figures in one case, one per round; rounds are paired by position. */
export interface Series {
  readonly contender: string;
  readonly samples: readonly number[];
}

/** One case of a table: the contenders took turns within each round. */
export interface Case {
  readonly name: string;
  readonly series: readonly Series[];
}

/** A table: one row per contender, one column per case. */
export interface Group {
  readonly title: string;
  readonly unit: "calls/s" | "ms" | "s" | "MB" | "µs" | "count";
  /** The row that the ratios of the table are taken against. */
  readonly reference: string;
  readonly cases: readonly Case[];
  readonly comment?: string;
}

/** Median and range over rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A figure that was promised. */
export interface Target {
  readonly what: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
  readonly unit: string;
  readonly measured: Spread;
}

export interface SuiteResult {
  readonly suite: string;
  readonly title: string;
  /** A smoke run: too short to be quoted. */
  readonly quick: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly groups: readonly Group[];
  readonly targets: readonly Target[];
  /** One-minute load averages of the machine before and after: above the number of cores, others were using them. */
  readonly load?: readonly [number, number];
  /** How it was measured, and what is to be known when reading it. */
  readonly comments: readonly string[];
}

/** What a suite is told. */
export interface SuiteOptions {
  readonly quick: boolean;
  readonly log: (line: string) => void;
}

export type Suite = (options: SuiteOptions) => Promise<SuiteResult>;
