import type { Candidate } from "./assess.ts";
import { inProcess, type CostTable } from "./cost-table.ts";
import type { Lock } from "./lock.ts";
import type { PlannedStore, Port } from "./plan.ts";
import { portOf } from "./requirements.ts";
import { isAuthority } from "./volume.ts";

/** One store per used engine, `main` first, then by name. */
export function storesOf(
  table: CostTable,
  engines: ReadonlyMap<string, Candidate>,
  lock?: Lock,
): readonly PlannedStore[] {
  const taken = new Set<string>();
  const used = table.engines.filter((engine) => [...engines.values()].includes(engine));
  const main = engines.get(firstAuthority(table) ?? "")?.id;
  const order = used.toSorted((a, b) => Number(b.id === main) - Number(a.id === main));
  const stores = order.map((engine) => {
    const workloads = [...engines]
      .filter(([, served]) => served === engine)
      .map(([name]) => name)
      .toSorted();
    const wanted = nameOf(table, engine, workloads, engine.id === main, lock);
    const name = free(wanted, taken);
    return store(table, engine, workloads, name);
  });
  return stores.toSorted((a, b) =>
    a.name === "main" ? -1 : b.name === "main" ? 1 : a.name < b.name ? -1 : 1,
  );
}

/** First by name, so that the order in the spec decides nothing. */
function firstAuthority({ rows }: CostTable): string | undefined {
  return [...rows.values()]
    .filter(({ workload }) => isAuthority(workload))
    .map(({ workload }) => workload.name)
    .toSorted()[0];
}

/** The user's name, else the locked one, else `main` for the first authority's store and its kind for any other. */
function nameOf(
  table: CostTable,
  engine: Candidate,
  workloads: readonly string[],
  main: boolean,
  lock: Lock | undefined,
): string {
  const named = Object.entries(table.model.stores.names)
    .filter(([, id]) => id === engine.id)
    .map(([name]) => name)
    .toSorted()[0];
  if (named !== undefined) return named;
  const locked = workloads
    .map((name) => lock?.decisions[name])
    .find((decision) => decision?.engine === engine.id)?.store;
  if (locked !== undefined) return locked;
  return main ? "main" : (table.rows.get(workloads[0] ?? "")?.workload.kind ?? engine.id);
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
