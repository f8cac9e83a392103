import type { FieldIr, Method, RecordMethodIr } from "../../../ir/types.ts";
import { stringLiteral } from "../../../render/encode.ts";
import type { Doc } from "../../../render/document.ts";
import { call, objectLiteral } from "../../../render/layout.ts";
import { propertyOf } from "../fields.ts";
import type { Scope } from "./scope.ts";
import { declaration, identity } from "./source.ts";

type Increment = Extract<Method, { readonly op: "increment" }>;

const kinds = { int: "int32", bigint: "long", float: "double", decimal: "decimal128" } as const;
const types = { int: "number", bigint: "bigint", float: "number", decimal: "string" } as const;

/** The addition with its limits: the method's and the field's own. */
export function incrementDeclaration(
  scope: Scope,
  name: string,
  { operation, effect }: RecordMethodIr,
  method: Increment,
): string {
  const { entity } = scope;
  const field = entity.fields.find(({ name }) => name === method.field);
  const kind = numberKind(field);
  scope.runtimeType("declaration", "IncrementDeclaration");
  scope.runtime("number", kinds[kind]);
  const property = field === undefined ? method.field : propertyOf(entity, field);
  return declaration(
    name,
    `IncrementDeclaration<${entity.name}, ${types[kind]}>`,
    `\`findOneAndUpdate({ _id, ${property}: { $gte, $lte } }, { $inc })\``,
    [
      ...identity(scope, operation, effect),
      ["property", stringLiteral(property)],
      ["sign", stringLiteral(method.by)],
      ...(field?.nullable === true ? [["nullable", "true"] as const] : []),
      ["number", call(kinds[kind], [limits(kind, field, method), ...digits(field)])],
    ],
  );
}

function numberKind(field: FieldIr | undefined): keyof typeof kinds {
  const kind = field?.type.kind;
  return kind === "bigint" || kind === "float" || kind === "decimal" ? kind : "int";
}

const digits = (field: FieldIr | undefined): readonly Doc[] =>
  field?.type.kind === "decimal" ? [String(field.type.precision), String(field.type.scale)] : [];

function limits(
  kind: keyof typeof kinds,
  field: FieldIr | undefined,
  { floor, ceiling }: Increment,
): Doc {
  const min = bound(Math.max, floor, field?.source.min);
  const max = bound(Math.min, ceiling, field?.source.max);
  const written = (value: string): Doc =>
    kind === "bigint" ? `${value}n` : kind === "decimal" ? stringLiteral(value) : value;
  return objectLiteral([
    ...(min === undefined ? [] : [["min", written(min)] as const]),
    ...(max === undefined ? [] : [["max", written(max)] as const]),
  ]);
}

/** The tighter of the two. */
function bound(
  tighter: (...values: number[]) => number,
  own: number | undefined,
  fields: number | string | undefined,
): string | undefined {
  const given = [own, fields].filter((value) => value !== undefined);
  const [first, second] = given;
  if (second === undefined) return first === undefined ? undefined : String(first);
  return tighter(Number(first), Number(second)) === Number(first) ? String(first) : String(second);
}
