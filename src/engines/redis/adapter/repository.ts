import { inThousands } from "../../../ir/digits.ts";
import type {
  EntityIr,
  FieldIr,
  Ir,
  Method,
  RecordMethodIr,
  RepositoryIr,
  StoreIr,
} from "../../../ir/types.ts";
import { ModuleNames } from "../../../ir/module-names.ts";
import { keptName } from "../../../ir/names.ts";
import { adapterNames } from "../../../ir/reserved.ts";
import { code, propertyName, stringLiteral } from "../../../render/encode.ts";
import { type Doc, group, indent, join, line, print, softline } from "../../../render/document.ts";
import {
  arrayLiteral,
  call,
  docBlock,
  importLines,
  ImportSet,
  openObject,
} from "../../../render/layout.ts";
import { type SharedContext, sharedContext } from "../../../render/shared/types.ts";
import type { FileRequest } from "../../engine.ts";
import { patchChanges } from "../../families/record/patch.ts";
import { columnsOf, defaultLiteral, fieldCodec } from "./codec.ts";
import type { RedisRuntime } from "./store.ts";

/** The adapter of one entity's records: codecs, declarations and the repository made of them. */
export function repositoryFile(
  store: StoreIr,
  repository: RepositoryIr,
  runtime: RedisRuntime,
  ir: Ir,
): FileRequest {
  const context = sharedContext(ir.entities);
  const { entity, factory, typeName, file, methods } = repository;
  const { given, managed } = columnsOf(entity);
  const codecs = [...given, ...managed].map((field) => ({ field, codec: fieldCodec(field) }));
  const names = new ModuleNames([...adapterNames, factory]);
  const declarations = new Map(
    methods.map(({ signature: { name } }) => [name, names.declare(name, "Method")]),
  );
  const variableOf = (method: RecordMethodIr): string =>
    declarations.get(method.signature.name) ?? method.signature.name;
  return {
    path: `{data}/stores/${store.name}/${file}.ts`,
    ownership: "generated",
    unit: `entities/${entity.name}`,
    template: "engines/redis/repository.ts.hbs",
    data: {
      imports: code(
        importLines(
          importsOf(
            repository,
            codecs.flatMap(({ codec }) => codec.names),
            runtime,
            context,
          ),
        ),
      ),
      codecs: codecs.map(({ field, codec }) =>
        code(`  ${propertyName(field.name)}: ${codec.text},`),
      ),
      declaration: code(declarationText(entity)),
      head: code(declared("stored", "RecordDeclaration", typeArguments(entity))),
      methods: methods.map((method) => ({
        text: code(methodText(method, variableOf(method), entity)),
        doc: code(docBlock([shown(method.method)]).trimEnd()),
      })),
      factory,
      typeName,
      members: methods.flatMap((method) => members(method, variableOf(method), entity)).map(code),
    },
  };
}

const typeArguments = ({ keyType, newType, name }: EntityIr): readonly string[] => [
  keyType,
  newType,
  name,
];

function importsOf(
  { entity, file, typeName, methods }: RepositoryIr,
  codecs: readonly string[],
  runtime: RedisRuntime,
  context: SharedContext,
): ImportSet {
  const domain = `../../domain/${entity.domainFile}.ts`;
  const { given } = columnsOf(entity);
  const patches = methods.filter(({ method }) => method.op === "patch");
  const kinds = new Set(methods.map((method) => declarationType(method.method)));
  const imports = new ImportSet()
    .type(domain, entity.name, entity.newType)
    .type(
      `../../ports/${file}.ts`,
      typeName,
      ...patches.flatMap(({ types }) => types.map(({ name }) => name)),
    )
    .type(`../../runtime/${runtime.folder}/record.ts`, "RecordDeclaration", ...kinds)
    .type(`../../runtime/${runtime.folder}/session.ts`, "RedisSession")
    .value(`../../runtime/${runtime.folder}/codec.ts`, ...codecs);
  if (patches.length > 0) imports.value("../../runtime/patch.ts", "changesOf");
  if (patches.length > 0 || given.some(isMade))
    imports.value(`../../runtime/${runtime.folder}/codec.ts`, "optional");
  for (const type of [...given.map(({ tsType }) => tsType), entity.keyType]) {
    const file = context.declaredIn.get(type);
    if (file !== undefined) imports.type(`../../domain/${file}.ts`, type);
    if (type === "Json") imports.type("../../runtime/json.ts", type);
  }
  return imports;
}

const isMade = (field: FieldIr): boolean => field.key && field.source.generated === "client";

/** Columns, codecs and managed fields of the records, as one object. */
function declarationText(entity: EntityIr): string {
  const { given, managed } = columnsOf(entity);
  const columns = [...given, ...managed];
  const [only, ...rest] = entity.key;
  const composite = only === undefined || rest.length > 0;
  const keyParts: readonly Doc[] = entity.key.map(
    (field) => `codecs.${field.name}.encode(${composite ? `key.${field.name}` : "key"}) ?? ""`,
  );
  const entries: readonly (readonly [string, Doc])[] = [
    ["entity", stringLiteral(entity.name)],
    ["table", stringLiteral(entity.table)],
    ["columns", arrayLiteral(columns.map(({ source }) => stringLiteral(keptName(source))))],
    ["keyAt", arrayLiteral(entity.key.map((field) => String(given.indexOf(field))))],
    ...(entity.key.some(isMade) && entity.key.length === 1 ? [["madeKey", "true"] as const] : []),
    ["key", ["(key) => ", arrayLiteral(keyParts)]],
    ["encode", ["(value) => ", arrayLiteral(given.map(encoded))]],
    ["decode", ["(row) => (", openObject(columns.map(decoded)), ")"]],
    ...(entity.tenant === undefined ? [] : [["tenant", "true"] as const]),
    ...(["version", "createdAt", "updatedAt"] as const).flatMap((name) => {
      const field = entity[name];
      return field === undefined ? [] : [[name, stringLiteral(keptName(field.source))] as const];
    }),
  ];
  return entryLines(entries);
}

const decoded = (field: FieldIr, at: number): string =>
  `${propertyName(field.name)}: codecs.${field.name}.decode(row[${at}])`;

/** `  name: value,` of an object that is always broken. */
const entryLines = (entries: readonly (readonly [string, Doc])[]): string =>
  entries.map(([name, value]) => `  ${print([name, ": ", value, ","], 2)}`).join("\n");

/** The text of a new record's field: the caller's value, else its default, else null; a key that is made is left out. */
function encoded(field: FieldIr): string {
  const own = `value.${field.name}`;
  if (isMade(field)) return `optional(codecs.${field.name}, ${own})`;
  const literal = defaultLiteral(field);
  const given =
    literal !== undefined ? `${own} ?? ${literal}` : field.nullable ? `${own} ?? null` : own;
  return `codecs.${field.name}.encode(${given})`;
}

const declarationTypes: Partial<Readonly<Record<Method["op"], string>>> = {
  upsert: "UpsertDeclaration",
  patch: "PatchDeclaration",
  increment: "IncrementDeclaration",
};
const declarationType = ({ op }: Method): string => declarationTypes[op] ?? "MethodDeclaration";

/** `const save: UpsertDeclaration<…> = { … };` */
function methodText(
  { method, operation, effect, types }: RecordMethodIr,
  variable: string,
  entity: EntityIr,
): string {
  const patch = method.op === "patch" ? types.slice(0, 1).map(({ name }) => name) : [];
  const head = declared(variable, declarationType(method), [...typeArguments(entity), ...patch]);
  const entries: readonly (readonly [string, Doc])[] = [
    ["operation", stringLiteral(operation)],
    ["effect", stringLiteral(effect)],
    ["collection", stringLiteral(entity.table)],
    ["of", "stored"],
    ...details(method, entity),
  ];
  return `${head}\n${entryLines(entries)}\n};`;
}

/** `const save: UpsertDeclaration<A, B, C> = {` */
const declared = (name: string, type: string, args: readonly string[]): string =>
  print([
    `const ${name}: ${type}<`,
    group([indent([softline, join([",", line], args)]), softline]),
    "> = {",
  ]);

function details(method: Method, entity: EntityIr): readonly (readonly [string, Doc])[] {
  if (method.op === "upsert" && method.ttlMs !== undefined)
    return [["ttlMs", digits(method.ttlMs)]];
  if (method.op === "patch")
    return [["encode", ["(patch) =>", group(indent([line, patchObject(method.fields, entity)]))]]];
  if (method.op !== "increment") return [];
  const field = entity.fields.find(({ name }) => name === method.field);
  if (field === undefined) return [];
  const { floor, ceiling } = boundsOf(method, field);
  return [
    ["column", stringLiteral(keptName(field.source))],
    ["kind", stringLiteral(field.type.kind === "float" ? "float" : "integer")],
    ...(floor === undefined ? [] : [["floor", stringLiteral(floor)] as const]),
    ...(ceiling === undefined ? [] : [["ceiling", stringLiteral(ceiling)] as const]),
    ["by", stringLiteral(method.by)],
  ];
}

const digits = (value: number): string => inThousands(value, "_");

function patchObject(fields: readonly string[], entity: EntityIr): Doc {
  const known = new Map(entity.fields.map((field) => [field.name, field]));
  const entries = fields.flatMap((of) => {
    const field = known.get(of);
    if (field === undefined) return [];
    return [
      { of, as: keptName(field.source), value: call("optional", [`codecs.${of}`, `patch.${of}`]) },
    ];
  });
  return patchChanges(entries);
}

/** The method's bounds and the field's own, whichever is nearer; the field's type has some too. */
function boundsOf(
  method: Extract<Method, { readonly op: "increment" }>,
  { type, source }: FieldIr,
): { readonly floor?: string; readonly ceiling?: string } {
  const own = type.kind === "int" ? ([-2_147_483_648, 2_147_483_647] as const) : [];
  const given = (...values: readonly (number | string | undefined)[]): readonly number[] =>
    values.flatMap((value) => (value === undefined ? [] : [Number(value)]));
  const floors = given(method.floor, source.min, own[0]);
  const ceilings = given(method.ceiling, source.max, own[1]);
  return {
    ...(floors.length > 0 && { floor: String(Math.max(...floors)) }),
    ...(ceilings.length > 0 && { ceiling: String(Math.min(...ceilings)) }),
  };
}

/** What a method does there, as the docstring shows it. */
function shown(method: Method): string {
  switch (method.op) {
    case "get":
      return "`HMGET key fields`";
    case "insert":
      return "`EXISTS`, `HSET`, in one script";
    case "upsert":
      return `\`DEL\`, \`HSET\`${method.ttlMs === undefined ? "" : ", `PEXPIRE`"}, in one script`;
    case "patch":
      return "`EXISTS`, `HSET`, `HDEL`, in one script";
    case "increment":
      return `\`HINCRBY\` within its bounds, in one script`;
    default:
      return "`DEL`, in one script";
  }
}

/** `save: (session, options) => session.upsert(save, session, options),` */
function members(
  { method, signature, batch }: RecordMethodIr,
  variable: string,
  entity: EntityIr,
): readonly string[] {
  const key = entity.key.length === 1 ? "id" : "key";
  const one = (
    name: string,
    declaration: string,
    does: string,
    ...values: readonly string[]
  ): string => {
    const body = call(`records.${does}`, [declaration, ...values, "options"]);
    const head = `${propertyName(name)}: (${[...values, "options"].join(", ")}) =>`;
    return print([head, group(indent([line, body])), ","], 4);
  };
  const { name } = signature;
  switch (method.op) {
    case "get":
      return [
        one(name, variable, "get", key),
        ...(batch === undefined ? [] : [one(batch.name, variable, "getMany", `${key}s`)]),
      ];
    case "patch":
      return [one(name, variable, "patch", key, "patch")];
    case "increment":
      return [one(name, variable, "increment", key, "by")];
    case "delete":
      return [one(name, variable, "delete", key)];
    default:
      return [one(name, variable, method.op, "value")];
  }
}
