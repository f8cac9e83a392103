import { isNeeded } from "./migrate-code.ts";
import { isPlanned } from "./migrate-steps.ts";
import type { LedgerEntry, Migration } from "./migration.ts";

/** A migration that may not run yet although its files are in order, and why. */
export interface HeldMigration {
  readonly migration: Migration;
  readonly reason: string;
}

export interface MigrationStatus {
  readonly applied: readonly LedgerEntry[];
  /** Begun and neither applied nor reverted: the next `migrate up` or `migrate down` goes on with it. */
  readonly halfWay: readonly LedgerEntry[];
  /** In the order they would be applied; what is half-way comes first. */
  readonly pending: readonly Migration[];
  readonly held: readonly HeldMigration[];
  /** What forbids to go on, each naming a file or an id and the mend; empty when all is well. */
  readonly problems: readonly string[];
}

/** Contract migrations that may run although the store is in use: all, or those named. */
export type Released = boolean | readonly string[];

/** Compares files and ledger as sets of ids with hashes and parents: two branches may have added theirs in any order. */
export function compare(
  migrations: readonly Migration[],
  ledger: readonly LedgerEntry[],
  released: Released = false,
): MigrationStatus {
  const entries = new Map(ledger.map((entry) => [entry.id, entry]));
  const files = new Map(migrations.map((migration) => [migration.id, migration]));
  const applied = ledger.filter((entry) => entry.dirty !== true);
  const halfWay = ledger.filter((entry) => entry.dirty === true && !isPlanned(entry));
  const done = new Set(applied.map(({ id }) => id));
  const begun = new Set(halfWay.map(({ id }) => id));
  const planned = ledger.filter(isPlanned);
  const waiting = migrations.filter(({ id }) => !done.has(id));
  const order = inOrder(waiting, done, begun);
  const held =
    ledger.length === 0
      ? []
      : heldOf(order, new Set([...begun, ...planned.map(({ id }) => id)]), released);
  const stuck = waiting.filter((migration) => !order.includes(migration));
  return {
    applied,
    halfWay,
    pending: order.filter((migration) => !held.some((each) => each.migration === migration)),
    held,
    problems: [
      ...[...applied, ...halfWay].flatMap((entry) =>
        entryProblems(entry, files.get(entry.id), entries),
      ),
      ...planned.flatMap(({ id }) => (files.has(id) ? [] : [withoutFile(id, "to be applied")])),
      ...stuck.flatMap((migration) => stuckProblem(migration, files, entries)),
    ],
  };
}

/** Parents first; of those that may come next what is half-way, else the smallest id. What can never run is left out. */
function inOrder(
  migrations: readonly Migration[],
  applied: ReadonlySet<string>,
  begun: ReadonlySet<string>,
): readonly Migration[] {
  const rank = ({ id }: Migration): string => `${begun.has(id) ? 0 : 1}${id}`;
  const done = new Set(applied);
  const waiting = new Set([...migrations].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)));
  const order: Migration[] = [];
  for (;;) {
    const next = [...waiting].find(({ parents }) => parents.every((parent) => done.has(parent)));
    if (next === undefined) return order;
    waiting.delete(next);
    done.add(next.id);
    order.push(next);
  }
}

/** Contract migrations that nobody released, and what stands on them. One that was begun goes on. */
function heldOf(
  order: readonly Migration[],
  begun: ReadonlySet<string>,
  released: Released,
): readonly HeldMigration[] {
  const held = new Map<string, HeldMigration>();
  const isReleased = (id: string): boolean =>
    typeof released === "boolean" ? released : released.includes(id);
  for (const migration of order) {
    const { id, parents, phase, change } = migration;
    const base = parents.find((parent) => held.has(parent));
    if (base !== undefined) {
      held.set(id, { migration, reason: `stands on ${base}, which is held` });
    } else if (phase === "contract" && !begun.has(id) && !isReleased(id)) {
      const code = change === undefined || change === id ? "it" : change;
      const [waits, then] = isNeeded(migration)
        ? [", new code before it", ", then the new code"]
        : ["", ""];
      const reason = `contract: code of before ${code} fails after it${waits}; when none runs any more: migrate up --contract ${id}${then}`;
      held.set(id, { migration, reason });
    }
  }
  return [...held.values()];
}

function entryProblems(
  entry: LedgerEntry,
  migration: Migration | undefined,
  ledger: ReadonlyMap<string, LedgerEntry>,
): readonly string[] {
  const { id } = entry;
  if (migration === undefined) {
    const state = entry.dirty === true ? "half-way" : "applied";
    return [withoutFile(id, state)];
  }
  const { file, parents } = migration;
  const missing = parents.filter((parent) => !ledger.has(parent));
  if (missing.length > 0) {
    return missing.map(
      (parent) =>
        `${file}: applied before its parent ${parent}; take ${id} back (migrate down), then migrate up applies both in order; or give it back the parents that it was applied with: ${listed(entry.parents)}`,
    );
  }
  // What is half-way may be mended in its file: the runner checks that the steps it has done stayed as they are.
  if (entry.dirty === true) return [];
  if (entry.hash !== migration.hash) {
    return [
      `${file}: changed after it was applied here; take the change back, or migrate down where its data may go, or keep the store as it is and the new text as its record: migrate accept ${id}`,
    ];
  }
  if (listed(parents) !== listed(entry.parents)) {
    return [
      `${file}: its parents are ${listed(parents)} but were ${listed(entry.parents)} when it was applied here; set them back, or migrate accept ${id}`,
    ];
  }
  return [];
}

const withoutFile = (id: string, state: string): string =>
  `drift: ${id} is ${state}, but there is no file of it here; bring it back, or use the checkout that has it`;

/** What keeps a migration from ever running; nothing where that is told of one that it stands on. */
function stuckProblem(
  migration: Migration,
  files: ReadonlyMap<string, Migration>,
  ledger: ReadonlyMap<string, LedgerEntry>,
): readonly string[] {
  const { id, file, parents } = migration;
  const isLost = (parent: string): boolean => !files.has(parent) && !ledger.has(parent);
  const lost = parents.filter(isLost);
  if (lost.length > 0) {
    const above = [...files.values()].filter(
      (each) => each.id !== id && withAncestors(each.id, [...files.values()]).has(id),
    );
    const more = above.length === 0 ? "" : `; ${listed(above.map((each) => each.id))} wait for it`;
    return [
      `${file}: its parent ${lost.join(", ")} is missing: no file here and not applied; bring it back, or name other parents${more}`,
    ];
  }
  const below = withAncestors(id, [...files.values()]);
  if ([...below].some(isLost)) return [];
  const circle = parents.filter((parent) => withAncestors(parent, [...files.values()]).has(id));
  return circle.length === 0
    ? []
    : [`${file}: its parents (${listed(circle)}) form a circle with it; name other parents`];
}

const listed = (ids: readonly string[]): string => [...ids].sort().join(", ") || "none";

/** A migration and all that it stands on. */
export function withAncestors(
  id: string,
  migrations: readonly Pick<Migration, "id" | "parents">[],
): ReadonlySet<string> {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byId.get(next)?.parents ?? []));
  }
  return found;
}
