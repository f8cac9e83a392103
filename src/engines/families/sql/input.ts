import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Json } from "../../../spec/model.ts";
import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { call } from "../../../render/layout.ts";
import type { AdapterModule } from "./module.ts";
import { codecsName } from "./module.ts";
import { access } from "./source.ts";

/** The values of new rows: what the caller gave, or what stands for it. */

/** `orderCodecs.status.encode(order.status ?? "new")` */
export function valueOf(
  entity: EntityIr,
  field: FieldIr,
  variable: string,
  module: AdapterModule,
): Doc {
  return call(`${inputCodec(entity, field, module)}.encode`, [
    givenOrDefault(entity, field, variable, module),
  ]);
}

/** A key that the database makes may be left out, though its column never is null. */
export function inputCodec(entity: EntityIr, field: FieldIr, module: AdapterModule): string {
  const codec = `${codecsName(entity)}${access(field.name)}`;
  if (field.source.generated !== "database" || field.nullable) return codec;
  module.codecs.add("nullable");
  return `nullable(${codec})`;
}

/** What the caller gave, or what stands for it. */
export function givenOrDefault(
  entity: EntityIr,
  field: FieldIr,
  variable: string,
  module: AdapterModule,
): string {
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
