import type { EntityIr, FieldIr, Method, RecordMethodIr } from "../../../ir/types.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { type Doc, hardline, indent } from "../../../render/document.ts";
import { arrayLiteral, call, objectLiteral } from "../../../render/layout.ts";
import { patchChanges } from "../../families/record/patch.ts";
import { propertyOf } from "../fields.ts";
import { makesKeys } from "./document.ts";
import { aggregateDeclaration } from "./aggregate.ts";
import { filterDoc } from "./filter.ts";
import { incrementDeclaration } from "./increment.ts";
import type { Scope } from "./scope.ts";
import { declaration, type Entry, identity, method as wired } from "./source.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** Declares what a method of the port needs, and gives its wiring in the repository. */
export function methodTexts(scope: Scope, ir: RecordMethodIr): readonly string[] {
  const { method } = ir;
  switch (method.op) {
    case "get":
      return getTexts(scope, ir);
    case "list":
      return [listText(scope, ir, method)];
    case "aggregate":
      return [aggregateText(scope, ir, method)];
    case "insert":
    case "upsert":
      return [saveText(scope, ir, method)];
    case "patch":
      return [patchText(scope, ir, method)];
    case "delete":
      return [deleteText(scope, ir)];
    case "increment":
      return [incrementText(scope, ir, method)];
    case "history":
      return historyTexts(scope, ir);
  }
}

/** The parameter of a key, and the key as it stands in `_id`. */
export const keyName = (entity: EntityIr): string => (entity.key.length === 1 ? "id" : "key");
const encoder = (entity: EntityIr): string =>
  entity.key.length === 1 ? `codecs.${entity.key[0]?.name ?? ""}.encode` : "keyOf";
const keyArgument = (entity: EntityIr): string => `${encoder(entity)}(${keyName(entity)})`;

function declare(
  scope: Scope,
  type: string,
  doc: string,
  { operation, effect, signature }: Pick<RecordMethodIr, "operation" | "effect" | "signature">,
  more: readonly Entry[] = [],
): string {
  scope.runtimeType("declaration", type);
  const name = scope.variable(signature.name);
  scope.declarations.push(
    declaration(name, `${type}<${scope.entity.name}>`, doc, [
      ...identity(scope, operation, effect),
      ...more,
    ]),
  );
  return name;
}

function getTexts(scope: Scope, ir: RecordMethodIr): readonly string[] {
  const { entity } = scope;
  const key = keyName(entity);
  const get = declare(scope, "MethodDeclaration", "`findOne({ _id })`", ir);
  const one = wired(
    ir.signature.name,
    [key, "options"],
    call("session.get", [get, keyArgument(entity), "options"]),
  );
  if (ir.batch === undefined) return [one];
  const many = declare(scope, "MethodDeclaration", "`find({ _id: { $in: keys } })`", {
    ...ir,
    signature: ir.batch,
    operation: `${entity.property}.${ir.batch.name}`,
  });
  const args = [many, `${key}s.map(${encoder(entity)})`, "options"];
  return [one, wired(ir.batch.name, [`${key}s`, "options"], call("session.getMany", args))];
}

function listText(scope: Scope, ir: RecordMethodIr, method: Of<"list">): string {
  const { entity } = scope;
  const predicates = [...method.where, ...method.optional];
  const sort = method.orderBy.map(({ field, direction }) =>
    direction === "asc" ? field : `-${field}`,
  );
  const shown = predicates.map(({ field }) => field).join(", ");
  const order = method.orderBy.flatMap(({ field: name, direction }) => {
    const field = entity.fields.find((candidate) => candidate.name === name);
    return field === undefined ? [] : [orderTerm(entity, field, direction)];
  });
  const list = declare(
    scope,
    "ListDeclaration",
    `\`find(${shown}).sort(${sort.join(", ")})\``,
    ir,
    [["order", orderLiteral(order)]],
  );
  const paged = method.page === "keyset";
  const parameters = [...where(predicates), ...(paged ? ["page"] : []), "options"];
  const args = [list, filterDoc(scope, method), ...(paged ? ["page"] : []), "options"];
  return wired(ir.signature.name, parameters, call(paged ? "session.page" : "session.list", args));
}

/** One term on its own line each, unless there is but one. */
const orderLiteral = (terms: readonly Doc[]): Doc =>
  terms.length === 1
    ? arrayLiteral(terms)
    : ["[", indent(terms.map((term): Doc => [hardline, term, ","])), hardline, "]"];

const where = (predicates: readonly unknown[]): readonly string[] =>
  predicates.length === 0 ? [] : ["where"];

const orderTerm = (entity: EntityIr, field: FieldIr, direction: "asc" | "desc"): Doc =>
  objectLiteral([
    ["property", stringLiteral(propertyOf(entity, field))],
    ["direction", stringLiteral(direction)],
    ...(field.nullable ? [["nullable", "true"] as const] : []),
  ]);

function aggregateText(scope: Scope, ir: RecordMethodIr, method: Of<"aggregate">): string {
  const predicates = [...method.where, ...method.optional];
  const name = scope.variable(ir.signature.name);
  scope.declarations.push(aggregateDeclaration(scope, name, ir, method));
  const args = [name, filterDoc(scope, method), "options"];
  return wired(
    ir.signature.name,
    [...where(predicates), "options"],
    call("session.aggregate", args),
  );
}

const saves = {
  insert: { one: "`insertOne(document)`", many: "`insertMany(documents)`, in a transaction" },
  upsert: {
    one: "`findOneAndUpdate({ _id }, { $set }, { upsert: true })`",
    many: "`bulkWrite(upserts)`, in a transaction",
  },
} as const;

function saveText(scope: Scope, ir: RecordMethodIr, method: Of<"insert"> | Of<"upsert">): string {
  const { entity } = scope;
  const ttl: readonly Entry[] =
    method.op === "upsert" && method.ttlMs !== undefined ? [["ttlMs", String(method.ttlMs)]] : [];
  const type = method.op === "upsert" ? "UpsertDeclaration" : "MethodDeclaration";
  const name = declare(scope, type, saves[method.op][method.bulk ? "many" : "one"], ir, ttl);
  const input = method.bulk ? entity.rows : entity.variable;
  const makes = makesKeys(entity);
  const one = entity.variable;
  const encoded = (make: string): string =>
    method.bulk
      ? `${input}.map((${one}) => toDocument(${one}${make}))`
      : `toDocument(${input}${make})`;
  const documents = method.bulk && !makes ? `${input}.map(toDocument)` : encoded("");
  const stands = makes ? [`() => ${encoded(", leftOut")}`] : [];
  const run = `session.${method.op}${method.bulk ? "Many" : ""}`;
  return wired(
    ir.signature.name,
    [input, "options"],
    call(run, [name, documents, "options", ...stands]),
  );
}

function patchText(scope: Scope, ir: RecordMethodIr, method: Of<"patch">): string {
  const { entity } = scope;
  const version = entity.version === undefined ? "" : `, $inc: { ${entity.version.column}: 1 }`;
  const doc = `\`findOneAndUpdate({ _id }, { $set${version} })\``;
  const name = declare(scope, "MethodDeclaration", doc, ir);
  scope.runtime("filter", "optional");
  scope.imports.value("../../runtime/patch.ts", "changesOf");
  const set = patchChanges(
    method.fields.flatMap((of) => {
      const field = entity.fields.find((candidate) => candidate.name === of);
      if (field === undefined) return [];
      return [{ of, as: field.column, value: call("optional", [`codecs.${of}`, `patch.${of}`]) }];
    }),
  );
  return wired(
    ir.signature.name,
    [keyName(entity), "patch", "options"],
    call("session.patch", [name, keyArgument(entity), set, "options"]),
  );
}

function deleteText(scope: Scope, ir: RecordMethodIr): string {
  const { entity } = scope;
  const doc =
    entity.deletedAt === undefined
      ? "`findOneAndDelete({ _id })`"
      : `\`findOneAndUpdate({ _id }, { $set: { ${entity.deletedAt.column} } })\``;
  const name = declare(scope, "MethodDeclaration", doc, ir);
  const args = [name, keyArgument(entity), "options"];
  return wired(ir.signature.name, [keyName(entity), "options"], call("session.delete", args));
}

function incrementText(scope: Scope, ir: RecordMethodIr, method: Of<"increment">): string {
  const { entity } = scope;
  const name = scope.variable(ir.signature.name);
  scope.declarations.push(incrementDeclaration(scope, name, ir, method));
  const args = [name, keyArgument(entity), "by", "options"];
  return wired(
    ir.signature.name,
    [keyName(entity), "by", "options"],
    call("session.increment", args),
  );
}

function historyTexts(scope: Scope, ir: RecordMethodIr): readonly string[] {
  const { entity } = scope;
  const key = keyName(entity);
  const name = declare(scope, "MethodDeclaration", "`find({ key }).sort(-revision)`", ir);
  const history = wired(
    ir.signature.name,
    [key, "page", "options"],
    call("session.history", [name, keyArgument(entity), "page", "options"]),
  );
  if (ir.asOf === undefined) return [history];
  const past = declare(
    scope,
    "MethodDeclaration",
    "`findOne({ key, at: { $lte } }).sort(-revision)`",
    {
      ...ir,
      signature: ir.asOf,
      operation: `${entity.property}.${ir.asOf.name}`,
    },
  );
  const args = [past, keyArgument(entity), "at", "options"];
  return [history, wired(ir.asOf.name, [key, "at", "options"], call("session.asOf", args))];
}
