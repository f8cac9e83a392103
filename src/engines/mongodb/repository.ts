import type { EntityIr, FieldIr, RecordMethodIr, RepositoryIr, StoreIr } from "../../ir/types.ts";
import { code, propertyName, stringLiteral } from "../../render/encode.ts";
import { type Doc, group, indent, line, print } from "../../render/document.ts";
import { call, docBlock, importLines, ImportSet, objectLiteral } from "../../render/layout.ts";
import type { Predicate } from "../../spec/model.ts";
import type { FileRequest } from "../engine.ts";
import { codecNames, codecOf, elementCodec, propertyOf } from "./fields.ts";

/** Operations that this release's adapter serves. */
export const served = ["get", "list", "insert", "patch"] as const;

/** The adapter of one entity: codecs, declarations and the repository made of them. */
export function repositoryFile(store: StoreIr, repository: RepositoryIr): FileRequest {
  const { entity, factory, typeName, file, methods } = repository;
  return {
    path: `{data}/stores/${store.name}/${file}.ts`,
    ownership: "generated",
    unit: `entities/${entity.name}`,
    template: "engines/mongodb/repository.ts.hbs",
    data: {
      imports: code(importLines(importsOf(repository))),
      collection: entity.table,
      entity: entity.name,
      codecs: codecLines(entity),
      decoded: code(decodeObject(entity, "document", 4)),
      keyText: code(keyText(entity)),
      managed: managedEntries(entity),
      tenant:
        entity.tenant === undefined
          ? undefined
          : { property: entity.tenant.column, codec: code(elementCodec(entity.tenant)) },
      declarations: methods.flatMap((method) => declarationsOf(method, entity)),
      inserts: methods.some(({ method }) => method.op === "insert"),
      newType: entity.newType,
      variable: entity.variable,
      encoded: code(encodeObject(entity, entity.variable, 4)),
      madeKey: newIdNeeded(entity) ? (entity.key[0]?.name ?? "") : "",
      composite:
        entity.key.length === 1
          ? undefined
          : {
              type: entity.keyType,
              value: code(
                print(
                  objectLiteral(
                    entity.key.map(
                      (field) =>
                        [field.column, `codecs.${field.name}.encode(key.${field.name})`] as const,
                    ),
                  ),
                ),
              ),
            },
      factory,
      typeName,
      methods: methods.flatMap((method) => implementations(method, entity)).map(code),
    },
  };
}

const all = (entity: EntityIr): readonly FieldIr[] => [
  ...entity.fields.filter(({ source }) => source.role !== "ownerKey"),
  ...entity.children.flatMap((child) => all(child.entity)),
];

function importsOf({ entity, file, typeName, methods }: RepositoryIr): ImportSet {
  const ops = new Set(methods.map(({ method }) => method.op));
  const named = all(entity).filter((field) => field.visible || field === entity.tenant);
  const filtered = methods.flatMap(({ method }) =>
    method.op === "list" ? [...method.where, ...method.optional] : [],
  );
  const imports = new ImportSet()
    .type("mongodb", ...(ops.has("insert") || entity.children.length > 0 ? ["Document"] : []))
    .type(
      `../../domain/${entity.domainFile}.ts`,
      entity.name,
      ...(ops.has("insert") ? [entity.newType] : []),
    )
    .type(`../../ports/${file}.ts`, typeName)
    .type("../../runtime/mongodb/session.ts", "MongoSession")
    .type(
      "../../runtime/mongodb/declaration.ts",
      "CollectionDeclaration",
      ...(ops.has("list") ? ["ListDeclaration"] : []),
      ...([...ops].some((op) => op !== "list") ? ["MethodDeclaration"] : []),
    )
    .value("../../runtime/mongodb/codec.ts", ...named.flatMap(codecNames))
    .value(
      "../../runtime/mongodb/codec.ts",
      ...(filtered.some(({ operator }) => operator === "range") ? ["between"] : []),
    )
    .value(
      "../../runtime/mongodb/codec.ts",
      ...(ops.has("patch") || filtered.length > 0 ? ["optional"] : []),
    );
  for (const { tsType } of named) {
    if (/^[A-Z]/.test(tsType) && !builtIn.has(tsType))
      imports.type(domainOf(tsType, entity), tsType);
  }
  if (named.some(({ tsType }) => tsType === "Json")) imports.type("../../runtime/json.ts", "Json");
  if (newIdNeeded(entity) && ops.has("insert"))
    imports.value(`../../domain/${entity.domainFile}.ts`, `new${entity.idType ?? ""}`);
  return imports;
}

const builtIn: ReadonlySet<string> = new Set(["Date", "Uint8Array", "Float32Array", "Json"]);

/** An id type of another entity lies in that entity's file; its name without `Id` is the entity's. */
function domainOf(tsType: string, entity: EntityIr): string {
  const own = all(entity).some(
    (field) => field.tsType === tsType && field.source.reference === undefined,
  );
  if (own) return `../../domain/${entity.domainFile}.ts`;
  const stem = tsType
    .replace(/Id$/, "")
    .replaceAll(/(?<=[a-z0-9])([A-Z])/g, "-$1")
    .toLowerCase();
  return `../../domain/${stem}.ts`;
}

const newIdNeeded = (entity: EntityIr): boolean =>
  entity.idType !== undefined && entity.key[0]?.source.generated === "client";

/** `  status: text<OrderStatus>(),` per field; children in an object of their own. */
function codecLines(entity: EntityIr): readonly ReturnType<typeof code>[] {
  const own = entity.fields
    .filter((field) => field.visible || field === entity.tenant)
    .map((field) => code(`  ${field.name}: ${codecOf(field)},`));
  const children = entity.children.map((child) =>
    code(
      [
        `  ${child.property}: {`,
        ...codecLines(child.entity).map((line) => `  ${line.text}`),
        "  },",
      ].join("\n"),
    ),
  );
  return [...own, ...children];
}

/** The object literal that reads a document, `depth` deep. */
function decodeObject(
  entity: EntityIr,
  from: string,
  depth: number,
  codecs = "codecs",
  root = entity,
): string {
  const pad = " ".repeat(depth);
  const lines = entity.fields
    .filter(({ visible }) => visible)
    .map(
      (field) =>
        `${pad}${field.name}: ${codecs}.${field.name}.decode(${from}${access(root === entity ? propertyOf(entity, field) : field.column)}),`,
    );
  const children = entity.children.map((child) => {
    const name = child.entity.variable;
    const inner = decodeObject(child.entity, name, depth + 2, `${codecs}.${child.property}`, root);
    return `${pad}${child.property}: (${from}${access(child.property)} as readonly Document[]).map((${name}) => (${inner})),`;
  });
  return `{\n${[...lines, ...children].join("\n")}\n${pad.slice(2)}}`;
}

const access = (path: string): string =>
  path
    .split(".")
    .map((name) => `[${stringLiteral(name)}]`)
    .join("");

/** The object literal that makes a document of a new entity. */
function encodeObject(
  entity: EntityIr,
  from: string,
  depth: number,
  codecs = "codecs",
  root = entity,
): string {
  const pad = " ".repeat(depth);
  const fields = entity.fields.filter((field) => field.visible && !field.managed);
  const keys = root === entity ? entity.key : [];
  const value = (field: FieldIr): string =>
    `${codecs}.${field.name}.encode(${given(field, from, entity)})`;
  const keyLine =
    keys.length === 0
      ? []
      : keys.length === 1
        ? [`${pad}_id: ${value(keys[0] as FieldIr)},`]
        : [
            `${pad}_id: { ${keys.map((field) => `${propertyName(field.column)}: ${value(field)}`).join(", ")} },`,
          ];
  const lines = fields
    .filter((field) => !keys.includes(field))
    .map((field) => `${pad}${propertyName(field.column)}: ${value(field)},`);
  const deleted =
    root === entity && entity.deletedAt !== undefined
      ? [`${pad}${propertyName(entity.deletedAt.column)}: null,`]
      : [];
  const children = entity.children.map((child) => {
    const name = child.entity.variable;
    return `${pad}${child.property}: ${from}.${child.property}.map((${name}) => (${encodeObject(child.entity, name, depth + 2, `${codecs}.${child.property}`, root)})),`;
  });
  return `{\n${[...keyLine, ...lines, ...deleted, ...children].join("\n")}\n${pad.slice(2)}}`;
}

/** The caller's value, else the default that the spec declares, else what the client makes. */
function given(field: FieldIr, from: string, entity: EntityIr): string {
  const own = `${from}.${field.name}`;
  if (field.key && field.source.generated === "client" && entity.idType !== undefined)
    return `${own} ?? new${entity.idType}()`;
  if (field.source.default !== undefined) return `${own} ?? ${defaultLiteral(field)}`;
  return field.nullable ? `${own} ?? null` : own;
}

function defaultLiteral({ type, source }: FieldIr): string {
  if (type.kind === "bigint") return `${String(source.default)}n`;
  if (type.kind === "timestamp") return `new Date(${stringLiteral(String(source.default))})`;
  return type.kind === "decimal"
    ? stringLiteral(String(source.default))
    : typeof source.default === "string"
      ? stringLiteral(source.default)
      : JSON.stringify(source.default);
}

function keyText({ key }: EntityIr): string {
  const texts = key.map(
    (field) =>
      `String(codecs.${field.name}.decode(document${access(key.length === 1 ? "_id" : `_id.${field.column}`)}))`,
  );
  return key.length === 1
    ? `(document) => ${texts[0] ?? ""}`
    : `(document) => JSON.stringify([${texts.join(", ")}])`;
}

function managedEntries(entity: EntityIr): readonly { name: string; property: string }[] {
  return (["version", "createdAt", "updatedAt", "deletedAt"] as const).flatMap((name) => {
    const field = entity[name];
    return field === undefined ? [] : [{ name, property: field.column }];
  });
}

function declarationsOf(
  { method, operation, effect, batch, signature }: RecordMethodIr,
  entity: EntityIr,
): readonly unknown[] {
  const own = {
    name: signature.name,
    type: method.op === "list" ? "ListDeclaration" : "MethodDeclaration",
    entity: entity.name,
    operation,
    effect,
    collection: entity.table,
    order:
      method.op === "list"
        ? method.orderBy.flatMap(({ field, direction }) => {
            const found = entity.fields.find(({ name }) => name === field);
            return found === undefined ? [] : [{ property: propertyOf(entity, found), direction }];
          })
        : [],
    doc: code(docBlock([shown(method, entity)]).trimEnd()),
  };
  if (batch === undefined) return [own];
  return [
    own,
    {
      ...own,
      name: batch.name,
      operation: operation.replace(/[^.]*$/, batch.name),
      doc: code(docBlock([`\`find({ _id: { $in: keys } })\``]).trimEnd()),
    },
  ];
}

/** The command of a method, as the docstring shows it. */
function shown(method: RecordMethodIr["method"], entity: EntityIr): string {
  switch (method.op) {
    case "list":
      return `\`find(${[...method.where, ...method.optional].map(({ field }) => field).join(", ")}).sort(${method.orderBy.map(({ field, direction }) => (direction === "asc" ? field : `-${field}`)).join(", ")})\``;
    case "insert":
      return "`insertOne(document)`";
    case "patch":
      return `\`findOneAndUpdate({ _id }, { $set${entity.version === undefined ? "" : `, $inc: { ${entity.version.column}: 1 }`} })\``;
    default:
      return "`findOne({ _id })`";
  }
}

/** The key of a method's argument as it stands in `_id`. */
const keyArgument = (entity: EntityIr): Doc =>
  entity.key.length === 1 ? [encoderOf(entity), "(id)"] : "keyOf(key)";

/** The function that encodes a key: the field's codec, or `keyOf` for a composite one. */
const encoderOf = (entity: EntityIr): string =>
  entity.key.length === 1 ? `codecs.${entity.key[0]?.name ?? ""}.encode` : "keyOf";

/** `name: (id, options) => session.get(get, codecs.id.encode(id), options),` */
function implementation(
  name: string,
  parameters: readonly string[],
  method: string,
  args: readonly Doc[],
  last: readonly Doc[] = [],
): string {
  const body = call(`session.${method}`, [name, ...args, "options", ...last]);
  return print(
    [name, ": (", [...parameters, "options"].join(", "), ") =>", group(indent([line, body])), ","],
    4,
  );
}

/** The repository's methods: one entry each, wiring only. */
function implementations(
  { method, signature: { name }, batch }: RecordMethodIr,
  entity: EntityIr,
): readonly string[] {
  const key = entity.key.length === 1 ? "id" : "key";
  const known = new Map(entity.fields.map((field) => [field.name, field]));
  switch (method.op) {
    case "get":
      return [
        implementation(name, [key], "get", [keyArgument(entity)]),
        ...(batch === undefined
          ? []
          : [
              implementation(batch.name, [`${key}s`], "getMany", [
                `${key}s.map(${encoderOf(entity)})`,
              ]),
            ]),
      ];
    case "list":
      return [
        listImplementation(
          name,
          [...method.where, ...method.optional],
          method.page === "keyset",
          known,
          entity,
        ),
      ];
    case "insert":
      return [
        implementation(
          name,
          [entity.variable],
          "insert",
          [`toDocument(${entity.variable})`],
          newIdNeeded(entity) ? [`madeBy(${entity.variable})`] : [],
        ),
      ];
    case "patch":
      return [
        implementation(name, [key, "patch"], "patch", [
          keyArgument(entity),
          objectLiteral(
            method.fields.flatMap((fieldName) => {
              const field = known.get(fieldName);
              return field === undefined
                ? []
                : [[field.column, `optional(codecs.${field.name}, patch.${field.name})`] as const];
            }),
          ),
        ]),
      ];
    default:
      return [];
  }
}

function listImplementation(
  name: string,
  predicates: readonly Predicate[],
  paged: boolean,
  known: ReadonlyMap<string, FieldIr>,
  entity: EntityIr,
): string {
  const filter = predicates.flatMap(({ field: fieldName, operator }) => {
    const field = known.get(fieldName);
    if (field === undefined) return [];
    const codec =
      field.type.kind === "array" || field.nullable ? elementCodec(field) : `codecs.${field.name}`;
    const value = operator === "range" ? "between" : "optional";
    return [[propertyOf(entity, field), `${value}(${codec}, where.${field.name})`] as const];
  });
  const parameters = [...(predicates.length === 0 ? [] : ["where"]), ...(paged ? ["page"] : [])];
  return implementation(name, parameters, paged ? "page" : "list", [
    objectLiteral(filter),
    ...(paged ? ["page"] : []),
  ]);
}
