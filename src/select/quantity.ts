import type { FieldType, Model, Scale, Sla, Workload } from "../spec/model.ts";
import type { Unit } from "./criteria.ts";
import { isAuthority, processesOf, rowsAfterGrowth } from "./volume.ts";

/** A number of the spec that a decision can hang on. */
export interface Quantity {
  /** Path in the spec. */
  readonly path: string;
  /** The path without the names of workload, entity and field: `scale.rows`. */
  readonly about: string;
  /** Short word for a table cell. */
  readonly label: string;
  readonly unit: Unit;
  readonly current: number | undefined;
  /** Where the search starts when the spec gives no figure: a value that asks nothing. */
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** Values are whole multiples of it. */
  readonly step: number;
  readonly set: (model: Model, value: number) => Model;
}

type ScaleKey = keyof Scale;
type Bounds = Pick<Quantity, "unit" | "label" | "min" | "max" | "step"> & { readonly idle: number };

/** 2⁵³ − 1 bytes, 9 PB: beyond it integers are no longer exact. */
const most = Number.MAX_SAFE_INTEGER;

const scaleBounds: Readonly<Record<ScaleKey, Bounds>> = {
  rows: { label: "", unit: "rows", min: 1, max: 1e13, step: 1, idle: 1 },
  bytes: { label: "data", unit: "bytes", min: 1, max: most, step: 1, idle: 1 },
  growth: { label: "growth", unit: "factor", min: 1, max: 1e6, step: 1, idle: 1 },
  readsPerSecond: { label: "reads", unit: "per second", min: 0, max: 1e10, step: 1, idle: 1 },
  writesPerSecond: { label: "writes", unit: "per second", min: 0, max: 1e10, step: 1, idle: 1 },
  processes: { label: "", unit: "processes", min: 1, max: 1e6, step: 1, idle: 1 },
  writeRegions: { label: "", unit: "regions", min: 1, max: 100, step: 1, idle: 1 },
  itemBytes: { label: "item size", unit: "bytes", min: 1, max: 1e12, step: 1, idle: 1 },
};

const slaBounds: Readonly<Partial<Record<keyof Sla, Bounds>>> = {
  p99Ms: { label: "p99", unit: "ms", min: 0.1, max: 1e6, step: 0.1, idle: 1e6 },
  freshnessSeconds: { label: "lag", unit: "seconds", min: 0, max: 1e6, step: 1, idle: 1e6 },
  rpoSeconds: { label: "lost writes", unit: "seconds", min: 0, max: 1e6, step: 1, idle: 1e6 },
  availability: { label: "availability", unit: "percent", min: 0, max: 100, step: 0.001, idle: 0 },
};

/** Every quantity of a workload that selection weighs. */
export function quantitiesOf(model: Model, workload: Workload): readonly Quantity[] {
  const rows = rowsAfterGrowth(model, workload) ?? 1;
  const inherited: Partial<Record<ScaleKey, number>> = {
    rows: workload.scale.rows ?? rows / workload.scale.growth,
    ...(workload.kind === "cache" && { processes: processesOf(model, workload) }),
  };
  return [
    ...scaleKeys(workload).map((key) => ofScale(workload, key, inherited[key])),
    ...slaKeys(workload).flatMap((key) => ofSla(workload, key)),
    ...(workload.kind === "cache"
      ? ofCache(workload.name, workload.ttlMs, workload.memoryBytes)
      : []),
    ...(workload.kind === "vector" ? ofVector(model, workload.from, workload.field) : []),
  ];
}

function scaleKeys(workload: Workload): readonly ScaleKey[] {
  if (isAuthority(workload)) {
    return [
      "rows",
      "bytes",
      "growth",
      "itemBytes",
      "writesPerSecond",
      "readsPerSecond",
      "processes",
      "writeRegions",
    ];
  }
  if (workload.kind === "cache") {
    return ["processes", "itemBytes", "readsPerSecond", "writesPerSecond"];
  }
  return ["rows", "growth", "itemBytes", "readsPerSecond"];
}

const slaKeys = (workload: Workload): readonly (keyof Sla)[] =>
  isAuthority(workload) ? ["p99Ms", "availability", "rpoSeconds"] : ["p99Ms", "freshnessSeconds"];

function ofScale(workload: Workload, key: ScaleKey, start: number | undefined): Quantity {
  const { idle, ...bounds } = scaleBounds[key];
  const current = workload.scale[key];
  return {
    ...bounds,
    path: `workloads.${workload.name}.scale.${key}`,
    about: `scale.${key}`,
    current,
    start: current ?? Math.max(1, Math.round(start ?? idle)),
    set: (model, value) =>
      withWorkload(model, workload.name, (w) => ({ ...w, scale: { ...w.scale, [key]: value } })),
  };
}

function ofSla(workload: Workload, key: keyof Sla): readonly Quantity[] {
  const known = slaBounds[key];
  const current = workload.sla[key];
  if (!known || typeof current === "string") return [];
  const { idle, ...bounds } = known;
  return [
    {
      ...bounds,
      path: `workloads.${workload.name}.sla.${key}`,
      about: `sla.${key}`,
      current,
      start: current ?? idle,
      set: (model, value) =>
        withWorkload(model, workload.name, (w) => ({ ...w, sla: { ...w.sla, [key]: value } })),
    },
  ];
}

function ofCache(name: string, ttlMs: number, memory: number | undefined): readonly Quantity[] {
  return [
    {
      path: `workloads.${name}.memory`,
      about: "memory",
      label: "memory",
      unit: "memory",
      current: memory,
      start: memory ?? 1,
      min: 1,
      max: most,
      step: 1,
      set: (model, memoryBytes) =>
        withWorkload(model, name, (w) => (w.kind === "cache" ? { ...w, memoryBytes } : w)),
    },
    {
      path: `workloads.${name}.ttl`,
      about: "ttl",
      label: "TTL",
      unit: "duration",
      current: ttlMs,
      start: ttlMs,
      min: 1,
      max: 1e12,
      step: 1,
      set: (model, value) =>
        withWorkload(model, name, (w) => (w.kind === "cache" ? { ...w, ttlMs: value } : w)),
    },
  ];
}

function ofVector(model: Model, entity: string, field: string): readonly Quantity[] {
  const type = model.entities
    .find(({ name }) => name === entity)
    ?.fields.find(({ name }) => name === field)?.type;
  if (type?.kind !== "vector") return [];
  return [
    {
      path: `entities.${entity}.fields.${field}.dimensions`,
      about: "dimensions",
      label: "",
      unit: "dimensions",
      current: type.dimensions,
      start: type.dimensions,
      min: 1,
      max: 1e6,
      step: 1,
      set: (before, dimensions) =>
        withFieldType(before, entity, field, (t) =>
          t.kind === "vector" ? { ...t, dimensions } : t,
        ),
    },
  ];
}

/** The model with one workload replaced; every other value is shared with the old one. */
export function withWorkload(
  model: Model,
  name: string,
  change: (workload: Workload) => Workload,
): Model {
  const workloads = model.workloads.map((w) => (w.name === name ? change(w) : w));
  return { ...model, workloads };
}

function withFieldType(
  model: Model,
  entity: string,
  field: string,
  change: (type: FieldType) => FieldType,
): Model {
  const entities = model.entities.map((e) =>
    e.name === entity
      ? {
          ...e,
          fields: e.fields.map((f) => (f.name === field ? { ...f, type: change(f.type) } : f)),
        }
      : e,
  );
  return { ...model, entities };
}
