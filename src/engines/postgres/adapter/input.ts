import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Json } from "../../../spec/model.ts";
import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { call } from "../../../render/layout.ts";
import type { InsertStatement } from "../statements/insert.ts";
import type { AdapterModule } from "./module.ts";
import { codecsName } from "./module.ts";
import { access } from "./row-file.ts";

/** The texts of new rows: one value per field for one row, one array per field for a batch; children as arrays after them. */

/** `orderCodecs.status.encode(order.status ?? "new")` */
export function valueOf(
  entity: EntityIr,
  field: FieldIr,
  variable: string,
  module: AdapterModule,
): Doc {
  return call(`${inputCodec(entity, field, module)}.encode`, [
    source(entity, field, variable, module),
  ]);
}

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
  const value = source(entity, field, variable, module);
  const isAbsent =
    field.source.generated === "database" || (field.nullable && field.source.default === undefined);
  return isAbsent ? `${value} ?? null` : value;
}

/** A key that the database makes may be left out, though its column never is null. */
function inputCodec(entity: EntityIr, field: FieldIr, module: AdapterModule): string {
  const codec = `${codecsName(entity)}${access(field.name)}`;
  if (field.source.generated !== "database" || field.nullable) return codec;
  module.codecs.add("nullable");
  return `nullable(${codec})`;
}

/** What the caller gave, or what stands for it. */
function source(entity: EntityIr, field: FieldIr, variable: string, module: AdapterModule): string {
  const property = `${variable}${access(field.name)}`;
  const { default: value, generated } = field.source;
  if (generated === "client") return `${property} ?? ${madeKey(entity, field, module)}`;
  if (value === undefined || value === null) return property;
  const constant = defaultValue(field, value);
  return field.nullable
    ? `${property} === undefined ? ${constant} : ${property}`
    : `${property} ?? ${constant}`;
}

function madeKey(entity: EntityIr, field: FieldIr, module: AdapterModule): string {
  if (entity.owner === undefined && entity.idType !== undefined && field.tsType === entity.idType) {
    module.imports.value(`../../domain/${entity.domainFile}.ts`, `new${entity.idType}`);
    return `new${entity.idType}()`;
  }
  module.imports.value("../../runtime/uuid.ts", "uuidV7");
  return "uuidV7()";
}

/** A default of the spec as a TypeScript expression of the field's type. */
function defaultValue(field: FieldIr, value: Json): string {
  switch (field.type.kind) {
    case "int":
    case "float":
      return String(Number(value));
    case "bigint":
      return `${BigInt(String(value))}n`;
    case "boolean":
      return String(value === true);
    case "timestamp":
      return `new Date(${stringLiteral(String(value))})`;
    case "json":
      return JSON.stringify(value);
    case "array":
      return `[${Array.isArray(value) ? value.map((one) => elementValue(field, one)).join(", ") : ""}]`;
    default:
      return stringLiteral(String(value));
  }
}

function elementValue(field: FieldIr, value: Json): string {
  const of = field.type.kind === "array" ? field.type.of : "text";
  if (of === "int" || of === "float") return String(Number(value));
  if (of === "bigint") return `${BigInt(String(value))}n`;
  if (of === "boolean") return String(value === true);
  return of === "timestamp"
    ? `new Date(${stringLiteral(String(value))})`
    : stringLiteral(String(value));
}

/** Name of one row of a child in the code: `line` for `lines`. */
export const childVariable = (child: ChildIr): string => child.entity.variable;

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
