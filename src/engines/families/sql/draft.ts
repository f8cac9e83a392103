import { fileStem } from "../../../ir/names.ts";
import type { Step } from "../../../migrate/step.ts";
import { phases } from "../../../migrate/step.ts";

/** A step before it has its place and its name. */
export interface Draft extends Omit<Step, "name" | "up" | "down"> {
  /** Steps of one phase run by rank; equal ones in the order in which they were made. */
  readonly rank: number;
  /** What its name is made from. */
  readonly stem: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
}

type Given = Pick<Draft, "rank" | "stem" | "title" | "up" | "down" | "touches"> & Partial<Draft>;

/** A step of one transaction that can be taken back and keeps nobody waiting, unless said otherwise. */
export const draft = (given: Given): Draft => ({
  phase: "expand",
  reversibility: "reversible",
  risks: ["none"],
  transactional: true,
  ...given,
});

/** The steps in the order in which they run, each under a name of its own. */
export const ordered = (drafts: readonly Draft[]): readonly Step[] => steps(inOrder(drafts));

/** Drafts in the order in which they run. */
export const inOrder = (drafts: readonly Draft[]): readonly Draft[] =>
  distinct(drafts).toSorted(
    (a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase) || a.rank - b.rank,
  );

/** Drafts that are in order, each under a name of its own. */
export function steps(drafts: readonly Draft[]): readonly Step[] {
  const taken = new Set<string>();
  return drafts.map((each) => named(each, free(fileStem(each.stem), taken)));
}

/** Two changes of one table may both need the same preparation. */
function distinct(drafts: readonly Draft[]): readonly Draft[] {
  const seen = new Map<string, Draft>();
  for (const each of drafts) {
    const text = JSON.stringify([each.phase, each.rank, each.up, each.down]);
    if (each.up.length + each.down.length > 0 && !seen.has(text)) seen.set(text, each);
  }
  return [...seen.values()];
}

function named({ rank: _rank, stem: _stem, ...step }: Draft, name: string): Step {
  return { name, ...step, up: step.up.join("\n"), down: step.down.join("\n") };
}

function free(stem: string, taken: Set<string>): string {
  const plain = stem === "" ? "step" : stem;
  let name = plain;
  for (let at = 2; taken.has(name); at += 1) name = `${plain}-${at}`;
  taken.add(name);
  return name;
}
