import { clause, filled, selectList } from "../../families/sql/layout.ts";
import { childrenObject, childRecordings } from "../ddl/recording.ts";
import { historyTable } from "../ddl/naming.ts";
import { identifier, qualified } from "../sql/quote.ts";
import { givenRows, givenValue, indexed, keyed } from "./given.ts";
import { aliased, aliasOf, gathering, tenantCondition } from "./row.ts";
import { keyOfRow, rowKeys, keyValue, sameRow, type ChildInput, type Saved } from "./saved.ts";

/** An upsert replaces the children: what the root no longer holds is deleted, what it holds again is updated in place. */
export function childTexts(of: Saved, input: ChildInput): readonly string[] {
  const save = childInsert(of, input);
  return of.method.op === "upsert" ? [dropped(of, input), save] : [save];
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
export function recordedChildren(of: Saved): string {
  const { entity, method, dialect } = of;
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
    ${childrenObject(childRecordings(entity), alias, gathering(dialect))} as children
  from ${from}${where}
) present on present.revision = recorded.revision
set recorded.children = present.children`;
}
