import { aggregatesOf } from "./aggregates.ts";
import type { AuthorityWorkload, Entity, Model } from "../spec/model.ts";
import type { Requirement, Wish } from "./requirement.ts";
import { show } from "./show.ts";
import { bytesAfterGrowth } from "./volume.ts";

/** Points per reference that a store does not enforce: the application has to keep it. */
const unenforcedReference = 2;

/** Hard requirements of an authority, beside the ones that every workload has. */
export function recordRequirements(model: Model, workload: AuthorityWorkload): Requirement[] {
  const entities = aggregatesOf(model, workload);
  return [
    ...consistency(workload, entities),
    ...switches(entities),
    ...operations(workload),
    ...((workload.structures ?? []).length > 0 ? [feature("structures", "structures")] : []),
    ...volumes(model, workload),
  ];
}

/** Points for tenants that are kept apart by every statement's own condition only, not by the database as well. */
const tenantsByCondition = 4;

/** What an engine may lack and is better with. `requires: [tenant-isolation]` makes the second a must. */
export const recordWishes = (model: Model, workload: AuthorityWorkload): readonly Wish[] => {
  const entities = aggregatesOf(model, workload);
  return [...referenceWishes(workload, entities), ...tenantWishes(entities)];
};

const tenantWishes = (entities: readonly Entity[]): readonly Wish[] =>
  entities.every(({ tenant }) => tenant === undefined)
    ? []
    : [
        {
          feature: "tenant-isolation",
          need: "tenant isolation in the database",
          weight: tenantsByCondition,
        },
      ];

/** Documents may refer to others without a foreign key; an engine that enforces the references is still better. */
function referenceWishes(
  workload: AuthorityWorkload,
  entities: readonly Entity[],
): readonly Wish[] {
  if (workload.kind === "transactional") return [];
  const references = countReferences(entities);
  if (references === 0) return [];
  return [
    {
      feature: "foreign-keys",
      need: `${references} enforced reference${references > 1 ? "s" : ""}`,
      weight: unenforcedReference * references,
    },
  ];
}

function countReferences(entities: readonly Entity[]): number {
  return entities.flatMap(({ fields }) => fields.filter(({ reference }) => reference)).length;
}

function consistency(workload: AuthorityWorkload, entities: readonly Entity[]): Requirement[] {
  const transactional = workload.kind === "transactional";
  const wanted = workload.sla.consistency ?? (transactional ? "strong" : "session");
  return [
    ...(transactional ? [feature("transactions", "transactions", true)] : []),
    ...(transactional && countReferences(entities) > 0
      ? [feature("foreign-keys", "enforced references")]
      : []),
    ...(wanted === "eventual"
      ? []
      : [feature(`${wanted}-consistency`, `${wanted} consistency`, wanted === "strong")]),
  ];
}

function switches(entities: readonly Entity[]): Requirement[] {
  const any = (test: (entity: Entity) => boolean): boolean => entities.some(test);
  return [
    ...(any(({ audit }) => audit) ? [feature("audit-history", "an audit history", true)] : []),
    ...(any((entity) => changedUnasked(entity, entities))
      ? [feature("cascade-history", "a history of what references do to its rows")]
      : []),
    ...(any(({ softDelete }) => softDelete) ? [feature("soft-delete", "soft delete")] : []),
    ...(any(({ partition }) => partition !== undefined)
      ? [feature("partitions", "partitioned tables")]
      : []),
    ...(any(({ version }) => version)
      ? [feature("optimistic-version", "optimistic versions")]
      : []),
    ...(any(({ unique, fields }) => unique.length > 0 || fields.some((field) => field.unique))
      ? [feature("unique-constraints", "unique constraints")]
      : []),
    ...(any(({ checks }) => Object.keys(checks).length > 0)
      ? [feature("check-constraints", "check constraints")]
      : []),
  ];
}

/** Audited, itself or by its owner, and changed by the delete of what it refers to. */
const changedUnasked = ({ owner, audit, fields }: Entity, entities: readonly Entity[]): boolean =>
  (audit || entities.some((root) => root.name === owner && root.audit)) &&
  fields.some(
    ({ role, reference }) =>
      role !== "ownerKey" && reference !== undefined && reference.onDelete !== "restrict",
  );

function operations(workload: AuthorityWorkload): Requirement[] {
  const methods = workload.access.flatMap((access) => access.methods);
  const operationNames = [...new Set(methods.map(({ op }) => op))].toSorted();
  return operationNames.map((op) => feature(`operation-${op}`, `the operation ${op}`));
}

function volumes(model: Model, workload: AuthorityWorkload): Requirement[] {
  const { scale, sla } = workload;
  const size = bytesAfterGrowth(model, workload);
  const after = scale.growth > 1 ? " after growth" : "";
  return [
    ...amount("dataset-bytes", size, (v) => `${show(v, "bytes")}${after}`, true),
    ...amount(
      "record-writes-per-second",
      scale.writesPerSecond,
      (v) => `${show(v, "per second")} writes`,
    ),
    ...amount(
      "record-reads-per-second",
      scale.readsPerSecond,
      (v) => `${show(v, "per second")} reads`,
    ),
    ...amount(
      "write-regions",
      scale.writeRegions,
      (v) => show(v, "regions"),
      (scale.writeRegions ?? 1) > 1,
    ),
    ...amount("item-bytes", scale.itemBytes, (v) => `items of ${show(v, "bytes")}`),
    ...(patches(workload)
      ? amount(
          "patched-item-bytes",
          scale.itemBytes,
          (v) => `changing parts of ${show(v, "bytes")} documents`,
        )
      : []),
    ...amount("processes", scale.processes, (v) => show(v, "processes")),
    ...amount(
      "availability-percent",
      sla.availability,
      (v) => `${show(v, "percent")} availability`,
    ),
    ...(sla.rpoSeconds === undefined
      ? []
      : [
          {
            id: "rpo-seconds",
            need: `at most ${show(sla.rpoSeconds, "seconds")} of lost writes on fail-over`,
            test: { kind: "floor", floor: "rpo-seconds", amount: sla.rpoSeconds } as const,
            headline: false,
          },
        ]),
  ];
}

const patches = (workload: AuthorityWorkload): boolean =>
  workload.kind === "document" &&
  workload.access.some(({ methods }) => methods.some(({ op }) => op === "patch"));

function feature(name: string, need: string, headline = false): Requirement {
  return { id: name, need, test: { kind: "feature", feature: name }, headline };
}

/** A limit requirement when the spec gives the figure, none otherwise. */
export function amount(
  limit: string,
  value: number | undefined,
  need: (value: number) => string,
  headline = false,
): Requirement[] {
  if (value === undefined) return [];
  return [
    { id: limit, need: need(value), test: { kind: "limit", limit, amount: value }, headline },
  ];
}
