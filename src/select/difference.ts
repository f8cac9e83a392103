import { points, type Candidate } from "./assess.ts";
import { openingCost, type CostTable } from "./cost-table.ts";

/** What another engine changes in the total of a plan. */
export interface Change {
  /** Points: more, or less where negative. */
  readonly points: number;
  /** `to open MySQL`, `for 20 ms p99` */
  readonly what: string;
}

/** How the total of a plan becomes that of one in which another engine serves a workload. */
export type Comparison = (workload: string, other: Candidate, total: number) => readonly Change[];

/**
 * What is opened, what the workload and those that share its store are strained by, and what is closed: points that add up to the difference
 * of both totals.
 */
export function comparing(
  table: CostTable,
  engines: ReadonlyMap<string, Candidate>,
  total: number,
): Comparison {
  const siteOf = new Map(table.sites.flatMap((site) => site.map((name) => [name, site] as const)));
  const served = Map.groupBy(engines.values(), ({ id }) => id);
  const opening = (engine: Candidate): number => openingCost(engine, table.model);
  const runs = ({ id }: Candidate): boolean => table.model.stores.running.includes(id);
  return (workload, other, otherTotal) => {
    const site = siteOf.get(workload) ?? [];
    const chosen = engines.get(workload);
    const isLeft = chosen !== undefined && served.get(chosen.id)?.length === site.length;
    const changes: readonly Change[] = [
      {
        points: served.has(other.id) ? 0 : opening(other),
        what: runs(other) ? `for ${other.title}, which already runs` : `to open ${other.title}`,
      },
      ...site.flatMap((name) => strains(table, name, [chosen?.id, other.id], name !== workload)),
      { points: isLeft ? -opening(chosen) : 0, what: `without ${chosen?.title ?? ""}` },
    ];
    const known = changes.reduce((sum, change) => sum + change.points, total);
    const rest = { points: points(otherTotal - known), what: "for where the others go then" };
    return [...changes, rest].filter((change) => change.points !== 0);
  };
}

function strains(
  { rows }: CostTable,
  name: string,
  [from, to]: readonly [from: string | undefined, to: string],
  named: boolean,
): readonly Change[] {
  const row = rows.get(name);
  const termsOf = (id: string | undefined): Readonly<Record<string, number>> =>
    row?.assessments.find(({ engine }) => engine === id)?.terms ?? {};
  const [before, after] = [termsOf(from), termsOf(to)];
  const needs = new Map<string, string>([
    ...(row?.requirements.hard ?? []).map(({ id, need }) => [id, need] as const),
    ...(row?.requirements.wishes ?? []).map(
      ({ feature, need }) => [feature, `want of ${need}`] as const,
    ),
  ]);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((term) => ({
    points: points((after[term] ?? 0) - (before[term] ?? 0)),
    what: `for ${needs.get(term) ?? term}${named ? ` of ${name}` : ""}`,
  }));
}

/** `+3.375 for MariaDB, which already runs, +5.288 for 20 ms p99, −12 without PostgreSQL` */
export const shownChanges = (changes: readonly Change[]): string =>
  changes.map(({ points: by, what }) => `${by < 0 ? "−" : "+"}${Math.abs(by)} ${what}`).join(", ");
