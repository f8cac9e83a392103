import { checkName, foreignKeyName, uniqueName } from "../../../../ir/names.ts";
import { snakeCase } from "../../../../ir/words.ts";
import type { AdoptedEntity } from "../../../../migrate/baseline/adopted.ts";
import { fieldNameOf, Names, tableMapping } from "../../../../migrate/baseline/names.ts";
import type { EntitySpec, FieldSpec } from "../../../../spec/schema-entity.ts";
import { accessOf, cutKey } from "./access.ts";
import type { CatalogueColumn, CatalogueConstraint, KnownTable } from "./catalogue.ts";
import type { AdoptDialect, FieldsByColumn } from "./dialect.ts";
import { fieldSpecOf } from "./field.ts";
import { indexSpecOf } from "./indexes.ts";
import { referenceOf } from "./references.ts";

/** What is known of the other tables. */
export interface EntityPlace<T extends KnownTable = never> {
  readonly dialect: AdoptDialect<T>;
  /** Entity by table. */
  readonly entities: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, KnownTable>;
}

type Dialect = AdoptDialect<never>;

/** What goes into the spec, what stays in the database, and what is called otherwise there. */
interface Draft {
  readonly table: KnownTable;
  readonly fields: Map<string, { readonly name: string; spec: FieldSpec }>;
  readonly notes: string[];
  readonly fieldNotes: Record<string, string>;
  /** Name that would be made → name in the database. */
  readonly renamed: Record<string, string>;
}

/** A table as an entity. Pure; equal tables give equal entities. */
export function adoptTable<T extends KnownTable>(table: T, place: EntityPlace<T>): AdoptedEntity {
  const { dialect } = place;
  const name = place.entities.get(table.name) ?? table.name;
  const draft: Draft = { table, fields: new Map(), notes: [], fieldNotes: {}, renamed: {} };
  const key = keyOf(table, dialect);
  addFields(draft, key, dialect);
  const primary = table.constraints.find(({ kind }) => kind === "primary key");
  if (key.length > 0 && primary !== undefined)
    rename(draft, dialect.keyName(table.name), primary.name);
  addReferences(draft, place);
  const unique = uniqueGroups(draft);
  const checks = checksOf(draft, dialect);
  const indexes = table.indexes.flatMap((index) => {
    const spec = indexSpecOf(index, draft.fields, dialect);
    if (!("refused" in spec)) return [spec];
    draft.notes.push(spec.refused);
    return [];
  });
  const mapping = tableMapping(name, table.name);
  const spec: EntitySpec = {
    ...(mapping !== undefined && { table: mapping }),
    ...(table.comment !== undefined && { comment: table.comment }),
    ...(key.length === 0 && { keyless: true }),
    ...(!hasTimestamps(draft.fields) && { timestamps: false }),
    fields: Object.fromEntries([...draft.fields.values()].map((field) => [field.name, field.spec])),
    ...(indexes.length > 0 && { indexes }),
    ...(unique.length > 0 && { unique }),
    ...(Object.keys(checks).length > 0 && { checks }),
    ...(Object.keys(draft.renamed).length > 0 && { constraints: draft.renamed }),
  };
  const access = accessOf(table, spec, draft.fields, dialect);
  const cut = cutKey(table, draft.fields, dialect);
  remarkCut(draft, access, dialect);
  return {
    name,
    spec,
    access,
    notes: [...dialect.tableNotes(table), ...draft.notes],
    fieldNotes: draft.fieldNotes,
    cautions: cut.map(
      (column) =>
        `no get, patch and delete by ${column.name}: it keeps microseconds, and what is read of it is cut to milliseconds, so it finds no row again. ${uncutAdvice(column, dialect)}`,
    ),
  };
}

const uncutAdvice = (column: CatalogueColumn, { uncutType }: Dialect): string =>
  `Make its type ${uncutType(column)}, or give the table another key`;

/** At the fields that a method compares with what was read. */
function remarkCut(draft: Draft, access: AdoptedEntity["access"], dialect: Dialect): void {
  const asked = new Set(Object.values(access).flatMap(({ where = [] }) => where));
  for (const column of draft.table.columns) {
    const field = draft.fields.get(column.name);
    if (field === undefined || !dialect.isCut(column)) continue;
    if (field.spec.key === true)
      remarkField(
        draft,
        field.name,
        `CUT TO MILLISECONDS when read: no row is found by it, hence no get, patch and delete. ${uncutAdvice(column, dialect)}`,
      );
    else if (asked.has(field.name))
      remarkField(
        draft,
        field.name,
        `cut to milliseconds when read: a list by it finds only rows with whole milliseconds. ${uncutAdvice(column, dialect)}`,
      );
  }
}

/** Before what is told of the field already. */
function remarkField({ fieldNotes }: Draft, name: string, text: string): void {
  const { [name]: told } = fieldNotes;
  fieldNotes[name] = told === undefined ? text : `${text}; ${told}`;
}

const keyless: readonly FieldSpec["type"][] = ["json", "array", "vector", "binary", "float"];

const refusalOf = (column: CatalogueColumn, inKey: boolean, dialect: Dialect): string | undefined =>
  dialect.isWritable(column.name)
    ? dialect.columnRefusal(column, inKey)
    : "has a name that cannot stand in a statement";

/** Columns of the primary key in its order; empty where one of them cannot be a key of the spec. */
function keyOf(table: KnownTable, dialect: Dialect): readonly string[] {
  const key = table.constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  const fits = key.every((name) => {
    const column = table.columns.find((each) => each.name === name);
    if (column === undefined || refusalOf(column, true, dialect) !== undefined) return false;
    return !keyless.includes(dialect.typeOf(column, true).type);
  });
  return fits ? key : [];
}

/** Key fields come first and in the order of the key, which the spec takes from the order of the fields. */
function addFields(draft: Draft, key: readonly string[], dialect: Dialect): void {
  const { table } = draft;
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const ordered = [
    ...key.flatMap((name) => byName.get(name) ?? []),
    ...table.columns.filter(({ name }) => !key.includes(name)),
  ];
  const names = new Names();
  for (const column of ordered) {
    const inKey = key.includes(column.name);
    const refused = refusalOf(column, inKey, dialect);
    if (refused !== undefined) {
      draft.notes.push(`column ${column.name} ${refused}`);
      continue;
    }
    addField(draft, column, fieldNameOf(column.name, names), inKey, dialect);
  }
}

function addField(
  draft: Draft,
  column: CatalogueColumn,
  name: string,
  inKey: boolean,
  dialect: Dialect,
): void {
  const { table } = draft;
  const alone = table.constraints.find(
    ({ kind, columns }) => kind === "unique" && columns.length === 1 && columns[0] === column.name,
  );
  const place = { dialect, table, name, inKey };
  const spec = fieldSpecOf(column, { ...place, isUnique: alone !== undefined && !inKey });
  const isUnique = spec.unique === true && !keyless.includes(spec.type);
  draft.fields.set(column.name, {
    name,
    spec:
      isUnique || spec.unique === undefined ? spec : fieldSpecOf(column, { ...place, isUnique }),
  });
  if (isUnique && alone !== undefined) {
    rename(draft, uniqueName(table.name, [column.name]), alone.name);
    if (alone.deferrable) remarkField(draft, name, "its unique constraint is deferrable");
    if (isNullsNotDistinct(alone))
      remarkField(draft, name, "its unique constraint counts two nulls as equal");
  }
  const remark = dialect.columnRemark(column);
  if (remark !== undefined) remarkField(draft, name, remark);
}

function addReferences(draft: Draft, { tables, entities, dialect }: EntityPlace): void {
  const { table, fields, notes } = draft;
  for (const constraint of table.constraints) {
    if (constraint.kind !== "foreign key") continue;
    const nullable = (column: string): boolean => fields.get(column)?.spec.nullable === true;
    const made = referenceOf(constraint, tables, nullable, dialect.onUpdateRemark);
    const field = "refused" in made ? undefined : fields.get(made.column);
    const target = "refused" in made ? undefined : tables.get(made.target);
    if (target !== undefined && keyOf(target, dialect).length === 0) {
      notes.push(
        `foreign key ${constraint.name} leads to ${target.name}, whose key is none of the spec`,
      );
      continue;
    }
    if ("refused" in made || field === undefined || target === undefined) {
      notes.push("refused" in made ? made.refused : `foreign key ${constraint.name} stays`);
      continue;
    }
    if (field.spec.references !== undefined) {
      notes.push(`foreign key ${constraint.name} is a second one on ${made.column}`);
      continue;
    }
    field.spec = {
      ...typedAs(field.spec, storedType(table, made.column, dialect), keyType(target, dialect)),
      references: entities.get(made.target) ?? made.target,
      ...(made.onDelete !== undefined && { onDelete: made.onDelete }),
    };
    if (made.note !== undefined) remarkField(draft, field.name, made.note);
    rename(draft, foreignKeyName(table.name, [made.column]), constraint.name);
  }
}

/** A reference has the type of the key that it holds; the column keeps its own. */
function typedAs(spec: FieldSpec, own: string | undefined, key: FieldSpec | undefined): FieldSpec {
  if (key === undefined || own === undefined || (key.type === spec.type && key.max === spec.max))
    return spec;
  const { type, max, precision, scale } = key;
  return {
    ...spec,
    type,
    ...(max !== undefined && { max }),
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    stored: { ...spec.stored, type: own },
  };
}

function storedType({ columns }: KnownTable, column: string, dialect: Dialect): string | undefined {
  const found = columns.find(({ name }) => name === column);
  return found === undefined ? undefined : dialect.storedType(found);
}

function keyType(table: KnownTable, dialect: Dialect): FieldSpec | undefined {
  const [key] = keyOf(table, dialect);
  const column = table.columns.find(({ name }) => name === key);
  return column === undefined
    ? undefined
    : fieldSpecOf(column, { dialect, table, name: column.name, inKey: true, isUnique: false });
}

function uniqueGroups(draft: Draft): string[][] {
  const { table, fields, notes } = draft;
  return table.constraints.flatMap(({ kind, columns, name, definition }) => {
    if (kind !== "unique" || columns.length === 1) return [];
    const group = columns.flatMap((column) => fields.get(column) ?? []);
    if (group.length < columns.length || group.some(({ spec }) => !canBeUnique(spec))) {
      notes.push(`constraint ${name}: ${definition}`);
      return [];
    }
    rename(draft, uniqueName(table.name, columns), name);
    if (isNullsNotDistinct({ definition })) notes.push(`constraint ${name}: ${definition}`);
    return [group.map((field) => field.name)];
  });
}

const isNullsNotDistinct = ({ definition }: Pick<CatalogueConstraint, "definition">): boolean =>
  /^unique nulls not distinct\b/i.test(definition);

const canBeUnique = ({ type }: FieldSpec): boolean => !keyless.includes(type);

function checksOf(draft: Draft, { expressionProblem }: Dialect): Record<string, string> {
  const { table, notes } = draft;
  const names = new Names();
  const found: Record<string, string> = {};
  for (const { kind, name, condition, definition } of table.constraints) {
    if (kind === "exclude") notes.push(`constraint ${name}: ${definition}`);
    if (kind !== "check" || condition === undefined) continue;
    if (expressionProblem(condition) !== undefined) {
      notes.push(`constraint ${name}: ${definition}`);
      continue;
    }
    const stem = name.startsWith(`${table.name}_`) ? name.slice(table.name.length + 1) : name;
    const given = fieldNameOf(snakeCase(stem.replace(/_check$/, "")), names);
    found[given] = condition;
    rename(draft, checkName(table.name, given), name);
  }
  return found;
}

function rename({ renamed }: Draft, made: string, actual: string): void {
  if (made !== actual) renamed[made] = actual;
}

/** createdAt and updatedAt as the spec means them: the database fills both, and every change of the data layer raises the second. */
function hasTimestamps(fields: FieldsByColumn): boolean {
  return ["createdAt", "updatedAt"].every((name) =>
    [...fields.values()].some(
      (field) =>
        field.name === name &&
        field.spec.type === "timestamp" &&
        field.spec.nullable !== true &&
        field.spec.stored?.default !== undefined,
    ),
  );
}
