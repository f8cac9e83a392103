import type { ChildIr, EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import { childFields } from "../../families/sql/row.ts";
import { clause, filled, selectList } from "../../families/sql/layout.ts";
import { childrenObject } from "../ddl/audit.ts";
import { historyTable } from "../ddl/naming.ts";
import type { Dialect } from "../dialect.ts";
import { identifier, qualified } from "../sql/quote.ts";
import { givenRowKeys, givenRows, givenValue, indexed, isLoose, keyed } from "./given.ts";
import { getText } from "./read.ts";
import {
  aliased,
  aliasOf,
  alwaysSet,
  rowExpressions,
  tenantCondition,
  visibleFields,
} from "./row.ts";

export type Insert = Extract<Method, { readonly op: "insert" | "upsert" }>;

/** Statements that save new rows, all over the same `$1…$n`. */
export interface InsertStatement {
  readonly text: string;
  /** Inserts the row that `text` did not find. */
  readonly otherwise?: string;
  /** Inserts those rows of a batch that `text` did not find. */
  readonly missing?: string;
  /** Owned children, and the correction of their root's history. */
  readonly with: readonly string[];
  readonly result: { readonly select: string; readonly when?: "committed" } | "returning";
  /** Fields of the root that are bound: one value each, or in a batch one row each of the list `$1`. */
  readonly fields: readonly FieldIr[];
  /** Per child one list of rows; in a batch the place of the root comes first in each. */
  readonly children: readonly ChildInput[];
  /** Columns that become null, which they must not be, where the statement would strike the row of another key or tenant. */
  readonly guards: readonly string[];
}

export interface ChildInput {
  readonly child: ChildIr;
  readonly fields: readonly FieldIr[];
  /** Number of its list's parameter. */
  readonly parameter: number;
}

/** Fields of `New<Entity>`: what the caller gives, or a default made before it is sent. */
export const insertedFields = (entity: EntityIr): readonly FieldIr[] =>
  entity.fields.filter((field) => !field.managed);

/** @param searched whether a full text index is kept of the rows */
export function insertStatement(
  entity: EntityIr,
  method: Insert,
  dialect: Dialect,
  searched: boolean,
): InsertStatement {
  const fields = insertedFields(entity);
  const first = method.bulk ? 2 : fields.length + 1;
  const children = entity.children.map((child, at) => ({
    child,
    fields: childFields(child).filter((field) => !field.managed),
    parameter: first + at,
  }));
  const of: Saved = { entity, method, dialect, fields, children };
  const withChildren = [
    ...children.flatMap((each) => childTexts(of, each)),
    ...(entity.audit && children.length > 0 ? [recordedChildren(of)] : []),
  ];
  const guards = method.op === "upsert" ? guardColumns(of) : [];
  const common = { with: withChildren, fields, children, guards };
  if (method.op === "upsert" && !method.bulk)
    return { ...common, text: updateText(of), otherwise: rootInsert(of), result: resultOf(of) };
  if (method.op === "upsert" && searched && !dialect.findsReplaced)
    return { ...common, text: batchUpdate(of), missing: batchInsert(of), result: resultOf(of) };
  const insert = rootInsert(of);
  // One statement less, where the server says what it has inserted; an upsert goes by the order of the keys.
  if (dialect.returning && withChildren.length === 0 && method.op === "insert")
    return { ...common, text: `${insert}\nreturning ${returned(entity)}`, result: "returning" };
  const result = resultOf(of);
  const alone = method.op === "insert" && !method.bulk && withChildren.length === 0;
  // Two round trips less: what was inserted is read by the key that was given, after the commit.
  return alone && !entity.key.some(isMadeByServer)
    ? { ...common, text: insert, result: { ...result, when: "committed" } }
    : { ...common, text: insert, result };
}

interface Saved {
  readonly entity: EntityIr;
  readonly method: Insert;
  readonly dialect: Dialect;
  readonly fields: readonly FieldIr[];
  readonly children: readonly ChildInput[];
}

const returned = (entity: EntityIr): string =>
  filled(visibleFields(entity).map((field) => identifier(field.column)));

const tenantColumns = (entity: EntityIr): readonly string[] =>
  tenantCondition(entity).length === 0 ? [] : [entity.tenant?.column ?? ""];

const ownTenant = (entity: EntityIr): readonly string[] => tenantColumns(entity).map(identifier);

const guardColumns = ({ entity, method, children }: Saved): readonly string[] => {
  const own = method.bulk
    ? [...entity.key.map(({ column }) => column), ...tenantColumns(entity)]
    : [];
  const owned = children.map(({ child }) => (child.localKey[0] ?? child.ownerKey[0])?.column ?? "");
  return [...new Set([...own, ...owned])];
};

/** `insert into … values (…)`, or from the list `$1`. */
function rootInsert(of: Saved): string {
  const { entity, fields, method } = of;
  if (!method.bulk) {
    const tenant = ownTenant(entity).map(() => "$tenant");
    return `${insertHead(of)}\nvalues (${filled([...fields.map((_, at) => `$${at + 1}`), ...tenant])})`;
  }
  return method.op === "upsert"
    ? `${insertHead(of)}\n${rowSource(of)}\n${keyOrder(of)}\n${onDuplicate(of)}`
    : `${insertHead(of)}\n${rowSource(of)}\norder by given.place`;
}

function insertHead({ entity, fields }: Saved): string {
  const columns = [...fields.map((field) => identifier(field.column)), ...ownTenant(entity)];
  return `insert into ${identifier(entity.table)} (${filled(columns)})`;
}

/** The rows of the list `$1` as they are inserted. */
function rowSource(of: Saved): string {
  const { entity, fields } = of;
  const told = isTold(of);
  const values = fields.map((field, at) =>
    told && field === entity.key[0]
      ? `if(given.alike = 1, given.c${at}, null)`
      : givenValue(field, `given.c${at}`),
  );
  const tenant = ownTenant(entity).map(() => "$tenant");
  return `${selectList([...values, ...tenant])}\nfrom ${replacingRows(of)}`;
}

/** Whether rows that are one to the server have to be told from each other. */
const isTold = ({ entity, method }: Saved): boolean =>
  method.op === "upsert" && entity.key.some(isLoose);

const replacingRows = (of: Saved): string => (isTold(of) ? countedRows(of) : rows(of));

/** Two batches that lock the rows they share in one order cannot wait for each other in a circle. */
const keyOrder = (of: Saved): string =>
  `order by ${of.entity.key.map((field) => keyOfRow(of, field)).join(", ")}`;

/** The rows of a batch that are there, changed: an insert that replaces them would leave the full text index without them (MY-29). */
function batchUpdate(of: Saved): string {
  const { entity, fields } = of;
  const own = (column: string): string => qualified(entity.table, column);
  const sets = [
    ...(isTold(of)
      ? entity.key
          .slice(0, 1)
          .map(({ column }) => `${own(column)} = if(given.alike = 1, ${own(column)}, null)`)
      : []),
    ...fields.flatMap((field, at) =>
      field.key ? [] : [`${own(field.column)} = ${givenValue(field, `given.c${at}`)}`],
    ),
    ...rootChanges(entity),
  ];
  const itself = own(entity.key[0]?.column ?? "");
  return `update ${replacingRows(of)}
join ${identifier(entity.table)} on ${sameRow(of, entity.table).join(" and ")}
set ${filled(sets.length === 0 ? [`${itself} = ${itself}`] : sets)}`;
}

/** Those that are not; another tenant's is no such row, and its key is taken. */
function batchInsert(of: Saved): string {
  const { entity } = of;
  const absent = qualified(aliasOf(entity), entity.key[0]?.column ?? "");
  return `${insertHead(of)}
${rowSource(of)}
left join ${aliased(entity)} on ${sameRow(of).join(" and ")}
where ${absent} is null
${keyOrder(of)}`;
}

/** The row of a batch's row, of this tenant. */
function sameRow(of: Saved, alias = aliasOf(of.entity)): readonly string[] {
  const { entity, dialect } = of;
  return [
    ...entity.key.map(
      (field) =>
        `${qualified(alias, field.column)} = ${keyed(field, keyOfRow(of, field), dialect)}`,
    ),
    ...tenantCondition(entity, alias),
  ];
}

/**
 * Texts of a key that differ may be one to the server: rows of a batch that have one are counted, and their key is set to null, which
 * fails, so that they are not merged. In a table of its own, since MariaDB lets `on duplicate key update` see nothing beside a window.
 */
function countedRows(of: Saved): string {
  const { entity, dialect } = of;
  const key = entity.key.map((field) => keyed(field, keyOfRow(of, field), dialect));
  const alike = `count(*) over (partition by ${key.join(", ")}) as alike`;
  return `(\nselect given.*, ${alike}\nfrom ${rows(of)}\n) given`;
}

/** The same of the children of one root: `on duplicate key update` would keep the last of those that have one key. */
function countedChildren(of: Saved, input: ChildInput): string {
  const { child, fields } = input;
  const key = child.localKey.map((field) =>
    keyed(field, `held.c${fields.indexOf(field)}`, of.dialect),
  );
  const all = [...(of.method.bulk ? ["held.root_place"] : []), ...key];
  const over = all.length === 0 ? "" : `partition by ${all.join(", ")}`;
  return `(\nselect held.*, count(*) over (${over}) as alike\nfrom ${childRows(of, input)}\n) held`;
}

const rows = ({ fields, entity }: Saved): string =>
  givenRows({ parameter: 1, fields, key: entity.key, alias: "given" });

/** Their keys, where nothing else of them is asked for: a list to itself is read in a third less time than all of theirs. */
const rowKeys = (of: Saved): string =>
  givenRowKeys({
    parameter: keysParameter(of),
    fields: of.fields,
    key: of.entity.key,
    alias: "given",
  });

/** Of a batch, after its rows and their children. */
const keysParameter = ({ children }: Pick<Saved, "children">): number => 2 + children.length;

const keyOfRow = ({ fields }: Saved, field: FieldIr): string => `given.c${fields.indexOf(field)}`;

/**
 * `on duplicate key update` strikes on any unique key: where it was another than the primary one, or another tenant's row, the key is set
 * to null, which fails (MY-17).
 */
function onDuplicate(of: Saved): string {
  const { entity, fields } = of;
  const table = identifier(entity.table);
  const guard = (column: string, value: string): string => {
    const own = `${table}.${identifier(column)}`;
    return `${identifier(column)} = if(${own} = ${value}, ${own}, null)`;
  };
  const sets = [
    ...entity.key.map((field) =>
      guard(field.column, keyed(field, keyOfRow(of, field), of.dialect)),
    ),
    ...tenantColumns(entity).map((column) => guard(column, "$tenant")),
    ...fields.flatMap((field, at) =>
      field.key ? [] : [`${identifier(field.column)} = ${givenValue(field, `given.c${at}`)}`],
    ),
    ...rootChanges(entity),
  ];
  return `on duplicate key update ${filled(sets)}`;
}

const rootChanges = (entity: EntityIr): readonly string[] => [
  ...alwaysSet(entity),
  ...(entity.deletedAt === undefined ? [] : [`${identifier(entity.deletedAt.column)} = null`]),
];

/** The update of an upsert by key: it cannot strike another row, as `on duplicate key update` does. */
function updateText({ entity, fields }: Saved): string {
  const sets = fields.flatMap((field, at) =>
    field.key ? [] : [`${identifier(field.column)} = $${at + 1}`],
  );
  const all = [...sets, ...rootChanges(entity)];
  const key = entity.key.map(
    (field) => `${identifier(field.column)} = $${fields.indexOf(field) + 1}`,
  );
  const itself = key[0] ?? "";
  return `update ${identifier(entity.table)}
set ${filled(all.length === 0 ? [itself] : all)}
${clause("where", [...key, ...tenantCondition(entity)])}`;
}

/** The key of a single row; one that the database makes is known after the insert. */
const keyValue = ({ fields }: Saved, field: FieldIr): string => {
  const given = `$${fields.indexOf(field) + 1}`;
  return isMadeByServer(field) ? `coalesce(${given}, last_insert_id())` : given;
};

/** A uuid is made by the data layer, since the server does not tell one. */
export const isMadeByServer = ({ key, type, source }: FieldIr): boolean =>
  key && source.generated === "database" && type.kind !== "uuid";

function resultOf(of: Saved): { readonly select: string } {
  const { entity, method } = of;
  if (!method.bulk)
    return {
      select: getText(
        entity,
        entity.key.map((field) => keyValue(of, field)),
      ),
    };
  return {
    select: `${selectList(rowExpressions(entity))}
from ${rowKeys(of)}
join ${aliased(entity)} on ${sameRow(of).join(" and ")}
order by given.place`,
  };
}

/** An upsert replaces the children: what the root no longer holds is deleted, what it holds again is updated in place. */
function childTexts(of: Saved, input: ChildInput): readonly string[] {
  const save = childInsert(of, input);
  return of.method.op === "upsert" ? [dropped(of, input), save] : [save];
}

/** Rows of a child; in a batch each names the place of its root, whose key it gets from there. */
const childRows = ({ method }: Saved, { child, fields, parameter }: ChildInput): string =>
  givenRows({ parameter, fields, key: child.localKey, alias: "held", rooted: method.bulk });

/** Which children of a batch are held. */
const childKeys = (of: Saved, { child, fields, parameter }: ChildInput): string =>
  givenRows({
    parameter,
    fields,
    key: child.localKey,
    alias: "held",
    rooted: of.method.bulk,
    only: "key",
  });

/** How a child's row finds its root's key. */
const rootKey = (of: Saved): readonly string[] =>
  of.method.bulk
    ? of.entity.key.map((field) => keyOfRow(of, field))
    : of.entity.key.map((field) => keyValue(of, field));

const rootJoin = (of: Saved): string =>
  of.method.bulk ? `\njoin ${indexed(rowKeys(of), "given")} on given.place = held.root_place` : "";

function childInsert(of: Saved, input: ChildInput): string {
  const { child, fields } = input;
  const tenant = child.entity.fields.filter(({ source }) => source.role === "tenant");
  const columns = filled(
    [...child.ownerKey, ...fields, ...tenant].map((field) => identifier(field.column)),
  );
  const [upsert, own] = [of.method.op === "upsert", child.localKey[0]];
  const alone = (value: string): string => (upsert ? `if(held.alike = 1, ${value}, null)` : value);
  const values = [
    ...rootKey(of).map((value, at) => (own === undefined && at === 0 ? alone(value) : value)),
    ...fields.map((field, at) =>
      field === own ? alone(`held.c${at}`) : givenValue(field, `held.c${at}`),
    ),
    ...tenant.map(() => "$tenant"),
  ];
  const replaced = fields.flatMap((field, at) =>
    field.key ? [] : [`${identifier(field.column)} = ${givenValue(field, `held.c${at}`)}`],
  );
  const column = identifier(own?.column ?? child.ownerKey[0]?.column ?? "");
  const table = identifier(child.entity.table);
  const again = upsert
    ? `\non duplicate key update ${filled(replaced.length === 0 ? [`${column} = ${table}.${column}`] : replaced)}`
    : "";
  return `insert into ${table} (${columns})
${selectList(values)}
from ${upsert ? countedChildren(of, input) : childRows(of, input)}${rootJoin(of)}${again}`;
}

function dropped(of: Saved, input: ChildInput): string {
  const { child, fields } = input;
  const { dialect, entity, method } = of;
  const held = child.localKey.map(
    (field) =>
      `${keyed(field, `held.c${fields.indexOf(field)}`, dialect)} = ${qualified("child", field.column)}`,
  );
  const owner = (value: (at: number) => string): readonly string[] =>
    entity.key.map(
      (field, at) =>
        `${qualified("child", child.ownerKey[at]?.column ?? field.column)} = ${value(at)}`,
    );
  const keys = rootKey(of);
  const table = identifier(child.entity.table);
  if (!method.bulk)
    return `delete child from ${table} child
left join ${childRows(of, input)} on ${held.join(" and ")}
${clause("where", [...owner((at) => keys[at] ?? ""), "held.place is null"])}`;
  const same = entity.key.map((field, at) => keyed(field, keys[at] ?? "", dialect));
  return `delete child from ${table} child
join ${rowKeys(of)} on ${owner((at) => same[at] ?? "").join(" and ")}
left join ${indexed(childKeys(of, input), "held")} on held.root_place = given.place and ${held.join(" and ")}
where held.place is null`;
}

/** The trigger saw the children as they were before they were saved. */
function recordedChildren(of: Saved): string {
  const { entity, method } = of;
  const table = identifier(historyTable(entity));
  const alias = aliasOf(entity);
  const last = entity.key.map(
    (field) => `${qualified("last_change", field.column)} = ${qualified(alias, field.column)}`,
  );
  const key = entity.key.map(
    (field) => `${qualified(alias, field.column)} = ${keyValue(of, field)}`,
  );
  const from = method.bulk
    ? `${rowKeys(of)}\njoin ${aliased(entity)} on ${sameRow(of).join(" and ")}`
    : aliased(entity);
  const where = method.bulk
    ? ""
    : `\nwhere ${[...key, ...tenantCondition(entity, alias)].join(" and ")}`;
  return `update ${table} recorded
join (
  select
    (select max(last_change.revision) from ${table} last_change where ${last.join(" and ")}) as revision,
    ${childrenObject(entity, alias)} as children
  from ${from}${where}
) present on present.revision = recorded.revision
set recorded.children = present.children`;
}
