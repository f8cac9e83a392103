import { adopted } from "./migrate-drift.ts";
import { digestsOf, type RunStep } from "./migrate-steps.ts";
import type {
  DriftedObject,
  LedgerNote,
  Migration,
  MigrationTarget,
  PartitionNote,
  Progress,
  RunContext,
} from "./migration.ts";

/** Told while a batch step runs. */
export interface StepProgress {
  readonly kind: "progress";
  readonly migration: Migration;
  readonly step: string;
  readonly title: string;
  /** Rows, of this and of earlier runs. */
  readonly done: number;
  /** Rows, when the step can estimate them. */
  readonly total?: number | undefined;
  /** Milliseconds left at the pace of this run. */
  readonly etaMs?: number | undefined;
}

/** What a run of migrations tells while it works. */
export type MigrateEvent =
  | { readonly kind: "apply" | "applied" | "revert" | "reverted"; readonly migration: Migration }
  /** It goes on at a step where an earlier run broke off. */
  | { readonly kind: "resume"; readonly migration: Migration; readonly step: string }
  | { readonly kind: "held"; readonly migration: Migration; readonly reason: string }
  /** An attempt got no lock; another follows. */
  | { readonly kind: "waiting"; readonly migration: Migration; readonly attempt: number }
  /** A partition that was made for the time to come, or could not be. */
  | { readonly kind: "partition"; readonly note: PartitionNote }
  | StepProgress;

/** One migration under way. */
export interface Run {
  readonly target: MigrationTarget;
  readonly migration: Migration;
  readonly steps: readonly RunStep[];
  readonly context: RunContext;
  readonly tell: (event: MigrateEvent) => void;
  /** What others had changed in the catalogue before this migration began. */
  readonly drift: readonly DriftedObject[];
}

/** The note for `index` steps being there: half-way, or the end of the way in this direction. */
export function noteAt(run: Run, index: number, end: "applied" | "reverted"): LedgerNote {
  const { migration, steps, drift } = run;
  if (index === (end === "applied" ? steps.length : 0))
    return { state: end, migration, adopt: (now) => adopted(now, drift) };
  return halfWay(run, index, { begun: false });
}

/** The note for step `index` being under way or next. */
export function halfWay(
  { migration, steps, drift }: Run,
  index: number,
  progress: Pick<Progress, "begun" | "key" | "done">,
): LedgerNote {
  return {
    state: "half-way",
    migration,
    step: steps[index]?.name ?? "",
    progress: {
      ...progress,
      applied: digestsOf(steps, index),
      ...(drift.length > 0 && { drift }),
    },
  };
}
