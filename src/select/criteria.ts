import type { Port } from "./plan.ts";

/**
 * What an engine can do, as data. An entry that is missing means *no*, never *perhaps*; every entry cites the evidence card of the
 * engine (`references/engines/<engine>.md`).
 */
export interface Capabilities {
  readonly ports: Partial<Readonly<Record<Port, Capability>>>;
  /** Features by name, e.g. `tenant-isolation`, `transactions`, `ranked-text`. */
  readonly features: Readonly<Record<string, Capability>>;
  /** Hard limits by name with the largest value carried, e.g. `vector-dimensions`, `item-bytes`, `rows`. */
  readonly limits: Readonly<Record<string, Limit>>;
  /** Hosting the engine can be had on. */
  readonly hosting: Readonly<Record<string, Capability>>;
}

export interface Capability {
  readonly evidence: readonly string[];
  /** Short statement for the explanation. */
  readonly text: string;
}

export interface Limit extends Capability {
  /** Comfortable up to here: beyond it the cost rises. */
  readonly comfortable?: number;
  /** Impossible beyond here. */
  readonly max?: number;
  readonly unit: string;
}
