import type { EntityIr } from "../../../ir/types.ts";
import { clause, filled, selectList } from "../../families/sql/layout.ts";
import { identifier, qualified } from "../sql/quote.ts";
import { givenValue, keyed } from "./given.ts";
import { aliased, aliasOf, alwaysSet, tenantCondition } from "./row.ts";
import { isTold, tenantColumns, keyOfRow, rows, sameRow, type Saved } from "./saved.ts";

/** Columns set to null where an upsert would strike the row of another key or tenant; the server then refuses it. */
export const guardColumns = ({ entity, method, children }: Saved): readonly string[] => {
  const own = method.bulk
    ? [...entity.key.map(({ column }) => column), ...tenantColumns(entity)]
    : [];
  const owned = children.map(({ child }) => (child.localKey[0] ?? child.ownerKey[0])?.column ?? "");
  return [...new Set([...own, ...owned])];
};

const ownTenant = (entity: EntityIr): readonly string[] => tenantColumns(entity).map(identifier);

/** `insert into … values (…)`, or from the list `$1`. */
export function rootInsert(of: Saved): string {
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

const replacingRows = (of: Saved): string => (isTold(of) ? countedRows(of) : rows(of));

/** Two batches that lock the rows they share in one order cannot wait for each other in a circle. */
const keyOrder = (of: Saved): string =>
  `order by ${of.entity.key.map((field) => keyOfRow(of, field)).join(", ")}`;

/** The rows of a batch that are there, changed: an insert that replaces them would leave the full text index without them (MY-29). */
export function batchUpdate(of: Saved): string {
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
export function batchInsert(of: Saved): string {
  const { entity } = of;
  const absent = qualified(aliasOf(entity), entity.key[0]?.column ?? "");
  return `${insertHead(of)}
${rowSource(of)}
left join ${aliased(entity)} on ${sameRow(of).join(" and ")}
where ${absent} is null
${keyOrder(of)}`;
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
export function updateText({ entity, fields }: Saved): string {
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
