import type { Candidate } from "./assess.ts";
import { inProcess, type CostTable } from "./cost-table.ts";
import type { Lock } from "./lock.ts";
import type { PlannedStore, Port } from "./plan.ts";
import { portOf } from "./requirements.ts";
import { keepsApart, serverKind } from "./servers.ts";
import { isAuthority } from "./volume.ts";

/** One store per used engine, or several where one server must not hold all of it; `main` first, then by name. */
export function storesOf(
  table: CostTable,
  engines: ReadonlyMap<string, Candidate>,
  lock?: Lock,
): readonly PlannedStore[] {
  const taken = new Set<string>();
  const used = table.engines.filter((engine) => [...engines.values()].includes(engine));
  const first = firstAuthority(table) ?? "";
  const groups = used.flatMap((engine) => groupsOf(table, engine, engines));
  const order = groups.toSorted(
    (a, b) => Number(b.workloads.includes(first)) - Number(a.workloads.includes(first)),
  );
  const named = order.map((group) => ({
    ...group,
    usual: group.workloads.includes(first)
      ? "main"
      : (table.rows.get(group.workloads[0] ?? "")?.workload.kind ?? group.engine.id),
  }));
  const stores = named.map((group) => {
    const given = givenName(table, group, named, taken);
    const wanted = given ?? lockedName(group, lock) ?? group.usual;
    return store(table, group.engine, group.workloads, free(wanted, taken));
  });
  return stores.toSorted((a, b) =>
    a.name === "main" ? -1 : b.name === "main" ? 1 : a.name < b.name ? -1 : 1,
  );
}

/** Workloads of one engine that share a store, with the name that it has unless somebody names it. */
interface Group {
  readonly engine: Candidate;
  readonly workloads: readonly string[];
}
type Named = Group & { readonly usual: string };

/** One per server that the workloads of an engine need. */
function groupsOf(
  table: CostTable,
  engine: Candidate,
  engines: ReadonlyMap<string, Candidate>,
): readonly Group[] {
  const served = [...engines]
    .filter(([, serving]) => serving === engine)
    .map(([name]) => name)
    .toSorted();
  const kindOf = (name: string): string => serverKind(table.rows.get(name)?.workload);
  const groups = keepsApart(engine) ? [...Map.groupBy(served, kindOf).values()] : [served];
  return groups.map((workloads) => ({ engine, workloads }));
}

/** First by name, so that the order in the spec decides nothing; records that can be queried before those reached by key alone. */
function firstAuthority({ rows }: CostTable): string | undefined {
  const byKey = (name: string): boolean =>
    portOf(rows.get(name)?.workload.kind ?? "keyvalue") === "keyvalue";
  return [...rows.values()]
    .filter(({ workload }) => isAuthority(workload))
    .map(({ workload }) => workload.name)
    .toSorted((a, b) => Number(byKey(a)) - Number(byKey(b)) || (a < b ? -1 : 1))[0];
}

/** The user's name for a store of this engine: the usual one of this group if it is among them, else one that is no other group's. */
function givenName(
  table: CostTable,
  { engine, usual }: Named,
  groups: readonly Named[],
  taken: ReadonlySet<string>,
): string | undefined {
  const names = Object.entries(table.model.stores.names)
    .filter(([name, id]) => id === engine.id && !taken.has(name))
    .map(([name]) => name)
    .toSorted();
  const others = groups.filter((group) => group.engine === engine).map((group) => group.usual);
  return names.includes(usual) ? usual : names.find((name) => !others.includes(name));
}

function lockedName({ engine, workloads }: Group, lock: Lock | undefined): string | undefined {
  return workloads
    .map((name) => lock?.decisions[name])
    .find((decision) => decision?.engine === engine.id)?.store;
}

function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`;
  taken.add(name);
  return name;
}

function store(
  table: CostTable,
  engine: Candidate,
  workloads: readonly string[],
  name: string,
): PlannedStore {
  const served = workloads.flatMap((workload) => {
    const row = table.rows.get(workload);
    return row ? [portOf(row.workload.kind)] : [];
  });
  const ports: readonly Port[] = [...new Set(served)].toSorted();
  const base = { name, engine: engine.id, ports, workloads };
  return inProcess(engine) ? base : { ...base, env: environmentName(name) };
}

/** `main` → `MAIN_URL`, `product-cache` → `PRODUCT_CACHE_URL`. */
function environmentName(store: string): string {
  const words = store.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^A-Za-z0-9]+/g, "_");
  return `${words.toUpperCase()}_URL`;
}
