import type { Ir } from "../ir/types.ts";
import type { UnitInputs } from "../ir/unit-inputs.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Plan } from "../select/plan.ts";
import { aboutWidestRow, isAuthority } from "../select/volume.ts";
import type { Model } from "../spec/model.ts";

/** One side of a comparison: a part of a spec, and what it comes to. */
export interface Side {
  readonly sizes: Sizes;
  readonly plan: Plan;
  readonly ir: Ir;
  readonly inputs: UnitInputs;
  readonly files: readonly VirtualFile[];
  /** By unit: the model to store beside its files. */
  readonly models: ReadonlyMap<string, unknown>;
  /** By store with migrations: the seals of what its schema has to be. */
  readonly seals: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * Whether two sides with the same entities agree in all that does not belong to some of their units: the decisions, the shared files, the
 * inputs of the other units. What the rest of the spec adds to each of these is the same on both sides, so the whole agrees there too.
 */
export function agree(before: Side, after: Side, units: ReadonlySet<string>): boolean {
  return (
    before.inputs.common === after.inputs.common &&
    same(before.plan, after.plan) &&
    same(others(before.files, units), others(after.files, units)) &&
    same(othersOf(before.models, units), othersOf(after.models, units)) &&
    sameUnits(before.inputs, after.inputs, units)
  );
}

/** Which units there are, what they refer to, and what those are made from that are none of `units`. */
function sameUnits(before: UnitInputs, after: UnitInputs, units: ReadonlySet<string>): boolean {
  const shape = ({ units: all }: UnitInputs): unknown =>
    [...all].map(([unit, { family, to, own }]) => [unit, family, to, units.has(unit) ? "" : own]);
  return same(shape(before), shape(after));
}

const others = (files: readonly VirtualFile[], units: ReadonlySet<string>): unknown =>
  files.filter(({ unit }) => !units.has(unit));

const othersOf = (models: ReadonlyMap<string, unknown>, units: ReadonlySet<string>): unknown =>
  [...models].filter(([unit]) => !units.has(unit));

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** By kind of name, what is claimed after a change; undefined when a new name is one that something else may hold. */
export function nextNames(before: Names, after: Names, claimed: Names): Names | undefined {
  const next: Record<string, readonly string[]> = { ...claimed };
  for (const [kind, names] of Object.entries(after)) {
    const [old, now] = [new Set(before[kind]), new Set(names)];
    const gone = new Set([...old].filter((name) => !now.has(name)));
    const come = names.filter((name) => !old.has(name));
    const all = new Set(claimed[kind]);
    if (come.some((name) => all.has(name))) return undefined;
    if (gone.size + come.length > 0)
      next[kind] = [...[...all].filter((name) => !gone.has(name)), ...come];
  }
  return next;
}

/** By kind: names in lower case. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** By workload: about how wide the widest row of its entities is, in bytes. */
export type Sizes = Readonly<Record<string, number>>;

export const sizesOf = (model: Model): Sizes =>
  Object.fromEntries(
    model.workloads
      .filter(isAuthority)
      .map((workload) => [workload.name, aboutWidestRow(model, workload)]),
  );

/**
 * By workload, the widest row of all its entities after a change of some; undefined when it is another one then, by which stores are chosen
 * and sized, or when only a look at the others tells: one that was the widest has become narrower.
 */
export function nextSizes(before: Sizes, after: Sizes, all: Sizes): Sizes | undefined {
  const stays = Object.entries(all).every(([name, widest]) => {
    const [was, is] = [before[name] ?? 0, after[name] ?? 0];
    return is <= widest && (is === widest || was < widest);
  });
  return stays ? all : undefined;
}
