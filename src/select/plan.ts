/** The Plan: which store serves which workload, why, and what would change the answer. Plain data; byte-equal for an equal Model. */

export type Port =
  | "record"
  | "keyvalue"
  | "cache"
  | "search"
  | "vector"
  | "graph"
  | "analytical"
  | "timeseries";

export interface PlannedStore {
  /** Store name in code and DSN: `main` → `data.main`, `MAIN_URL`. */
  readonly name: string;
  readonly engine: string;
  /** Environment variable that holds its DSN; absent for an in-process engine without one. */
  readonly env?: string;
  /** Ports it serves in this project. */
  readonly ports: readonly Port[];
  readonly workloads: readonly string[];
}

/** One statement in the explanation, with the evidence that stands behind it (`PV-01`). */
export interface Reason {
  readonly text: string;
  readonly evidence: readonly string[];
}

export interface Rejection {
  readonly engine: string;
  /** `requirement`: a hard one that it does not meet; `cost`: it could serve, at a higher total. */
  readonly because: "requirement" | "cost";
  readonly requirement?: string;
  readonly text: string;
  readonly evidence: readonly string[];
  /** Total cost of the best plan that uses it, for `cost`. */
  readonly cost?: number;
}

/** The nearest value of one quantity at which the decision changes; re-planning at both sides proves it. */
export interface Flip {
  /** Path in the spec: `workloads.orders.scale.rows`. */
  readonly path: string;
  readonly current: number | undefined;
  /** Largest (or smallest) value that keeps the decision, and the next one that changes it. */
  readonly keeps: number;
  readonly changes: number;
  readonly direction: "above" | "below";
  /** Engine after the change; undefined when nobody serves it, then `requirement` is named. */
  readonly to: string | undefined;
  readonly requirement?: string;
  readonly text: string;
}

export interface Decision {
  readonly workload: string;
  readonly kind: string;
  readonly port: Port;
  readonly store: string;
  readonly engine: string;
  readonly reasons: readonly Reason[];
  readonly scores: readonly {
    readonly engine: string;
    readonly cost: number;
    readonly terms: Readonly<Record<string, number>>;
  }[];
  readonly rejected: readonly Rejection[];
  readonly flips: readonly Flip[];
  /** Hash of the workload's requirements, as the lock records it. */
  readonly requirementsHash: string;
}

export interface Plan {
  readonly project: string;
  readonly stores: readonly PlannedStore[];
  readonly decisions: readonly Decision[];
}
