import { createHash } from "node:crypto";
import type { Model } from "../spec/model.ts";
import { points, type Candidate } from "./assess.ts";
import { costTable, openingCost, sortedEngines, type CostTable, type Row } from "./cost-table.ts";
import { comparing, type Comparison } from "./difference.ts";
import { decide, type Outcome } from "./decide.ts";
import { flipFinder } from "./flip.ts";
import { replanner, type Replanner } from "./replan.ts";
import type { Lock } from "./lock.ts";
import type { Decision, Flip, Plan, PlannedStore, Reason } from "./plan.ts";
import type { PlanProblem } from "./problems.ts";
import {
  authoritiesByEngine,
  reasonsFor,
  rejectionsFor,
  type AuthoritiesByEngine,
} from "./reasons.ts";
import type { Requirements } from "./requirement.ts";
import { storesOf } from "./stores.ts";

export type PlanResult =
  | { readonly plan: Plan; readonly problems?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly PlanProblem[] };

export interface PlanOptions {
  /** `false` leaves the flips out: they take most of the time, and generation needs none. Default true. */
  readonly flips?: boolean;
}

/**
 * Decides which store serves which workload. Pure and deterministic: an equal model gives a byte-equal plan, whatever the order of
 * its entities and workloads.
 *
 * @param lock decisions to keep as long as they can still be served; without it the cheapest plan wins
 */
export function planModel(
  model: Model,
  engines: readonly Candidate[],
  lock?: Lock,
  options: PlanOptions = {},
): PlanResult {
  const sorted = sortedEngines(engines);
  const table = costTable(model, sorted);
  const outcome = decide(table, lock);
  if ("problems" in outcome) return { problems: outcome.problems };
  const stores = storesOf(table, outcome.engines, lock);
  const again = replanner(table);
  const flips = options.flips === false ? undefined : flipFinder(table, again);
  const served = authoritiesByEngine(table, outcome.engines);
  const compared = comparing(table, outcome.engines, outcome.total);
  const context: Context = { table, outcome, stores, again, flips, locked: lock, served, compared };
  const names = [...table.rows.keys()].toSorted();
  return {
    plan: {
      project: model.project,
      stores,
      decisions: names.flatMap((name) => decisionOf(context, name)),
    },
  };
}

interface Context {
  readonly table: CostTable;
  readonly outcome: Extract<Outcome, { readonly total: number }>;
  readonly stores: readonly PlannedStore[];
  readonly again: Replanner;
  readonly flips: ReturnType<typeof flipFinder> | undefined;
  readonly locked: Lock | undefined;
  readonly served: AuthoritiesByEngine;
  readonly compared: Comparison;
}

function decisionOf(context: Context, name: string): readonly Decision[] {
  const { table, outcome, stores } = context;
  const row = table.rows.get(name);
  const engine = outcome.engines.get(name);
  if (!row || !engine) return [];
  const { requirements, workload } = row;
  const free = freeChoice(context, name, engine);
  const own = stores.find(({ workloads }) => workloads.includes(name));
  const others = stores.filter((store) => store.engine === engine.id && store !== own);
  return [
    {
      workload: name,
      kind: workload.kind,
      port: requirements.port,
      store: own?.name ?? "",
      engine: engine.id,
      reasons: [
        ...reasonsFor(
          table,
          row,
          engine,
          context.served,
          others.flatMap(({ workloads }) => workloads),
        ),
        ...(others.length === 0 ? [] : apart(engine)),
        ...free.reasons,
      ],
      scores: scoresOf(table, row),
      rejected: rejectionsFor(
        table,
        row,
        engine,
        outcome.total,
        (other) => context.again.totalWith(name, other),
        context.compared,
      ),
      flips: free.flips,
      requirementsHash: hashOf(requirements),
    },
  ];
}

/** Why an engine has more than one store. */
function apart(engine: Candidate): readonly Reason[] {
  const why = engine.capabilities.features["separate-caches"];
  return why === undefined
    ? []
    : [{ text: `in a server of its own: ${why.text}`, evidence: why.evidence }];
}

/** Flips of the free decision; a decision that only the lock holds has none, and says so. */
function freeChoice(
  { flips, locked }: Context,
  name: string,
  engine: Candidate,
): { readonly reasons: readonly Reason[]; readonly flips: readonly Flip[] } {
  if (!flips) return { reasons: [], flips: [] };
  const choice = flips.engineOf(name);
  if (locked === undefined || choice?.id === engine.id) {
    return { reasons: [], flips: flips.flipsOf(name) };
  }
  const text = `held on ${engine.title} by the lock; a free plan would choose ${choice?.title ?? "none"}`;
  return { reasons: [{ text, evidence: [] }], flips: [] };
}

function scoresOf(table: CostTable, row: Row): Decision["scores"] {
  return row.assessments.flatMap((assessment, at) => {
    const engine = table.engines[at];
    if (!assessment.admissible || !engine) return [];
    const opening = openingCost(engine, table.model);
    const cost = points(assessment.cost + opening);
    return [{ engine: engine.id, cost, terms: { opening, ...assessment.terms } }];
  });
}

/** What was asked, without the words: the lock notices a changed requirement, not a changed phrase. */
function hashOf({ port, hard, wishes }: Requirements): string {
  const asked = {
    port,
    hard: hard.map(({ id, test }) => ({ id, test })),
    wishes: wishes.map(({ feature, weight }) => ({ feature, weight })),
  };
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 16);
}
