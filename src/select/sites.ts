import { canFuseApart } from "../spec/fusing.ts";
import type { Model, SearchWorkload, VectorWorkload } from "../spec/model.ts";
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

/** A site with those that it is linked to, its authority first: what a quantity of one of them can reach. */
export function linkedSites(site: number, links: readonly Link[]): readonly number[] {
  const authority = links.find(({ view }) => view === site)?.authority ?? site;
  const views = links.flatMap((link) => (link.authority === authority ? [link.view] : []));
  return [authority, ...new Set(views)];
}
