import { keptName } from "../ir/names.ts";
import type { EntityIr } from "../ir/types.ts";
import type { Field } from "../spec/model.ts";
import { isObject, type UnitRecord } from "./record.ts";
import type { Unit } from "./units.ts";

/** A name under which records may hold values of a field that the spec has no more. */
export interface FormerColumn {
  readonly column: string;
  /** Type of that field as the spec had it. */
  readonly type: Field["type"];
}

/**
 * The models to store, each with what records of its entity may still hold under the names of fields that have gone: no migration takes it
 * away, so it has to be known when a name is used again.
 *
 * @param kept entities whose records no migration touches
 */
export function withFormerColumns(
  models: ReadonlyMap<string, unknown>,
  records: ReadonlyMap<Unit, UnitRecord>,
  kept: readonly EntityIr[],
): ReadonlyMap<string, unknown> {
  const next = new Map(models);
  for (const entity of kept) {
    const unit = `entities/${entity.name}` as const;
    const model = models.get(unit);
    const old = records.get(unit) ?? records.get(`entities/${entity.was ?? entity.name}`);
    const former = isObject(old?.model) ? nextFormer(old.model, entity) : [];
    if (isObject(model) && former.length > 0) next.set(unit, { ...model, former });
  }
  return next;
}

function nextFormer(old: Record<string, unknown>, entity: EntityIr): readonly FormerColumn[] {
  const now = new Set(entity.fields.map(({ source }) => keptName(source)));
  const held = [...formerColumns(old), ...ownColumns(old, [entity.name, entity.was])];
  const last = new Map(held.map((each) => [each.column, each]));
  return [...last.values()]
    .filter(({ column }) => !now.has(column))
    .toSorted((a, b) => (a.column < b.column ? -1 : 1));
}

function ownColumns(
  { entities }: Record<string, unknown>,
  names: readonly (string | undefined)[],
): readonly FormerColumn[] {
  if (!Array.isArray(entities)) return [];
  const own: unknown = entities.find(
    (each) => isObject(each) && names.some((name) => name !== undefined && name === each["name"]),
  );
  if (!isObject(own) || !Array.isArray(own["fields"])) return [];
  return own["fields"]
    .filter(isTypedField)
    .filter(({ role }) => role !== "tenant")
    .map((field) => ({ column: keptName(field), type: field.type }));
}

const isTypedField = (value: unknown): value is Field =>
  isObject(value) && typeof value["name"] === "string" && isType(value["type"]);

/** Those that a stored model of an entity tells. */
export function formerColumns({ former }: Record<string, unknown>): readonly FormerColumn[] {
  if (!Array.isArray(former)) return [];
  return former.filter(
    (each): each is FormerColumn =>
      isObject(each) && typeof each["column"] === "string" && isType(each["type"]),
  );
}

export const isType = (value: unknown): value is Field["type"] =>
  isObject(value) && typeof value["kind"] === "string";
