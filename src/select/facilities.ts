import type { Problem } from "./solve.ts";

/** One server of an engine: what is opened. Engines keep their order; the servers of one stand together. */
export interface Facility {
  readonly engine: number;
  /** Cost of this server alone. */
  readonly own: number;
  /** Cost of having the engine, paid with the first of its servers that is opened. */
  readonly shared: number;
  readonly counts: boolean;
  /** The sites that this server may hold; all of them where it is left out. */
  readonly holds?: string;
}

/** The servers that a solution may open: one per engine, or one for each kind of site that an engine keeps apart. */
export function facilitiesOf({ openings, sites, servers }: Problem): readonly Facility[] {
  return openings.flatMap(({ cost, counts, another }, engine): readonly Facility[] => {
    const kinds = new Set(
      sites.flatMap((row, site) => (row[engine] === undefined ? [] : (servers?.[site] ?? ""))),
    );
    if (another === undefined || kinds.size < 2) return [{ engine, own: cost, shared: 0, counts }];
    return [...kinds]
      .toSorted()
      .map((holds) => ({ engine, own: another, shared: cost - another, counts, holds }));
  });
}

/** Cost of a site on each facility: that of its engine, undefined on a server that must not hold it. */
export const facilityCosts = (
  { sites, servers }: Problem,
  facilities: readonly Facility[],
): Problem["sites"] =>
  sites.map((row, site) =>
    facilities.map(({ engine, holds }) =>
      holds === undefined || holds === (servers?.[site] ?? "") ? row[engine] : undefined,
    ),
  );
