import type { Port } from "./plan.ts";

/** What an engine is asked, as data; `assess.ts` answers it from the engine's capabilities. */
export type Test =
  | { readonly kind: "allowed"; readonly never: readonly string[] }
  | { readonly kind: "hosting"; readonly hosting: string }
  | { readonly kind: "port"; readonly port: Port }
  | { readonly kind: "feature"; readonly feature: string }
  /** At least this much must be carried. */
  | { readonly kind: "limit"; readonly limit: string; readonly amount: number }
  /** At most this much may be promised. */
  | { readonly kind: "floor"; readonly floor: string; readonly amount: number }
  | { readonly kind: "vector-index"; readonly vectors: number; readonly dimensions: number }
  | { readonly kind: "text-search"; readonly documents: number; readonly withinMs: number };

/** A hard requirement of a workload. Its comfortable range, where the engine states one, adds a soft cost. */
export interface Requirement {
  /** Stable id, e.g. `port:record`, `tenant-isolation`, `dataset-bytes`. */
  readonly id: string;
  /** What the workload needs, to be read after "needs": `transactions`, `50 ms p99`. */
  readonly need: string;
  readonly test: Test;
  /** Worth a word in the one-line reason. */
  readonly headline: boolean;
}

/** Something that is only better to have. */
export interface Wish {
  readonly feature: string;
  readonly need: string;
  /** Points that an engine without it costs more. */
  readonly weight: number;
}

export interface Requirements {
  readonly port: Port;
  readonly hard: readonly Requirement[];
  readonly wishes: readonly Wish[];
}
