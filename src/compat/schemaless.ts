import { keptName, typeName } from "../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../ir/types.ts";
import type { FieldType } from "../spec/model.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { keptPairs, otherwiseKept } from "./kept-pairs.ts";
import { pairs, type Pairs } from "./pairs.ts";
import { shown } from "./type-change.ts";

const storage = noteOf("storage");

/** Where two versions of a store stand. */
export interface Around {
  /** Before. */
  readonly project: string;
  /** After: keys begin with it. */
  readonly later: string;
  /** The entities of every store of after: what is there has moved, which is told elsewhere. */
  readonly all: readonly EntityIr[];
}

/** What a change means for records that no migration touches: each stays as it was written, and is read by the code of after. */
export function schemalessChanges(
  before: StoreIr,
  after: StoreIr,
  { project, later, all }: Around,
): readonly SpecChange[] {
  const entities = pairs(before.entities, after.entities, {
    name: ({ name }) => name,
    was: ({ was }) => (was === undefined ? undefined : typeName(was)),
  });
  const elsewhere = new Set(
    all.flatMap(({ name, was }) => [name, ...(was === undefined ? [] : [typeName(was)])]),
  );
  return [
    ...entities.removed
      .filter(({ name }) => !elsewhere.has(name))
      .map(({ name, table }) =>
        storage(
          "breaking",
          name,
          "removed",
          `its records stay in store ${before.name} under keys that begin with ${project}:${table}:, and nothing reads them any more`,
        ),
      ),
    ...(project === later || entities.kept.length === 0
      ? []
      : [
          storage(
            "breaking",
            after.name,
            `keys begin with ${later}:, no longer with ${project}:`,
            `records of before are not found; project: ${project} keeps them`,
          ),
        ]),
    ...entities.kept.flatMap((pair) => recordChanges(pair.before, pair.after)),
  ];
}

function recordChanges(before: EntityIr, after: EntityIr): readonly SpecChange[] {
  const fields = keptPairs(before.fields.filter(isHeld), after.fields.filter(isHeld));
  const stored = (field: FieldIr): boolean => !field.managed;
  return [
    ...(before.table === after.table
      ? []
      : [
          storage(
            "breaking",
            after.name,
            `keys begin with ${after.table}, no longer with ${before.table}`,
            `records of before are not found; table: ${before.table} keeps them`,
          ),
        ]),
    ...otherwiseKept(fields).map(({ before: old, after: field }) =>
      storage(
        "breaking",
        `${after.name}.${field.name}`,
        `stored as ${keptName(field.source)}, no longer as ${keptName(old.source)}`,
        `what records of before hold is not found, and code of before does not find what is written; column: ${keptName(old.source)} keeps it`,
      ),
    ),
    ...fields.kept
      .filter(({ before: old, after: field }) => !readable(old.type, field.type))
      .map(({ before: old, after: field }) =>
        storage(
          "breaking",
          `${after.name}.${field.name}`,
          `stored as ${shown(old.type)}, read as ${shown(field.type)}`,
          "no migration converts a record; a new field with a default can be read from all of them",
        ),
      ),
    ...takenNames(before, fields).map(({ old, field }) =>
      storage(
        "breaking",
        `${after.name}.${field.name}`,
        `stored as ${keptName(field.source)}, as ${old.name} was before`,
        `records of before hold ${old.name} there, and it would be read as ${field.name}; another column: keeps both apart`,
      ),
    ),
    ...fields.added
      .filter((field) => stored(field) && !field.nullable && field.source.default === undefined)
      .map((field) =>
        storage(
          "breaking",
          `${after.name}.${field.name}`,
          "required, without a default",
          "a record of before has no value for it and cannot be read",
        ),
      ),
  ];
}

/** The tenant is part of a record's key alone. */
const isHeld = ({ source }: FieldIr): boolean => source.role !== "tenant";

interface TakenName {
  readonly old: FieldIr;
  readonly field: FieldIr;
}

/** Fields that have in the hash what was the name of another one. */
function takenNames(
  before: EntityIr,
  { kept, added }: Pick<Pairs<FieldIr>, "kept" | "added">,
): readonly TakenName[] {
  const former = new Map(kept.map((pair) => [pair.after, pair.before]));
  const owners = new Map(
    before.fields.filter(isHeld).map((field) => [keptName(field.source), field]),
  );
  return [...kept.map(({ after }) => after), ...added].flatMap((field) => {
    const old = owners.get(keptName(field.source));
    return old === undefined || old === former.get(field) ? [] : [{ old, field }];
  });
}

/** Whether the text of a value is one of the other type, too. */
function readable(from: FieldType, to: FieldType): boolean {
  if (to.kind === "string" || to.kind === "text") return true;
  if (from.kind === "enum" && to.kind === "enum")
    return from.values.every((value) => to.values.includes(value));
  if (from.kind === "decimal" && to.kind === "decimal") return from.scale <= to.scale;
  if (from.kind === "vector" && to.kind === "vector") return from.dimensions === to.dimensions;
  if (from.kind === "array" && to.kind === "array") return from.of === to.of;
  return (
    from.kind === to.kind ||
    (from.kind === "int" && ["bigint", "float", "decimal"].includes(to.kind))
  );
}
