import type { ArrayElement, FieldType } from "../../spec/model.ts";
import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { FileRequest } from "../../engines/engine.ts";
import type { Doc } from "../document.ts";
import { print } from "../document.ts";
import { code, identifier, stringLiteral } from "../encode.ts";
import {
  ImportSet,
  arrayLiteral,
  call,
  docBlock,
  entry,
  functionHead,
  importLines,
  openObject,
} from "../layout.ts";
import { idFunction } from "./domain.ts";
import { schemaZod } from "./json-schema.ts";
import type { SharedContext } from "./types.ts";
import { declared, insertable } from "./types.ts";

/**
 * `domain/order-dto.ts`: what a new entity looks like as JSON from outside, checked. Each schema is annotated with its result, so that
 * its inferred type is never spread over the program.
 */
export function dtoFile(root: EntityIr, context: SharedContext): FileRequest {
  const imports = new ImportSet().value("zod", "z");
  const schemas = declared(root)
    .toReversed()
    .map((entity) => schemaPart(entity, context, imports));
  for (const entity of declared(root)) imports.type(`./${root.domainFile}.ts`, entity.newType);
  return {
    path: `{data}/domain/${root.domainFile}-dto.ts`,
    ownership: "generated",
    unit: `entities/${root.name}`,
    template: "shared/dto.ts.hbs",
    data: { imports: code(importLines(imports)), parts: [...schemas, parsePart(root)].map(code) },
  };
}

const schemaName = (entity: EntityIr): string =>
  identifier(`${entity.newType.charAt(0).toLowerCase()}${entity.newType.slice(1)}Schema`);

function schemaPart(entity: EntityIr, context: SharedContext, imports: ImportSet): string {
  const entries = [
    ...insertable(entity).map((field) => entry(field.name, fieldSchema(field, context, imports))),
    ...entity.children.map((child) =>
      entry(child.property, call("z.array", [schemaName(child.entity)])),
    ),
  ];
  const doc = docBlock([`A new ${entity.name} as JSON.`]);
  return print([
    doc,
    `export const ${schemaName(entity)}: z.ZodType<${identifier(entity.newType)}> = z.strictObject(`,
    openObject(entries),
    ");",
  ]);
}

function parsePart(root: EntityIr): string {
  const doc = docBlock([
    `Checks JSON from outside. @throws z.ZodError with every problem and its path`,
  ]);
  const head = functionHead(
    `parse${root.newType}`,
    [{ name: "value", type: "unknown" }],
    root.newType,
  );
  return `${doc}${head}\n  return ${schemaName(root)}.parse(value);\n}`;
}

function fieldSchema(field: FieldIr, context: SharedContext, imports: ImportSet): Doc {
  const owner = context.idTypes.get(field.tsType);
  const plain = typeSchema(field, imports);
  const branded =
    owner === undefined ? plain : [plain, ".transform(", importedId(owner, imports), ")"];
  const value = field.nullable ? call("z.nullable", [branded]) : branded;
  return field.optionalOnInsert ? call("z.exactOptional", [value]) : value;
}

function importedId(owner: EntityIr, imports: ImportSet): string {
  imports.value(`./${owner.domainFile}.ts`, idFunction(owner));
  return idFunction(owner);
}

function typeSchema({ type, source }: FieldIr, imports: ImportSet): Doc {
  const shared = (name: string): string => {
    imports.value("../runtime/dto.ts", name);
    return name;
  };
  switch (type.kind) {
    case "string":
      return `z.string().max(${type.max})`;
    case "int":
      return numberSchema("z.int32()", source);
    case "float":
      return numberSchema("z.number()", source);
    case "decimal":
      return call(shared("decimalSchema"), [String(type.precision), String(type.scale)]);
    case "enum":
      return call("z.enum", [arrayLiteral(type.values.map(stringLiteral))]);
    case "json":
      return type.schema === undefined ? shared("jsonSchema") : jsonSchema(type.schema, shared);
    case "array":
      return [
        call("z.array", [elementSchema(type.of, shared)]),
        type.max === undefined ? "" : `.max(${type.max})`,
      ];
    case "vector":
      return call(shared("vectorSchema"), [String(type.dimensions)]);
    default:
      return simpleSchema(type.kind, shared);
  }
}

function jsonSchema(
  schema: Parameters<typeof schemaZod>[0],
  shared: (name: string) => string,
): Doc {
  const made = schemaZod(schema);
  if (/\bjsonSchema\b/.test(print(made))) shared("jsonSchema");
  return made;
}

function simpleSchema(
  kind: Exclude<
    FieldType["kind"],
    "string" | "int" | "float" | "decimal" | "enum" | "json" | "array" | "vector"
  >,
  shared: (name: string) => string,
): Doc {
  switch (kind) {
    case "uuid":
      return "z.guid()";
    case "text":
      return "z.string()";
    case "bigint":
      return shared("bigintSchema");
    case "boolean":
      return "z.boolean()";
    case "date":
      return "z.iso.date()";
    case "timestamp":
      return shared("timestampSchema");
    case "binary":
      return shared("binarySchema");
  }
}

function elementSchema(of: ArrayElement, shared: (name: string) => string): Doc {
  switch (of) {
    case "string":
      return "z.string()";
    case "int":
      return "z.int32()";
    case "float":
      return "z.number()";
    case "decimal":
      return call(shared("decimalSchema"), ["1000", "500"]);
    default:
      return simpleSchema(of, shared);
  }
}

function numberSchema(base: string, { min, max }: FieldIr["source"]): string {
  const low = typeof min === "number" ? `.min(${min})` : "";
  const high = typeof max === "number" ? `.max(${max})` : "";
  return `${base}${low}${high}`;
}
