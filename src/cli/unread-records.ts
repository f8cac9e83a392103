import { isMisread, isRounded, keptEncoding } from "../compat/kept-encoding.ts";
import { keptPairs, otherwiseKept } from "../compat/kept-pairs.ts";
import { shown } from "../compat/type-change.ts";
import { engines } from "../engines/registry.gen.ts";
import { authorityKinds } from "../ir/lower.ts";
import { keptName } from "../ir/names.ts";
import type { EntityIr, FieldIr, Ir } from "../ir/types.ts";
import {
  recordedEntity,
  recordedStores,
  type RecordedEntity,
  type RecordedStore,
} from "../reconcile/recorded-stores.ts";
import type { FormerColumn } from "../reconcile/former-columns.ts";
import type { Problem } from "../spec/issues.ts";
import type { FieldType } from "../spec/model.ts";

/**
 * What stores without migrations hold since the last run of `generate`, and what would be looked for under another name from now on: it
 * would read as if it had never been written.
 *
 * @param root folder of the output package
 */
export const unreadRecords = (ir: Ir, root: string): readonly Problem[] =>
  heldBefore(ir, root).flatMap(({ entity, before }) => problemsOf(entity, before));

/** Names that a field of now takes although records may hold a value of a field that went before, whose text is read as it says. */
export const reusedNames = (ir: Ir, root: string): readonly string[] =>
  heldBefore(ir, root).flatMap(({ entity, before }) =>
    takenColumns(entity, before)
      .filter(({ isMisread }) => !isMisread)
      .map(
        ({ field: { name }, held: { column } }) =>
          `records of before may hold ${column} of a field that ${entity.name} had once, and ${name} reads it: column: ${column}_2 keeps both apart, column: ${column} says that it is meant`,
      ),
  );

/** The entities of stores without migrations. */
export const keptEntities = ({ stores }: Pick<Ir, "stores">): readonly EntityIr[] =>
  stores
    .filter(({ engine }) => engines.some(({ id, schema }) => id === engine && schema === undefined))
    .flatMap(({ entities }) => entities);

interface HeldBefore {
  readonly entity: EntityIr;
  readonly before: RecordedEntity;
}

function heldBefore({ stores }: Ir, root: string): readonly HeldBefore[] {
  const homes = recordedStores(root);
  return stores.flatMap((store) =>
    keptEntities({ stores: [store] }).flatMap((entity) => {
      const home = homes.find(({ name, engine }) => name === store.name && engine === store.engine);
      const before = home === undefined ? undefined : entityBefore(entity, home, root);
      return before === undefined ? [] : [{ entity, before }];
    }),
  );
}

function entityBefore(
  { name, was }: EntityIr,
  { workloads }: RecordedStore,
  root: string,
): RecordedEntity | undefined {
  const held = new Set(
    workloads.flatMap(({ kind, entities }) => (authorityKinds.has(kind) ? entities : [])),
  );
  const former = [name, was].find((each) => each !== undefined && held.has(each));
  return former === undefined ? undefined : recordedEntity(root, former);
}

type HeldField = RecordedEntity["fields"][number];

const isHeld = ({ source }: HeldField): boolean => source.role !== "tenant";

const fieldPairs = (entity: EntityIr, before: RecordedEntity) =>
  keptPairs<HeldField>(before.fields.filter(isHeld), entity.fields.filter(isHeld));

function problemsOf(entity: EntityIr, before: RecordedEntity): readonly Problem[] {
  const fields = fieldPairs(entity, before);
  const place = (field: string) => ["entities", entity.name, "fields", field];
  return [
    ...(before.table === entity.table
      ? []
      : [
          problem(
            ["entities", entity.name],
            `the keys of its records begin with ${before.table}, and would be looked for under ${entity.table}: no migration renames them`,
            `table: ${before.table} keeps them; when none is needed any more, generate once without ${entity.name}`,
          ),
        ]),
    ...otherwiseKept(fields).map(({ before: old, after: { source } }) => {
      const [held, wanted] = [keptName(old.source), keptName(source)];
      return problem(
        place(source.name),
        `records hold ${source.name} as ${held}, and it would be looked for as ${wanted}: no migration renames it`,
        `column: ${held} keeps what is stored; when nothing of it is needed any more, generate once without ${source.name}`,
      );
    }),
    ...fields.kept
      .filter(({ before: old, after }) => isMisread(old.source.type, after.source.type))
      .map(({ before: old, after: { source } }) =>
        problem(
          place(source.name),
          `records hold ${source.name} as ${described(old.source.type)}, and it would be read as ${readAs(old.source.type, source.type)}: no migration converts a record`,
          `add another field of the new type, nullable or with a default, which is read from all of them; when nothing of ${source.name} is needed any more, generate once without it, then give it another column:`,
        ),
      ),
    ...takenColumns(entity, before)
      .filter((each) => each.isMisread)
      .map(({ field, held: { column, type } }) =>
        problem(
          place(field.name),
          `records of before may hold ${column} of a field that went, as ${described(type)}, and it would be read as ${readAs(type, field.source.type)}: no migration takes it away`,
          `column: ${column}_2 keeps both apart; column: ${column} says that what is there is of the new type by now`,
        ),
      ),
  ];
}

/** A field of now under the name of one that went. */
interface TakenColumn {
  readonly field: FieldIr;
  readonly held: FormerColumn;
  readonly isMisread: boolean;
}

/** Where `column:` names it, that is what its author means. */
function takenColumns(entity: EntityIr, before: RecordedEntity): readonly TakenColumn[] {
  const { added, removed } = fieldPairs(entity, before);
  const gone = removed.map(({ source }) => ({ column: keptName(source), type: source.type }));
  const former = new Map([...before.former, ...gone].map((each) => [each.column, each]));
  return entity.fields
    .filter(
      ({ source }) => source.column === undefined && added.some((each) => each.source === source),
    )
    .flatMap((field) => {
      const held = former.get(keptName(field.source));
      return held === undefined
        ? []
        : [{ field, held, isMisread: isMisread(held.type, field.source.type) }];
    });
}

const described = (type: FieldType): string => `${shown(type)} (${keptEncoding(type)})`;

const readAs = (from: FieldType, to: FieldType): string =>
  isRounded(from, to) ? `${shown(to)} (rounded to its digits)` : described(to);

const problem = (path: readonly string[], message: string, hint: string): Problem => ({
  path,
  at: "key",
  severity: "error",
  message,
  hint,
});
