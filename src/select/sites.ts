import { canFuseApart } from "../spec/fusing.ts";
import type { Model, Predicate, SearchWorkload, VectorWorkload } from "../spec/model.ts";
import { authorityOf } from "./volume.ts";

/** Workloads that must share one store, by name. */
export type Site = readonly string[];

/**
 * A search or vector view and the authority it copies, as positions of their sites. They share a store, where the transaction that writes
 * the one keeps the other; or the view's engine takes copies (`view-sink`) and the authority's gives them (`view-feed`). A cache is
 * bound to nothing: it reads through.
 */
export interface Link {
  readonly authority: number;
  readonly view: number;
}

/** The sites of a model, each sorted, in the order of their first workload: independent of the order in the spec. */
export function sitesOf(model: Model): readonly Site[] {
  const parent = new Map(model.workloads.map(({ name }) => [name, name]));
  const root = (name: string): string => {
    const up = parent.get(name) ?? name;
    return up === name ? name : root(up);
  };
  for (const workload of model.workloads) {
    if (workload.kind !== "vector") continue;
    for (const other of inseparable(model, workload))
      if (parent.has(other)) parent.set(root(other), root(workload.name));
  }
  const groups = new Map<string, string[]>();
  for (const name of [...parent.keys()].toSorted()) {
    const key = root(name);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}

/** The texts that a vector view can be fused with in one store only, because they are not filtered by the same fields. */
function inseparable(model: Model, workload: VectorWorkload): readonly string[] {
  return workload.methods.flatMap(({ hybridWith, filter }) => {
    const search = model.workloads.find(
      (other): other is SearchWorkload => other.kind === "search" && other.name === hybridWith,
    );
    return search === undefined || canFuseApart(search.methods, filter) ? [] : [search.name];
  });
}

/**
 * Why the workloads of a site must share one store, as a sentence's half: `near is fused with words (hybridWith), none of whose methods
 * takes the filters stars.range`; undefined for a workload alone.
 */
export function togetherBecause(model: Model, site: Site): string | undefined {
  const reasons = model.workloads.flatMap((workload) => {
    if (workload.kind !== "vector" || !site.includes(workload.name)) return [];
    return workload.methods.flatMap(({ hybridWith, filter }) =>
      hybridWith === undefined || !inseparable(model, workload).includes(hybridWith)
        ? []
        : [
            `${workload.name} is fused with ${hybridWith} (hybridWith), no method of which takes all of its filters (${filter.map(shownPredicate).join(", ")})`,
          ],
    );
  });
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join("; ");
}

/** As it is written in the spec: `stars`, `stars.range`. */
const shownPredicate = ({ field, operator }: Predicate): string =>
  operator === "eq" ? field : `${field}.${operator}`;

/** Every view with its authority. */
export function linksOf(model: Model, sites: readonly Site[]): readonly Link[] {
  const at = new Map(sites.flatMap((site, place) => site.map((name) => [name, place] as const)));
  return model.workloads.flatMap((workload) => {
    if (workload.kind !== "search" && workload.kind !== "vector") return [];
    const authority = at.get(authorityOf(model, workload.from)?.name ?? "");
    const view = at.get(workload.name);
    return authority === undefined || view === undefined || authority === view
      ? []
      : [{ authority, view }];
  });
}

interface LinkIndex {
  /** The first one that a view is linked to. */
  readonly authorities: ReadonlyMap<number, number>;
  readonly views: ReadonlyMap<number, readonly number[]>;
}

const indexed = new WeakMap<readonly Link[], LinkIndex>();

function indexOf(links: readonly Link[]): LinkIndex {
  const found = indexed.get(links) ?? {
    authorities: new Map(links.toReversed().map(({ authority, view }) => [view, authority])),
    views: new Map(
      [...Map.groupBy(links, ({ authority }) => authority)].map(([authority, all]) => [
        authority,
        all.map(({ view }) => view),
      ]),
    ),
  };
  indexed.set(links, found);
  return found;
}

/** A site with those that it is linked to, its authority first: what a quantity of one of them can reach. */
export function linkedSites(site: number, links: readonly Link[]): readonly number[] {
  const { authorities, views } = indexOf(links);
  const authority = authorities.get(site) ?? site;
  return [authority, ...new Set(views.get(authority))];
}

/** The links between some sites, by place among them. */
export function linksAmong(sites: readonly number[], links: readonly Link[]): readonly Link[] {
  const { views } = indexOf(links);
  const place = new Map(sites.map((each, at) => [each, at]));
  return sites.flatMap((site, authority) =>
    (views.get(site) ?? []).flatMap((each) => {
      const view = place.get(each);
      return view === undefined ? [] : [{ authority, view }];
    }),
  );
}
