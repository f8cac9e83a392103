import { typeName } from "../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../ir/types.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { pairs } from "./pairs.ts";
import { fieldPairs } from "./renames.ts";
import { shown } from "./type-change.ts";

const storage = noteOf("storage");

/** Where two versions of a store stand. */
export interface Around {
  /** Before. */
  readonly project: string;
  /** The entities of every store of after: what is there has moved, which is told elsewhere. */
  readonly all: readonly EntityIr[];
}

/** What a change means for records that no migration touches: each stays as it was written, and is read by the code of after. */
export function schemalessChanges(
  before: StoreIr,
  after: StoreIr,
  { project, all }: Around,
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
    ...entities.kept.flatMap((pair) => recordChanges(pair.before, pair.after)),
  ];
}

function recordChanges(before: EntityIr, after: EntityIr): readonly SpecChange[] {
  const fields = fieldPairs(before, after);
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
    ...fields.renamed.map(({ before: old, after: field }) =>
      storage(
        "breaking",
        `${after.name}.${field.name}`,
        `stored under another name than ${old.name}`,
        "records of before are read by it while was: stays, but code of before does not find what is written from now on",
      ),
    ),
    ...fields.kept
      .filter(({ before: old, after: field }) => !readable(old.type.kind, field.type.kind))
      .map(({ before: old, after: field }) =>
        storage(
          "breaking",
          `${after.name}.${field.name}`,
          `stored as ${shown(old.type)}, read as ${shown(field.type)}`,
          "no migration converts a record; a new field with a default can be read from all of them",
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

type Kind = FieldIr["type"]["kind"];

/** Whether the text of a value is one of the other type, too. */
const readable = (from: Kind, to: Kind): boolean =>
  from === to ||
  to === "string" ||
  to === "text" ||
  (from === "int" && ["bigint", "float", "decimal"].includes(to));
