import type { ArrayElement, FieldType } from "../../spec/model.ts";
import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { FileRequest } from "../../engines/engine.ts";
import type { Doc } from "../document.ts";
import { print } from "../document.ts";
import { code, identifier, stringLiteral } from "../encode.ts";
import { ImportSet, call, docBlock, entry, importLines, openObject } from "../layout.ts";
import { idFunction } from "./domain.ts";
import { schemaZod } from "./json-schema.ts";
import type { SharedContext } from "./types.ts";
import { declared, insertable } from "./types.ts";

/**
 * `domain/order-dto.ts`: what a new entity looks like as JSON from outside, checked. Each schema is annotated with its result, so that
 * its inferred type is never spread over the program.
 */
export function dtoFile(root: EntityIr, context: SharedContext): FileRequest {
  const imports = new ImportSet().namespace("../runtime/dto.ts", "schema");
  const parts = declared(root)
    .toReversed()
    .map((entity) => schemaPart(entity, context, imports));
  for (const entity of declared(root)) imports.type(`./${root.domainFile}.ts`, entity.newType);
  return {
    path: `{data}/domain/${root.domainFile}-dto.ts`,
    ownership: "generated",
    unit: `entities/${root.name}`,
    template: "shared/module.ts.hbs",
    data: { imports: code(importLines(imports)), parts: parts.map(code) },
  };
}

const schemaName = (entity: EntityIr): string =>
  identifier(`${entity.newType.charAt(0).toLowerCase()}${entity.newType.slice(1)}Schema`);

function schemaPart(entity: EntityIr, context: SharedContext, imports: ImportSet): string {
  const entries = [
    ...insertable(entity).map((field) => entry(field.name, fieldSchema(field, context, imports))),
    ...entity.children.map((child) =>
      entry(child.property, call("schema.array", [schemaName(child.entity)])),
    ),
  ];
  const doc = docBlock([
    `A new ${entity.name} as JSON; \`parse\` throws a z.ZodError with every problem and its path.`,
  ]);
  const head = `export const ${schemaName(entity)} = schema.object<${identifier(entity.newType)}>(`;
  return print([doc, head, openObject(entries), ");"]);
}

function fieldSchema(field: FieldIr, context: SharedContext, imports: ImportSet): Doc {
  const owner = context.idTypes.get(field.tsType);
  const plain = typeSchema(field, imports);
  const own =
    owner === undefined ? plain : call("schema.branded", [plain, importedId(owner, imports)]);
  const value = field.nullable ? call("schema.nullable", [own]) : own;
  return field.optionalOnInsert ? call("schema.optional", [value]) : value;
}

function importedId(owner: EntityIr, imports: ImportSet): string {
  imports.value(`./${owner.domainFile}.ts`, idFunction(owner));
  return idFunction(owner);
}

function typeSchema({ type, source }: FieldIr, imports: ImportSet): Doc {
  switch (type.kind) {
    case "string":
      return call("schema.text", [String(type.max)]);
    case "int":
    case "float":
      return call(`schema.${type.kind}`, bounds(source, String));
    case "decimal":
      return call("schema.decimal", [
        String(type.precision),
        String(type.scale),
        ...bounds(source, quoted),
      ]);
    case "bigint":
      return within(
        type.kind,
        bounds(source, (bound) => `${bound}n`),
      );
    case "date":
      return within(type.kind, bounds(source, quoted));
    case "timestamp":
      return within(
        type.kind,
        bounds(source, (bound) => `new Date(${quoted(bound)})`),
      );
    case "enum":
      return call("schema.oneOf", type.values.map(stringLiteral));
    case "json":
      return type.schema === undefined ? "schema.json" : jsonSchema(type.schema, imports);
    case "array":
      return call("schema.array", [
        elementSchema(type.of),
        ...(type.max === undefined ? [] : [String(type.max)]),
      ]);
    case "vector":
      return call("schema.vector", [String(type.dimensions)]);
    default:
      return simpleSchema(type.kind);
  }
}

function jsonSchema(schema: Parameters<typeof schemaZod>[0], imports: ImportSet): Doc {
  const made = schemaZod(schema);
  if (!/\bz\./.test(print(made))) return made;
  imports.value("zod", "z");
  return call("schema.jsonOf", [made]);
}

type Simple = Exclude<
  FieldType["kind"],
  "string" | "int" | "float" | "decimal" | "enum" | "json" | "array" | "vector"
>;

const simpleSchema = (kind: Simple): Doc => (kind === "text" ? "schema.text()" : `schema.${kind}`);

function elementSchema(of: ArrayElement): Doc {
  switch (of) {
    case "string":
      return "schema.text()";
    case "int":
    case "float":
      return `schema.${of}()`;
    case "decimal":
      return call("schema.decimal", ["1000", "500"]);
    default:
      return simpleSchema(of);
  }
}

const within = (kind: Simple, limits: readonly string[]): Doc =>
  limits.length === 0 ? simpleSchema(kind) : call("schema.within", [simpleSchema(kind), ...limits]);

const quoted = (bound: number | string): string => stringLiteral(String(bound));

/** What a field's bounds are as arguments; a missing lower one before an upper one keeps its place. */
function bounds(
  { min, max }: FieldIr["source"],
  literal: (bound: number | string) => string,
): readonly string[] {
  if (max !== undefined) return [min === undefined ? "undefined" : literal(min), literal(max)];
  return min === undefined ? [] : [literal(min)];
}
