import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { FileRequest } from "../../engines/engine.ts";
import type { Doc } from "../document.ts";
import { print } from "../document.ts";
import { code, identifier } from "../encode.ts";
import {
  ImportSet,
  call,
  docBlock,
  entry,
  functionHead,
  importLines,
  openObject,
  propertyLine,
} from "../layout.ts";
import { idFunction } from "./domain.ts";
import type { SharedContext } from "./types.ts";
import { declared, visible } from "./types.ts";

/** `domain/order-json.ts`: the entity as values that JSON holds exactly, and back; what caches and views keep. */
export function jsonCodecFile(root: EntityIr, context: SharedContext): FileRequest {
  const imports = new ImportSet();
  const all = declared(root).toReversed();
  const parts = [
    ...all.map((entity) => jsonInterface(entity, root, imports)),
    ...all.map((entity) => toJson(entity, imports)),
    ...all.map((entity) => fromJson(entity, context, imports)),
  ];
  for (const entity of all) imports.type(`./${root.domainFile}.ts`, entity.name);
  return {
    path: `{data}/domain/${root.domainFile}-json.ts`,
    ownership: "generated",
    unit: `entities/${root.name}`,
    template: "shared/module.ts.hbs",
    data: { imports: code(importLines(imports)), parts: parts.map(code) },
  };
}

const jsonName = (entity: EntityIr): string => identifier(`${entity.name}Json`);
const toName = (entity: EntityIr): string => identifier(`${entity.stem}ToJson`);
const fromName = (entity: EntityIr): string => identifier(`${entity.stem}FromJson`);

interface Codec {
  /** Type in JSON. */
  readonly type: string;
  /** Functions of `runtime/json.ts` that map one value; absent where JSON holds it as it is. */
  readonly to?: string;
  readonly from?: string;
}

function codecOf(field: FieldIr): Codec {
  switch (field.type.kind) {
    case "timestamp":
      return { type: "string", to: "timestampToJson", from: "timestampFromJson" };
    case "bigint":
      return { type: "string", to: "String", from: "BigInt" };
    case "binary":
      return { type: "string", to: "binaryToJson", from: "binaryFromJson" };
    case "vector":
      return { type: "readonly number[]", to: "vectorToJson", from: "vectorFromJson" };
    case "array":
      return arrayCodec(field);
    case "enum":
    case "json":
    case "boolean":
      return { type: field.tsType };
    case "int":
    case "float":
      return { type: "number" };
    default:
      return { type: "string" };
  }
}

/** Arrays of what JSON does not hold are mapped element by element. */
function arrayCodec({ type, tsType }: FieldIr): Codec {
  if (type.kind !== "array") return { type: tsType };
  if (type.of === "timestamp")
    return { type: "readonly string[]", to: "timestampToJson", from: "timestampFromJson" };
  if (type.of === "bigint") return { type: "readonly string[]", to: "String", from: "BigInt" };
  return { type: tsType };
}

function jsonInterface(entity: EntityIr, root: EntityIr, imports: ImportSet): string {
  const lines = [
    ...visible(entity).map((field) => {
      const { type } = codecOf(field);
      if (field.type.kind === "enum" || (field.type.kind === "json" && type !== "Json"))
        imports.type(`./${root.domainFile}.ts`, type);
      if (type === "Json") imports.type("../runtime/json.ts", "Json");
      return propertyLine({ name: field.name, type: field.nullable ? [type, "null"] : type });
    }),
    ...entity.children.map((child) =>
      propertyLine({ name: child.property, type: `readonly ${jsonName(child.entity)}[]` }),
    ),
  ];
  return `${docBlock([`${entity.name} as values that JSON holds exactly.`])}export interface ${jsonName(entity)} {\n${lines.join("\n")}\n}`;
}

function toJson(entity: EntityIr, imports: ImportSet): string {
  const name = "value";
  const entries = [
    ...visible(entity).map((field) =>
      entry(field.name, mapped(field, `${name}.${field.name}`, codecOf(field).to, imports)),
    ),
    ...entity.children.map((child) =>
      entry(child.property, call(`${name}.${child.property}.map`, [toName(child.entity)])),
    ),
  ];
  const head = functionHead(toName(entity), [{ name, type: entity.name }], jsonName(entity));
  return `${head}\n  return ${print(openObject(entries), 2)};\n}`;
}

function fromJson(entity: EntityIr, context: SharedContext, imports: ImportSet): string {
  const name = "json";
  const entries = [
    ...visible(entity).map((field) =>
      entry(
        field.name,
        mapped(field, `${name}.${field.name}`, fromFunction(field, context, imports), imports),
      ),
    ),
    ...entity.children.map((child) =>
      entry(child.property, call(`${name}.${child.property}.map`, [fromName(child.entity)])),
    ),
  ];
  const head = functionHead(fromName(entity), [{ name, type: jsonName(entity) }], entity.name);
  return `${head}\n  return ${print(openObject(entries), 2)};\n}`;
}

/** An id is branded again by its own function; for a bigint id that function wants the number, which `BigInt` gives first. */
function fromFunction(
  field: FieldIr,
  context: SharedContext,
  imports: ImportSet,
): string | undefined {
  const owner = context.idTypes.get(field.tsType);
  if (owner === undefined) return codecOf(field).from;
  imports.value(`./${owner.domainFile}.ts`, idFunction(owner));
  return field.type.kind === "bigint"
    ? `(text) => ${idFunction(owner)}(BigInt(text))`
    : idFunction(owner);
}

function mapped(field: FieldIr, value: string, by: string | undefined, imports: ImportSet): Doc {
  if (by === undefined) return value;
  if (by.endsWith("Json")) imports.value("../runtime/json.ts", by);
  if (field.type.kind === "array") return arrayMapped(field, value, by, imports);
  if (field.nullable) {
    imports.value("../runtime/json.ts", "nullable");
    return call("nullable", [value, by]);
  }
  return by.startsWith("(")
    ? by.replace("(text) => ", "").replace("(text)", `(${value})`)
    : call(by, [value]);
}

function arrayMapped(field: FieldIr, value: string, by: string, imports: ImportSet): Doc {
  if (!field.nullable) return call(`${value}.map`, [by]);
  imports.value("../runtime/json.ts", "nullable");
  return call("nullable", [value, `(items) => items.map(${by})`]);
}
