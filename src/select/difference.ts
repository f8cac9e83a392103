import { points, type Candidate } from "./assess.ts";
import { furtherServerCost, openingCost, type CostTable } from "./cost-table.ts";
import { keepsApart, serverKind } from "./servers.ts";

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
  const serverOf = (name: string, engine: Candidate): string =>
    keepsApart(engine) ? serverKind(table.rows.get(name)?.workload) : "";
  const served = Map.groupBy(engines, ([, { id }]) => id);
  const onServer = Map.groupBy(
    engines,
    ([name, engine]) => `${engine.id} ${serverOf(name, engine)}`,
  );
  const room = (name: string, engine: Candidate, own: number): Room => {
    const there = served.get(engine.id)?.length ?? 0;
    if (there === own) return { points: openingCost(engine, table.model), first: true };
    const beside = onServer.get(`${engine.id} ${serverOf(name, engine)}`)?.length ?? 0;
    return { points: beside === own ? furtherServerCost(engine, table.model) : 0, first: false };
  };
  const opening = ({ id, title }: Candidate, { first }: Room): string => {
    if (!first) return `for one more server of ${title}`;
    return table.model.stores.running.includes(id)
      ? `for ${title}, which already runs`
      : `to open ${title}`;
  };
  return (workload, other, otherTotal) => {
    const site = siteOf.get(workload) ?? [];
    const chosen = engines.get(workload);
    const opened = room(workload, other, 0);
    const closed = chosen && room(workload, chosen, site.length);
    const changes: readonly Change[] = [
      { points: opened.points, what: opening(other, opened) },
      ...site.flatMap((name) => strains(table, name, [chosen?.id, other.id], name !== workload)),
      {
        points: -(closed?.points ?? 0),
        what: `without ${closed?.first === false ? "one more server of " : ""}${chosen?.title ?? ""}`,
      },
    ];
    const known = changes.reduce((sum, change) => sum + change.points, total);
    const rest = { points: points(otherTotal - known), what: "for where the others go then" };
    return [...changes, rest].filter((change) => change.points !== 0);
  };
}

/** Points for the server of an engine that a workload needs when it is alone there; none where others need it too. */
interface Room {
  readonly points: number;
  /** Whether it is the engine's first server. */
  readonly first: boolean;
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
