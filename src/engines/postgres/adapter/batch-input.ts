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

/** One value that is made when a condition holds, or a list of which some elements are: then what the caller gave of it. */
export type MadePlace =
  | { readonly place: number; readonly condition: string }
  | { readonly place: number; readonly given: string };

/** What the client makes when it is left out, which is no part of an operation's content. */
export function madePlaces(
  entity: EntityIr,
  statement: InsertStatement,
  variable: string,
  bulk: boolean,
): readonly MadePlace[] {
  const one = entity.variable;
  const own = statement.fields.flatMap((field, place): readonly MadePlace[] => {
    if (field.source.generated !== "client") return [];
    const { name } = field;
    return [
      bulk
        ? { place, given: `${variable}.map((${one}) => ${one}${access(name)})` }
        : { place, condition: `${variable}${access(name)} === undefined` },
    ];
  });
  let next = statement.fields.length;
  const children = statement.children.flatMap(({ child, fields }) => {
    const first = next + (bulk ? 1 : 0);
    next = first + fields.length;
    const each = childVariable(child);
    const all = ({ name }: FieldIr, of: string): string =>
      `${of}${access(child.property)}.map((${each}) => ${each}${access(name)})`;
    return fields.flatMap((field, at): readonly MadePlace[] => {
      if (field.source.generated !== "client") return [];
      const given = bulk
        ? `${variable}.flatMap((${one}) => ${all(field, one)})`
        : all(field, variable);
      return [{ place: first + at, given }];
    });
  });
  return [...own, ...children];
}
