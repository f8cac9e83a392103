import type { Json, JsonSchema } from "../../spec/model.ts";
import type { Doc } from "../document.ts";
import { group, hardline, ifBroken, indent, join, line } from "../document.ts";
import { propertyName, stringLiteral } from "../encode.ts";
import { arrayLiteral, call, entry, openObject } from "../layout.ts";

/**
 * The part of JSON Schema that has a static type: const, enum, type (one or several), properties with required, items, and
 * additionalProperties. Everything else of a schema is any JSON value, in the type and in the check alike.
 */
interface Shape {
  readonly type: Doc;
  readonly zod: Doc;
}

/** TypeScript type of a schema's values. */
export const schemaType = (schema: JsonSchema): Doc => shape(schema).type;
/** Zod expression that accepts a schema's values; the runtime's own schemas are there under the name `schema`. */
export const schemaZod = (schema: JsonSchema): Doc => shape(schema).zod;

const anyJson: Shape = { type: "Json", zod: "schema.json" };

function shape(schema: Json | undefined): Shape {
  if (!isObject(schema)) return anyJson;
  if (isScalar(schema["const"])) return literals([schema["const"]]);
  const { enum: values, type } = { enum: schema["enum"], type: schema["type"] };
  if (Array.isArray(values) && values.length > 0 && values.every(isScalar)) return literals(values);
  if (Array.isArray(type)) return union(type.map((one) => typed(one, schema)));
  return typed(type, schema);
}

function typed(type: Json | undefined, schema: { readonly [key: string]: Json }): Shape {
  switch (type) {
    case "string":
    case "number":
    case "boolean":
      return { type, zod: `z.${type}()` };
    case "integer":
      return { type: "number", zod: "z.int()" };
    case "null":
      return { type: "null", zod: "z.null()" };
    case "array":
      return arrayShape(shape(schema["items"]));
    case "object":
      return objectShape(schema);
    default:
      return anyJson;
  }
}

function arrayShape({ type, zod }: Shape): Shape {
  return { type: ["ReadonlyArray<", type, ">"], zod: call("z.array", [zod]) };
}

function objectShape(schema: { readonly [key: string]: Json }): Shape {
  const properties = schema["properties"];
  const extra = schema["additionalProperties"];
  if (!isObject(properties))
    return recordShape(extra === undefined || extra === true ? anyJson : shape(extra));
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const shapes = Object.entries(properties).map(([name, one]) => ({
    name,
    optional: !required.has(name),
    ...shape(one),
  }));
  // Extra properties cannot be typed beside the named ones; the check refuses them where the schema closes the object.
  const callee = extra === false ? "z.strictObject" : "z.object";
  return {
    type: [
      "{",
      indent(
        shapes.map(({ name, optional, type }): Doc => [
          hardline,
          "readonly ",
          propertyName(name),
          optional ? "?: " : ": ",
          type,
          ";",
        ]),
      ),
      hardline,
      "}",
    ],
    zod: [
      callee,
      "(",
      openObject(
        shapes.map(({ name, optional, zod }) =>
          entry(name, optional ? [zod, ".exactOptional()"] : zod),
        ),
      ),
      ")",
    ],
  };
}

function recordShape({ type, zod }: Shape): Shape {
  return {
    type: ["{ readonly [key: string]: ", type, " }"],
    zod: call("z.record", ["z.string()", zod]),
  };
}

function literals(values: readonly (string | number | boolean | null)[]): Shape {
  const shown = values.map((value) =>
    typeof value === "string" ? stringLiteral(value) : String(value),
  );
  const zod =
    shown.length === 1 ? call("z.literal", shown) : call("z.literal", [arrayLiteral(shown)]);
  return { type: unionOf(shown), zod };
}

function union(shapes: readonly Shape[]): Shape {
  const [only, ...rest] = shapes;
  if (only === undefined) return anyJson;
  if (rest.length === 0) return only;
  return {
    type: unionOf(shapes.map((one) => one.type)),
    zod: call("z.union", [arrayLiteral(shapes.map((one) => one.zod))]),
  };
}

const unionOf = (types: readonly Doc[]): Doc =>
  types.length === 1
    ? (types[0] ?? "")
    : group(indent([ifBroken("| "), join([line, "| "], types)]));

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isScalar = (value: Json | undefined): value is string | number | boolean | null =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
