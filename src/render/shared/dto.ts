import type { ArrayElement, FieldType } from "../../spec/model.ts";
import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { FileRequest } from "../../engines/engine.ts";
import type { Doc } from "../document.ts";
import { print } from "../document.ts";
import { code, identifier, stringLiteral } from "../encode.ts";
import {
  ImportSet,
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
  const imports = new ImportSet();
  const schemas = declared(root)
    .toReversed()
    .map((entity) => schemaPart(entity, context, imports));
  for (const entity of declared(root)) imports.type(`./${root.domainFile}.ts`, entity.newType);
  const parts = [...schemas, parsePart(root, imports)];
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
  const use = shared(imports);
  const entries = [
    ...insertable(entity).map((field) => entry(field.name, fieldSchema(field, context, imports))),
    ...entity.children.map((child) =>
      entry(child.property, call(use("arraySchema"), [schemaName(child.entity)])),
    ),
  ];
  const doc = docBlock([`A new ${entity.name} as JSON.`]);
  const head = `export const ${schemaName(entity)} = ${use("objectSchema")}<${identifier(entity.newType)}>(`;
  return print([doc, head, openObject(entries), ");"]);
}

/** Imports a name of the shared schemas and gives it back. */
const shared =
  (imports: ImportSet) =>
  (name: string): string => {
    imports.value("../runtime/dto.ts", name);
    return name;
  };

function parsePart(root: EntityIr, imports: ImportSet): string {
  const parse = shared(imports)("parsed");
  const doc = docBlock([
    `Checks JSON from outside. @throws z.ZodError with every problem and its path`,
  ]);
  const head = functionHead(
    `parse${root.newType}`,
    [{ name: "value", type: "unknown" }],
    root.newType,
  );
  return `${doc}${head}\n  return ${parse}<${root.newType}>(${schemaName(root)}, value);\n}`;
}

function fieldSchema(field: FieldIr, context: SharedContext, imports: ImportSet): Doc {
  const use = shared(imports);
  const owner = context.idTypes.get(field.tsType);
  const plain = typeSchema(field, imports);
  const own =
    owner === undefined ? plain : call(use("branded"), [plain, importedId(owner, imports)]);
  const value = field.nullable ? call(use("nullable"), [own]) : own;
  return field.optionalOnInsert ? call(use("optional"), [value]) : value;
}

function importedId(owner: EntityIr, imports: ImportSet): string {
  imports.value(`./${owner.domainFile}.ts`, idFunction(owner));
  return idFunction(owner);
}

function typeSchema({ type, source }: FieldIr, imports: ImportSet): Doc {
  const use = shared(imports);
  switch (type.kind) {
    case "string":
      return call(use("textSchema"), [String(type.max)]);
    case "int":
    case "float":
      return call(use(`${type.kind}Schema`), bounds(source));
    case "decimal":
      return call(use("decimalSchema"), [String(type.precision), String(type.scale)]);
    case "enum":
      return call(use("oneOf"), type.values.map(stringLiteral));
    case "json":
      return type.schema === undefined ? use("jsonSchema") : jsonSchema(type.schema, imports);
    case "array":
      return call(use("arraySchema"), [
        elementSchema(type.of, use),
        ...(type.max === undefined ? [] : [String(type.max)]),
      ]);
    case "vector":
      return call(use("vectorSchema"), [String(type.dimensions)]);
    default:
      return simpleSchema(type.kind, use);
  }
}

function jsonSchema(schema: Parameters<typeof schemaZod>[0], imports: ImportSet): Doc {
  const made = schemaZod(schema);
  const text = print(made);
  if (/\bjsonSchema\b/.test(text)) shared(imports)("jsonSchema");
  if (!/\bz\./.test(text)) return made;
  imports.value("zod", "z");
  return call(shared(imports)("yielding"), [made]);
}

type Simple = Exclude<
  FieldType["kind"],
  "string" | "int" | "float" | "decimal" | "enum" | "json" | "array" | "vector"
>;

const simpleSchema = (kind: Simple, use: (name: string) => string): Doc =>
  kind === "text" ? `${use("textSchema")}()` : use(`${kind}Schema`);

function elementSchema(of: ArrayElement, use: (name: string) => string): Doc {
  switch (of) {
    case "string":
    case "int":
    case "float":
      return `${use(of === "string" ? "textSchema" : `${of}Schema`)}()`;
    case "decimal":
      return call(use("decimalSchema"), ["1000", "500"]);
    default:
      return simpleSchema(of, use);
  }
}

/** What a field's bounds are as arguments; a missing lower one before an upper one keeps its place. */
function bounds({ min, max }: FieldIr["source"]): readonly string[] {
  if (typeof max === "number")
    return [typeof min === "number" ? String(min) : "undefined", String(max)];
  return typeof min === "number" ? [String(min)] : [];
}
