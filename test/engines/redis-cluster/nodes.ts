/** The nodes of one test cluster as plain data, written by the provider and read by the process that runs them. */

export interface NodePlan {
  readonly port: number;
  readonly busPort: number;
  readonly folder: string;
}

export interface ClusterPlan {
  /** Program and the name that it must see itself called by. */
  readonly command: string;
  readonly argv0: string;
  readonly nodes: readonly NodePlan[];
  /** The first ones hold the slots, the rest replicate them in turn. */
  readonly primaries: number;
  readonly settings: readonly string[];
  readonly password?: string;
}
