import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { call } from "../../../render/layout.ts";
import { childVariable, givenOrDefault, inputCodec } from "../../families/sql/input.ts";
import type { AdapterModule } from "../../families/sql/module.ts";
import { access } from "../../families/sql/source.ts";
import type { InsertStatement } from "../statements/insert.ts";

/** A batch of new rows as one array per field; children as arrays after them. */

/** `array(orderCodecs.status).encode(orders.map((order) => order.status ?? "new"))` */
export function arrayOf(
  entity: EntityIr,
  field: FieldIr,
  rows: string,
  variable: string,
  module: AdapterModule,
): Doc {
  module.codecs.add("array");
  const mapped = `${rows}.map((${variable}) => ${elementOf(entity, field, variable, module)})`;
  return call(`array(${inputCodec(entity, field, module)}).encode`, [mapped]);
}

/** An element of an array is null, never undefined. */
function elementOf(
  entity: EntityIr,
  field: FieldIr,
  variable: string,
  module: AdapterModule,
): string {
  const value = givenOrDefault(entity, field, variable, module);
  const isAbsent =
    field.source.generated === "database" || (field.nullable && field.source.default === undefined);
  return isAbsent ? `${value} ?? null` : value;
}

/** Places of the values that the client makes when they are left out, with the condition that they were: no part of an operation's content. */
export function madePlaces(
  entity: EntityIr,
  statement: InsertStatement,
  variable: string,
  bulk: boolean,
): readonly { readonly condition: string; readonly place: number }[] {
  const rows = variable;
  const missing = (field: FieldIr, of: string): string =>
    `${of}${access(field.name)} === undefined`;
  const own = statement.fields.flatMap((field, place) => {
    if (field.source.generated !== "client") return [];
    const one = entity.variable;
    return [
      {
        place,
        condition: bulk
          ? `${rows}.some((${one}) => ${missing(field, one)})`
          : missing(field, variable),
      },
    ];
  });
  let next = statement.fields.length;
  const children = statement.children.flatMap(({ child, fields }) => {
    const first = next + (bulk ? 1 : 0);
    next = first + fields.length;
    const one = childVariable(child);
    const some = (field: FieldIr, of: string): string =>
      `${of}${access(child.property)}.some((${one}) => ${missing(field, one)})`;
    return fields.flatMap((field, at) => {
      if (field.source.generated !== "client") return [];
      const condition = bulk
        ? `${rows}.some((${entity.variable}) => ${some(field, entity.variable)})`
        : some(field, variable);
      return [{ place: first + at, condition }];
    });
  });
  return [...own, ...children];
}
