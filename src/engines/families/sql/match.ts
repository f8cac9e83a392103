import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { managedRoles } from "../../../ir/field.ts";
import { typeName } from "../../../ir/names.ts";
import { misnamed } from "../../../migrate/misnamed.ts";
import { renamesIn } from "../../../migrate/renames.ts";
import type { Question } from "../../../migrate/step.ts";

/** What tells one table of a snapshot from another. */
export interface NamedTable {
  readonly entity: string;
  readonly table: { readonly name: string };
}

/** What tells one column of a snapshot from another. */
export interface NamedColumn {
  readonly name: string;
  readonly field: string;
  readonly role: string;
  readonly value?: { readonly kind: string };
}

/** What stands on both sides of a change, and what on one only. */
export interface Matched<T> {
  readonly kept: readonly { readonly from: T; readonly to: T }[];
  readonly added: readonly T[];
  readonly dropped: readonly T[];
}

type Same<T> = (from: T, to: T) => boolean;

/** Pairs by the first rule that finds a free one; an earlier rule goes before a later one for every item. */
export function matched<T>(
  from: readonly T[],
  to: readonly T[],
  rules: readonly Same<T>[],
): Matched<T> {
  const pairs = new Map<T, T>();
  const free = new Set(from);
  for (const same of rules) {
    for (const after of to) {
      if (pairs.has(after)) continue;
      const before = [...free].find((each) => same(each, after));
      if (before === undefined) continue;
      pairs.set(after, before);
      free.delete(before);
    }
  }
  return {
    kept: to.flatMap((after) => {
      const before = pairs.get(after);
      return before === undefined ? [] : [{ from: before, to: after }];
    }),
    added: to.filter((each) => !pairs.has(each)),
    dropped: [...free],
  };
}

/** Tables by entity: the same name, then the name it had before (`was`), then the same table under another entity. */
export function matchTables<T extends NamedTable>(
  from: readonly T[],
  to: readonly T[],
  store: StoreIr,
): Matched<T> {
  const was = new Map(
    store.entities.flatMap(({ name, was: before }) =>
      before === undefined ? [] : [[name, typeName(before)] as const],
    ),
  );
  const renamed = renamesIn(
    from.map(({ entity }) => entity),
    to.map(({ entity }) => [entity, was.get(entity)]),
  );
  return matched(from, to, [
    (before, after) => before.entity === renamed.get(after.entity),
    (before, after) => before.entity === after.entity,
    (before, after) => before.table.name === after.table.name,
  ]);
}

/**
 * Columns by field: the same name, then the name it had before, then the same part that a switch of the entity gives it (a tenant, a
 * version, the owner's key), then the same column under another field.
 */
export function matchColumns<C extends NamedColumn>(
  from: readonly C[],
  to: readonly C[],
  entity: EntityIr | undefined,
): Matched<C> {
  const was = new Map(entity?.fields.map(({ name, source }) => [name, source.was]));
  const renamed = renamesIn(
    from.map(({ field }) => field),
    to.map(({ field }) => [field, was.get(field)]),
  );
  return matched(from, to, [
    (before, after) => before.field === renamed.get(after.field) && kind(before) === kind(after),
    (before, after) => before.field === after.field && kind(before) === kind(after),
    (before, after) => isManaged(after) && before.role === after.role,
    (before, after) => before.name === after.name && kind(before) === kind(after),
  ]);
}

/** New columns of a table that was there, whose `was:` names nothing that it holds. */
export function misnamedFields(
  { part, entity }: { readonly part: string; readonly entity?: EntityIr | undefined },
  before: readonly NamedColumn[],
  added: readonly NamedColumn[],
): readonly Question[] {
  const was = new Map(entity?.fields.map(({ name, source }) => [name, source.was]));
  return misnamed(
    added.map(({ name, field }) => ({
      about: `${part}.${name}`,
      title: `column ${name} of ${part}`,
      was: was.get(field),
    })),
    before.map(({ field }) => field),
    { one: "field", many: "fields", holder: part },
  );
}

const kind = (column: NamedColumn): string =>
  column.value?.kind === "generated" ? "generated" : "stored";

const managed: ReadonlySet<string> = managedRoles;
const isManaged = ({ role }: NamedColumn): boolean => managed.has(role);
