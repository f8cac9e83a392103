import type { Model } from "../spec/model.ts";
import type { Candidate } from "./assess.ts";
import type { Flip } from "./plan.ts";
import type { CostTable } from "./cost-table.ts";
import { quantitiesOf, type Quantity } from "./quantity.ts";
import { questionOf } from "./question.ts";
import type { Choice, Replanner } from "./replan.ts";
import { show, showExact } from "./show.ts";

/** Flips kept per decision: the nearest ones. */
const kept = 6;

export interface FlipFinder {
  /** Engine of a free plan. */
  readonly engineOf: (workload: string) => Candidate | undefined;
  /** The nearest values of single quantities that change the engine of a workload, nearest first. */
  readonly flipsOf: (workload: string) => readonly Flip[];
}

/**
 * Finds flips by re-planning: nothing about a threshold is written down anywhere but in the engines' data. Workloads that ask the same
 * in the same surroundings share what was found.
 */
export function flipFinder(table: CostTable, again: Replanner): FlipFinder {
  const workloads = new Map(table.model.workloads.map((workload) => [workload.name, workload]));
  const engineOf = (name: string): Candidate | undefined => again.engines?.get(name);
  const known = new Map<string, readonly Turn[]>();
  return {
    engineOf,
    flipsOf: (name) => {
      const workload = workloads.get(name);
      const now = engineOf(name);
      if (!workload || !now) return [];
      const { model, surroundings } = again.reach(name);
      const found = quantitiesOf(model, workload).flatMap((quantity) => {
        const set = (value: number): Model => quantity.set(model, value);
        const question = `${now.id} ${surroundings} ${questionOf(quantity, (value) => again.rows(set(value)), name)}`;
        const choose = remembered((value) => again.choose(name, set(value)));
        const turns = known.get(question) ?? turnsOf(quantity, choose, now);
        known.set(question, turns);
        return turns.map((turn) => ({
          flip: flipAt(quantity, turn),
          distance: distanceOf(quantity, turn.changes),
        }));
      });
      return found
        .toSorted((a, b) => a.distance - b.distance)
        .slice(0, kept)
        .map(({ flip }) => flip);
    },
  };
}

function remembered(choose: (value: number) => Choice): (value: number) => Choice {
  const known = new Map<number, Choice>();
  return (value) => {
    const choice = known.get(value) ?? choose(value);
    known.set(value, choice);
    return choice;
  };
}

/** Two neighbouring values of a quantity between which the decision turns. */
interface Turn {
  readonly direction: "above" | "below";
  readonly keeps: number;
  readonly changes: number;
  readonly choice: Choice;
}

function turnsOf(
  quantity: Quantity,
  choose: (value: number) => Choice,
  now: Candidate,
): readonly Turn[] {
  const same = (value: number): boolean => choose(value).engine?.id === now.id;
  // A figure that the spec does not give must ask nothing at its start, otherwise it is no free quantity.
  if (!same(quantity.start)) return [];
  return (["above", "below"] as const).flatMap((direction) => {
    const edge = edgeOf(quantity, direction, same);
    return edge ? [{ direction, ...edge, choice: choose(edge.changes) }] : [];
  });
}

const notGiven = 1_000;

function distanceOf(quantity: Quantity, changes: number): number {
  const ratio = Math.max(changes, quantity.step) / Math.max(quantity.start, quantity.step);
  return Math.abs(Math.log(ratio)) + (quantity.current === undefined ? notGiven : 0);
}

interface Edge {
  readonly keeps: number;
  readonly changes: number;
}

/** Doubles (or halves) until the decision changes, then bisects to two neighbouring values. */
function edgeOf(
  { start, min, max, step }: Quantity,
  direction: "above" | "below",
  same: (value: number) => boolean,
): Edge | undefined {
  const value = (units: number): number => Number((units * step).toPrecision(15));
  const units = (amount: number): number => Math.round(amount / step);
  const end = direction === "above" ? units(max) : units(min);
  // Limits and costs only grow with their quantity, so a change that an extreme undoes would need two engines to overtake each other
  // twice; such a flip stays unfound, none that is printed is wrong.
  if (same(value(end))) return undefined;
  let keeps = units(start);
  let changes = keeps;
  while (same(value(changes))) {
    keeps = changes;
    changes = further(changes, end, direction);
  }
  while (Math.abs(changes - keeps) > 1) {
    const middle = Math.floor((keeps + changes) / 2);
    if (same(value(middle))) keeps = middle;
    else changes = middle;
  }
  return { keeps: value(keeps), changes: value(changes) };
}

function further(units: number, end: number, direction: "above" | "below"): number {
  return direction === "above"
    ? Math.min(end, Math.max(units * 2, units + 1))
    : Math.max(end, Math.min(Math.floor(units / 2), units - 1));
}

function flipAt(quantity: Quantity, { direction, keeps, changes, choice }: Turn): Flip {
  const { path, current, label, unit } = quantity;
  const sign = direction === "above" ? ">" : "<";
  const what = `${label === "" ? "" : `${label} `}${sign} ${show(keeps, unit)}`;
  const exact = `${path}: ${showExact(keeps)} keeps, ${showExact(changes)} changes`;
  const target = choice.engine ? `→ ${choice.engine.title}` : `→ nobody (${choice.requirement})`;
  return {
    path,
    current,
    keeps,
    changes,
    direction,
    to: choice.engine?.id,
    ...(choice.engine ? {} : { requirement: choice.requirement }),
    text: `${what} ${target} [${exact}]`,
  };
}
