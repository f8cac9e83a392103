import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { FileRequest } from "../../engines/engine.ts";
import { variableName } from "../../ir/names.ts";
import { print } from "../document.ts";
import { code, identifier, stringLiteral } from "../encode.ts";
import { ImportSet, docBlock, importLines, propertyLine, unionType } from "../layout.ts";
import { schemaType } from "./json-schema.ts";
import type { SharedContext } from "./types.ts";
import { declared, importFieldType, insertable, nullable, visible } from "./types.ts";

/** `domain/order.ts`: the entity, its id, enums and children as plain types, and the makers of its id. */
export function domainFile(root: EntityIr, context: SharedContext): FileRequest {
  const imports = new ImportSet();
  const parts = declared(root).flatMap((entity) => [
    ...idPart(entity, imports),
    ...entity.enums.map(({ typeName, values }) => unionType(typeName, values.map(stringLiteral))),
    ...jsonParts(entity, imports),
    ...keyPart(entity),
  ]);
  const interfaces = declared(root)
    .toReversed()
    .flatMap((entity) => [
      entityPart(entity),
      ...(entity.newType === entity.name ? [] : [newPart(entity)]),
    ]);
  for (const entity of declared(root)) {
    for (const field of visible(entity)) {
      importFieldType(imports, field, "./", context, root);
      if (field.tsType === "Json") imports.type("../runtime/json.ts", "Json");
    }
  }
  return {
    path: `{data}/domain/${root.domainFile}.ts`,
    ownership: "generated",
    unit: `entities/${root.name}`,
    template: "shared/module.ts.hbs",
    data: { imports: code(importLines(imports)), parts: [...parts, ...interfaces].map(code) },
  };
}

function idPart(entity: EntityIr, imports: ImportSet): readonly string[] {
  const [field] = entity.key;
  if (entity.idType === undefined || field === undefined || entity.owner !== undefined) return [];
  const [base, maker] = idMaker(entity, entity.idType, field, imports);
  imports.type("../runtime/brand.ts", "Branded");
  const brand =
    base === "string" ? stringLiteral(entity.name) : `${stringLiteral(entity.name)}, ${base}`;
  const lines = [
    `${docBlock([`Identifies one ${entity.name}.`])}export type ${identifier(entity.idType)} = Branded<${brand}>;`,
    `${docBlock([`Checks the form of a key and brands it. @throws DataError programming`])}export const ${idFunction(entity)} = ${maker};`,
  ];
  if (field.type.kind === "uuid" && field.source.generated === "client") {
    imports.value("../runtime/keys.ts", "newUuidKey");
    lines.push(
      `${docBlock(["A new id (UUID v7): ids made later sort later."])}export const new${entity.idType} = (): ${entity.idType} => newUuidKey();`,
    );
  }
  return lines;
}

/** `orderId` */
export const idFunction = (entity: EntityIr): string =>
  identifier(variableName(entity.idType ?? ""));

function idMaker(
  entity: EntityIr,
  idType: string,
  field: FieldIr,
  imports: ImportSet,
): readonly [base: string, maker: string] {
  const made = (maker: string, base: string, more = ""): readonly [string, string] => {
    imports.value("../runtime/keys.ts", maker);
    return [base, `${maker}<${idType}>(${stringLiteral(entity.name)}${more})`];
  };
  switch (field.type.kind) {
    case "uuid":
      return made("uuidKey", "string");
    case "int":
      return made("intKey", "number");
    case "bigint":
      return made("bigintKey", "bigint");
    case "string":
      return made("stringKey", "string", `, ${field.type.max}`);
    default:
      return made("stringKey", "string", ", 65_535");
  }
}

function jsonParts(entity: EntityIr, imports: ImportSet): readonly string[] {
  return entity.jsonTypes.map(({ typeName, schema }) => {
    const type = schemaType(schema);
    const text = print(["export type ", identifier(typeName), " = ", type, ";"]);
    if (/\bJson\b/.test(print(type))) imports.type("../runtime/json.ts", "Json");
    return text;
  });
}

/** The parts of a composite key; a child is reached through its root and needs none. */
function keyPart(entity: EntityIr): readonly string[] {
  if (entity.key.length < 2 || entity.owner !== undefined) return [];
  const lines = entity.key.map((field) => propertyLine({ name: field.name, type: field.tsType }));
  return [
    `${docBlock([`The key of one ${entity.name}.`])}export interface ${identifier(entity.keyType)} {\n${lines.join("\n")}\n}`,
  ];
}

function entityPart(entity: EntityIr): string {
  const lines = [
    ...visible(entity).map((field) =>
      propertyLine({ name: field.name, type: nullable(field), doc: comment(field.source.comment) }),
    ),
    ...entity.children.map((child) =>
      propertyLine({ name: child.property, type: `readonly ${child.entity.name}[]` }),
    ),
  ];
  return `${docBlock(comment(entity.comment))}export interface ${identifier(entity.name)} {\n${lines.join("\n")}\n}`;
}

function newPart(entity: EntityIr): string {
  const lines = [
    ...insertable(entity).map((field) =>
      propertyLine({
        name: field.name,
        type: nullable(field),
        optional: field.optionalOnInsert,
        doc: defaultDoc(field),
      }),
    ),
    ...entity.children.map((child) =>
      propertyLine({ name: child.property, type: `readonly ${child.entity.newType}[]` }),
    ),
  ];
  const doc = docBlock([`What a new ${entity.name} is made from.`]);
  const body = lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n}`;
  return `${doc}export interface ${identifier(entity.newType)} ${body}`;
}

const comment = (text: string | undefined): readonly string[] =>
  text === undefined || text === "" ? [] : [text];

function defaultDoc({ source }: FieldIr): readonly string[] {
  if (source.generated === "client") return ["Made here when it is left out."];
  if (source.generated === "database") return ["Made by the database when it is left out."];
  return source.default === undefined ? [] : [`Default: ${JSON.stringify(source.default)}.`];
}
