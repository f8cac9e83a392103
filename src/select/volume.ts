import { aggregatesOf, entityOf } from "./aggregates.ts";
import type {
  AuthorityWorkload,
  CacheWorkload,
  Entity,
  Field,
  Model,
  Workload,
} from "../spec/model.ts";

/** Bytes of a column whose size the spec does not bound: a working figure, replaced by `scale.itemBytes` when given. */
const unboundedBytes = 1_000;
/** Header and line pointer of a stored row: 24 + 4 bytes in PostgreSQL's page layout; others are of the same order. */
const rowOverhead = 28;

const scalarBytes: Readonly<Record<string, number>> = {
  uuid: 16,
  int: 4,
  bigint: 8,
  float: 8,
  boolean: 1,
  date: 4,
  timestamp: 8,
  decimal: 10,
  enum: 8,
};

function fieldBytes(field: Field): number {
  const { type } = field;
  if (type.kind === "string") return Math.min(type.max, unboundedBytes);
  if (type.kind === "vector") return 4 * type.dimensions + 8;
  if (type.kind === "array") return 16 * Math.min(type.max ?? 8, 64);
  return scalarBytes[type.kind] ?? unboundedBytes;
}

function entityBytes(entity: Entity): number {
  return entity.fields.reduce((sum, field) => sum + fieldBytes(field), rowOverhead);
}

export function isAuthority(workload: Workload): workload is AuthorityWorkload {
  return "access" in workload;
}

/** The workload that writes the entity a view reads. */
export function authorityOf(model: Model, entity: string): AuthorityWorkload | undefined {
  return model.workloads
    .filter(isAuthority)
    .find((workload) => workload.entities.includes(entity) || ownsRoot(model, workload, entity));
}

function ownsRoot(model: Model, workload: AuthorityWorkload, entity: string): boolean {
  const owner = entityOf(model, entity)?.owner;
  return owner !== undefined && workload.entities.includes(owner);
}

/** Rows after growth; a view without a figure of its own has as many as its authority. */
export function rowsAfterGrowth(model: Model, workload: Workload): number | undefined {
  const { rows, growth } = workload.scale;
  if (rows !== undefined) return rows * growth;
  if (isAuthority(workload) || workload.kind === "cache" || workload.from === undefined) {
    return undefined;
  }
  const authority = authorityOf(model, workload.from);
  const inherited = authority?.scale.rows;
  return inherited === undefined
    ? undefined
    : inherited * Math.max(authority?.scale.growth ?? 1, growth);
}

/** Application processes that share a cache; without a figure of its own those that share its entity's authority. */
export function processesOf(model: Model, { scale, from }: CacheWorkload): number {
  const inherited = from === undefined ? undefined : authorityOf(model, from)?.scale.processes;
  return scale.processes ?? inherited ?? 1;
}

/** Bytes after growth: as given, else rows × bytes of an item, else rows × about the widest row of its entities. */
export function bytesAfterGrowth(model: Model, workload: AuthorityWorkload): number | undefined {
  const { bytes, growth, itemBytes } = workload.scale;
  if (bytes !== undefined) return bytes * growth;
  const rows = rowsAfterGrowth(model, workload);
  if (rows === undefined) return undefined;
  return rows * (itemBytes ?? aboutWidestRow(model, workload));
}

/**
 * Bytes of the widest row of a workload, up to the next power of two. Which entity the rows belong to is not said, so all may be of the
 * widest: with a mean, one more narrow entity made the estimate smaller. It is an estimate, and what is decided from it stands in
 * committed files: as a finer figure it would change with every field, and conflict wherever two branches change two entities of one
 * workload.
 */
export function aboutWidestRow(model: Model, workload: AuthorityWorkload): number {
  const widest = Math.max(0, ...aggregatesOf(model, workload).map(entityBytes));
  return widest === 0 ? unboundedBytes : 2 ** Math.ceil(Math.log2(widest));
}
