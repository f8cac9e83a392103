import type { Entity, Field, FieldType, Method, Model, Workload } from "../../../src/spec/model.ts";
import type { Plan } from "../../../src/select/plan.ts";
import engine from "../../../src/engines/postgres/index.ts";
import { lower } from "../../../src/ir/lower.ts";

/** Builds Models by hand for the engine's tests: what `normalise` makes of a spec, with nothing of the spec's reader in between. */

const scalar = {
  uuid: { kind: "uuid" },
  text: { kind: "text" },
  int: { kind: "int" },
  timestamp: { kind: "timestamp" },
} as const;
export const { uuid, text, int, timestamp } = scalar;

export function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    name,
    role: "data",
    type,
    key: false,
    nullable: false,
    generated: more.key === true && type.kind === "uuid" ? "client" : "caller",
    unique: false,
    pii: false,
    ...more,
  };
}

export type EntitySpec = Partial<Omit<Entity, "fields">> & {
  readonly name: string;
  readonly fields: readonly Field[];
};

/** Adds the columns that the switches of an entity imply. */
export function entity(spec: EntitySpec): Entity {
  const timestamps = spec.timestamps ?? true;
  const implied = [
    ...(spec.version ? [field("version", int, { role: "version" })] : []),
    ...(timestamps
      ? [
          field("createdAt", timestamp, { role: "createdAt" }),
          field("updatedAt", timestamp, { role: "updatedAt" }),
        ]
      : []),
    ...(spec.softDelete
      ? [field("deletedAt", timestamp, { role: "deletedAt", nullable: true })]
      : []),
  ];
  const tenant =
    spec.tenant !== undefined && !spec.fields.some((each) => each.name === spec.tenant)
      ? [field(spec.tenant, uuid, { role: "tenant" })]
      : [];
  return {
    keyless: false,
    version: false,
    audit: false,
    softDelete: false,
    indexes: [],
    unique: [],
    checks: {},
    dependencies: [],
    ...spec,
    timestamps,
    key: spec.key ?? spec.fields.filter((each) => each.key).map((each) => each.name),
    fields: [...tenant, ...spec.fields, ...implied],
  };
}

const base = { sla: {}, requires: [] } as const;

export function transactional(
  name: string,
  access: Readonly<Record<string, readonly Method[]>>,
): Workload {
  return {
    ...base,
    scale: { growth: 1 },
    name,
    kind: "transactional",
    entities: Object.keys(access),
    access: Object.entries(access).map(([of, methods]) => ({ entity: of, methods })),
  };
}

/** Lowers with everything in one store `main`. */
export function mainStore(entities: readonly Entity[], workloads: readonly Workload[]) {
  const model: Model = {
    version: 1,
    project: "shop",
    output: { dir: "src/data", importExtension: ".ts", package: "." },
    stores: { running: [], never: [], hosting: "embedded", names: {} },
    entities,
    workloads,
  };
  const plan: Plan = {
    project: "shop",
    stores: [
      {
        name: "main",
        engine: engine.id,
        env: "MAIN_URL",
        ports: ["record", "search", "vector"],
        workloads: workloads.map((each) => each.name),
      },
    ],
    decisions: workloads.map((workload) => ({
      workload: workload.name,
      kind: workload.kind,
      port: workload.kind === "search" || workload.kind === "vector" ? workload.kind : "record",
      store: "main",
      engine: engine.id,
      reasons: [],
      scores: [],
      rejected: [],
      flips: [],
      requirementsHash: "",
    })),
  };
  const ir = lower(model, plan);
  const store = ir.stores[0];
  if (store === undefined) throw new Error("no store was lowered");
  return { ir, store, model, plan };
}
