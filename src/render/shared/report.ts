import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import type { EntityIr, IndexIr, StoreIr } from "../../ir/types.ts";
import { isAuthority } from "../../ir/lower.ts";
import { shortFlip } from "../../select/explain.ts";
import type { Decision } from "../../select/plan.ts";
import type { Workload } from "../../spec/model.ts";
import type { RenderInput } from "../render.ts";
import { placeOfNull } from "../../engines/families/record/describe.ts";
import { engineOf } from "./composition.ts";
import { normalForm } from "./normal-form.ts";
import { serverData } from "./report-servers.ts";

/** `docs/data-layer.md`: the five-part report of what was decided and generated, and why. */
export function reportFile(
  input: RenderInput,
  engines: ReadonlyMap<string, EngineDescriptor>,
): FileRequest {
  const { ir, plan, model } = input;
  const roots = ir.entities.filter((entity) => entity.owner === undefined);
  return {
    path: "docs/data-layer.md",
    ownership: "generated",
    unit: "project",
    template: "shared/data-layer.md.hbs",
    data: {
      project: model.project,
      decisions: plan.decisions.map((decision) => decisionData(decision, engines)),
      stores: ir.stores.map((store) => storeData(store, engineOf(store, engines))),
      ...serverData(ir, engines),
      repositories: ir.stores.flatMap((store) => repositoryData(store, engineOf(store, engines))),
      views: ir.stores.flatMap(viewData),
      tables: ir.entities.map(tableData).filter(({ indexes }) => indexes.length > 0),
      consistency: model.workloads.map((workload) => consistencyData(workload, input)),
      normalForms: roots
        .flatMap((root) => [root, ...root.children.map((child) => child.entity)])
        .map(normalForm),
      migrated: ir.stores
        .filter((store) => isMigrated(store, engineOf(store, engines)))
        .map((store) => ({ store: store.name, kept: store.entities.length > 0 })),
    },
  };
}

/** The definitions of views in a store of their own come by migrations, too. */
const isMigrated = ({ entities, views }: StoreIr, { schema }: EngineDescriptor): boolean =>
  entities.length > 0 || (views.length > 0 && schema !== undefined);

const title = (engines: ReadonlyMap<string, EngineDescriptor>, id: string): string =>
  engines.get(id)?.title ?? id;

function decisionData(decision: Decision, engines: ReadonlyMap<string, EngineDescriptor>): unknown {
  const evidence = (ids: readonly string[]): string =>
    ids.length === 0 ? "" : ` (${ids.join(", ")})`;
  return {
    workload: decision.workload,
    kind: decision.kind,
    store: decision.store,
    engine: title(engines, decision.engine),
    why: decision.reasons[0]?.text ?? "",
    flips: decision.flips.slice(0, 2).map(shortFlip).join("; "),
    reasons: decision.reasons.map((reason) => ({
      text: `${reason.text}${evidence(reason.evidence)}`,
    })),
    rejected: decision.rejected.map((one) => ({
      engine: title(engines, one.engine),
      text: `${one.text}${evidence(one.evidence)}`,
    })),
    flipList: decision.flips.map((flip) => ({ path: flip.path, text: flip.text })),
  };
}

function storeData(store: StoreIr, engine: EngineDescriptor): unknown {
  return {
    name: store.name,
    engine: engine.title,
    variable: store.env ?? "none: in process",
    deadlineMs: store.deadlineMs,
    tenants: store.tenantScoped ? "bound by forTenant()" : "none",
  };
}

function repositoryData(
  store: StoreIr,
  { nullsFirst = false }: EngineDescriptor,
): readonly unknown[] {
  return store.repositories.map(({ entity, workload, methods }) => ({
    property:
      entity.tenant === undefined
        ? `data.${entity.property}`
        : `data.forTenant(id).${entity.property}`,
    workload,
    store: store.name,
    methods: methods
      .map(({ method, signature, effect }) => {
        const place = placeOfNull(method, entity, nullsFirst);
        return `${signature.name} (${effect}${place === undefined ? "" : `; ${place}`})`;
      })
      .join(", "),
  }));
}

function viewData(store: StoreIr): readonly unknown[] {
  return store.views.map((view) => ({
    property:
      view.entity?.tenant === undefined
        ? `data.${view.property}`
        : `data.forTenant(id).${view.property}`,
    source: view.entity?.name ?? "no entity: keys and values of the application",
    store: store.name,
    methods: view.methods.map(({ signature }) => signature.name).join(", "),
  }));
}

function tableData(entity: EntityIr): {
  readonly table: string;
  readonly indexes: readonly unknown[];
} {
  const uniques = entity.unique.map(({ name, fields }) => ({
    name,
    columns: fields.map((field) => field.column).join(", "),
    reason: "unique in the spec",
  }));
  const indexes = entity.indexes.map((index) => ({
    name: index.name,
    columns: columnsOf(index),
    reason: index.reason,
  }));
  return { table: entity.table, indexes: [...uniques, ...indexes] };
}

function columnsOf({ terms, where, method }: IndexIr): string {
  const shown = terms.map((term) =>
    "expression" in term
      ? term.expression
      : `${term.field.column}${term.direction === "desc" ? " desc" : ""}`,
  );
  return `${method === undefined ? "" : `${method}: `}${shown.join(", ")}${where === undefined ? "" : ` where ${where}`}`;
}

function consistencyData(workload: Workload, { ir, plan }: RenderInput): unknown {
  const decision = plan.decisions.find((one) => one.workload === workload.name);
  const store = ir.stores.find((one) => one.name === decision?.store);
  const view = store?.views.find((one) => one.workload === workload.name);
  const same =
    view?.port === "cache" ? false : view !== undefined && view.sourceStore === store?.name;
  const asked = workload.sla.consistency ?? (isAuthority(workload) ? "strong" : "eventual");
  return { workload: workload.name, asked, ...behaviour(workload, same) };
}

interface Behaviour {
  readonly isolation: string;
  readonly partition: string;
  readonly alternative: string;
}

/** What a workload's caller may rely on, and what happens when the store cannot be reached. */
function behaviour(workload: Workload, sameStore: boolean): Behaviour {
  if (isAuthority(workload)) {
    return {
      isolation:
        "each statement is atomic; several in one transaction at the isolation level the caller names",
      partition:
        "writes and reads fail with unavailable within the deadline; nothing is answered from a copy",
      alternative:
        "read replicas: more reads per second, against reads that lag behind their own writes",
    };
  }
  if (workload.kind === "cache") {
    return {
      isolation:
        "an entry is never older than the last invalidation that had resolved, nor than its time to live",
      partition: "reads go to the source; nothing fails because the cache is away",
      alternative: "no cache: one place of truth and less to run, against every read's full price",
    };
  }
  return sameStore
    ? {
        isolation: "reads the source's own rows in the same store: as fresh as the last commit",
        partition: "fails with unavailable, as its source does",
        alternative:
          "a store of its own: freedom to scale apart, against copies as old as their last rebuild",
      }
    : {
        isolation: `a copy as of its last rebuild, by hand or by a timer: npm run db -- views rebuild ${workload.name}`,
        partition: "answers from its copy, or fails with unavailable when its own store is away",
        alternative: "served from the source's store: no lag, against load on the source",
      };
}
