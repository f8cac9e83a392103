import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import { filled, indented, selectList } from "../../families/sql/layout.ts";
import { identifier, qualified } from "../sql/quote.ts";
import type { ChildInput, Insert } from "./insert.ts";
import { onConflict } from "./conflict.ts";
import { overriding } from "./row.ts";
import {
  droppedChild,
  element,
  givenChild,
  givenRows,
  place,
  savedChild,
  savedRoot,
  unnested,
} from "./with-member.ts";

/**
 * Members of a `with` that save the children of the rows in `saved_root`. An upsert replaces them: what the root no longer holds is
 * deleted, what it holds again is updated in place; both touch different rows, as one statement must.
 * @param first number of their first parameter
 */
export function childMembers(
  entity: EntityIr,
  method: Insert,
  children: readonly ChildInput[],
  first: number,
): readonly string[] {
  let next = first;
  return children.flatMap(({ child, fields }) => {
    const source = method.bulk ? batchSource(fields, next) : singleSource(fields, next);
    next += fields.length + (method.bulk ? 1 : 0);
    return [
      givenMember(entity, child, fields, source),
      ...(method.op === "upsert" ? [droppedMember(entity, child)] : []),
      savedMember(child, fields, method),
    ];
  });
}

const singleSource = (fields: readonly FieldIr[], first: number): string =>
  `${savedRoot} root cross join unnest(${filled(unnested(fields, first))})\n  as given(${filled(fields.map((field) => identifier(field.column)))})`;

/** Each row names the place of its root; the root's key comes from there, since the database may have made it. */
const batchSource = (fields: readonly FieldIr[], first: number): string =>
  `unnest(${filled([`$${first}::bigint[]`, ...unnested(fields, first + 1)])})\n` +
  `  as given(${filled([place, ...fields.map((field) => identifier(field.column))])})\n` +
  `join ${givenRows} root using (${place})`;

function givenMember(
  entity: EntityIr,
  child: ChildIr,
  fields: readonly FieldIr[],
  source: string,
): string {
  const values = [
    ...entity.key.map(
      (field, at) =>
        `${qualified("root", field.column)} as ${identifier(child.ownerKey[at]?.column ?? field.column)}`,
    ),
    ...fields.map((field) => {
      const value = element(field, "given");
      return value === qualified("given", field.column)
        ? value
        : `${value} as ${identifier(field.column)}`;
    }),
  ];
  return `${givenChild(child)} as (\n  ${indented(`${selectList(values)}\nfrom ${source}`)}\n)`;
}

function droppedMember(entity: EntityIr, child: ChildIr): string {
  const ofRoot = entity.key.map(
    (field, at) =>
      `${qualified("child", child.ownerKey[at]?.column ?? field.column)} = ${qualified("root", field.column)}`,
  );
  const same = child.entity.key.map(
    (field) => `${qualified("kept", field.column)} = ${qualified("child", field.column)}`,
  );
  return `${droppedChild(child)} as (
  delete from ${identifier(child.entity.table)} child using ${savedRoot} root
  where ${ofRoot.join(" and ")}
    and not exists (select from ${givenChild(child)} kept where ${same.join(" and ")})
)`;
}

function savedMember(child: ChildIr, fields: readonly FieldIr[], method: Insert): string {
  const columns = filled([...child.ownerKey, ...fields].map((field) => identifier(field.column)));
  const conflict = method.op === "upsert" ? `\n${onConflict(child.entity, fields, [])}` : "";
  const insert = `insert into ${identifier(child.entity.table)} (${columns})\n${overriding(fields)}select ${columns} from ${givenChild(child)}${conflict}`;
  return `${savedChild(child)} as (\n  ${indented(insert)}\n  returning *\n)`;
}
