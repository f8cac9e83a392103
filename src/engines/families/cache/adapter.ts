import { createHash } from "node:crypto";
import type { CacheViewIr, EntityIr, Ir, StoreIr } from "../../../ir/types.ts";
import { code } from "../../../render/encode.ts";
import { docBlock, functionHead, importLines, ImportSet } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { itemShape } from "../item-shape.ts";
import { duration } from "../record/describe.ts";

/** The adapter of a cache view: the same over every engine that holds caches, since behaviour is the runtime's. */
export function cacheAdapter(store: StoreIr, view: CacheViewIr, ir: Ir): FileRequest {
  const { entity } = view;
  return {
    path: `{data}/stores/${store.name}/${view.file}.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "shared/cache-adapter.ts.hbs",
    data: {
      imports: code(importLines(importsOf(view, ir))),
      doc: code(docBlock([describe(view)]).trimEnd()),
      head: code(headOf(view)),
      name: view.property,
      namespace: namespaceOf(view),
      ttlMs: view.ttlMs,
      bytes: view.memoryBytes ?? 0,
      entity: entity === undefined ? undefined : jsonNames(entity),
      keyType: code(entity?.keyType ?? "string"),
      keyText: code(entity === undefined ? "" : keyText(entity)),
    },
  };
}

function importsOf({ entity, typeName, file }: CacheViewIr, ir: Ir): ImportSet {
  const imports = new ImportSet()
    .type(`../../ports/${file}.ts`, typeName)
    .type("../../runtime/entity-cache.ts", "CacheStore");
  if (entity === undefined) {
    return imports
      .value("../../runtime/entity-cache.ts", "ValueCache")
      .type("../../runtime/json.ts", "Json");
  }
  const { toJson, fromJson } = jsonNames(entity);
  const repository = repositoryOf(entity, ir);
  return imports
    .value(`../../domain/${entity.domainFile}-json.ts`, toJson, fromJson)
    .type(`../../domain/${entity.domainFile}.ts`, entity.name, entity.keyType)
    .type(`../../ports/${repository.file}.ts`, repository.typeName)
    .type("../../runtime/entity-cache.ts", "FedByChanges")
    .value("../../runtime/entity-cache.ts", "EntityCache");
}

function repositoryOf(entity: EntityIr, ir: Ir): { file: string; typeName: string } {
  const found = ir.stores
    .flatMap((store) => store.repositories)
    .find((repository) => repository.entity.name === entity.name);
  if (found === undefined) throw new Error(`${entity.name} has no repository to be cached from`);
  return found;
}

const jsonNames = (entity: EntityIr) => ({
  name: entity.name,
  toJson: `${entity.stem}ToJson`,
  fromJson: `${entity.stem}FromJson`,
});

function describe({ entity, ttlMs, memoryBytes }: CacheViewIr): string {
  const what =
    entity === undefined ? "Values under text keys" : `Read-through over ${entity.property}.get`;
  const room =
    memoryBytes === undefined ? "" : `, at most ${memoryBytes / 1_048_576} MiB in this process`;
  return `${what}: kept ${duration(ttlMs)}${room}.`;
}

function headOf({ entity, property, typeName }: CacheViewIr): string {
  const store = { name: "store", type: "CacheStore" };
  if (entity === undefined) return functionHead(property, [store], typeName);
  const source = { name: "source", type: `Pick<${entity.name}Repository, "get">` };
  return functionHead(property, [store, source], `${typeName} & FedByChanges`);
}

/** One text per key, as `onChanged` gives it: a composite key is the JSON array of its texts. */
function keyText({ key, keyType }: EntityIr): string {
  const [only, ...rest] = key;
  if (only !== undefined && rest.length === 0)
    return only.tsType === keyType && isText(only.type.kind)
      ? "(key) => key"
      : "(key) => String(key)";
  return `(key) => JSON.stringify([${key.map(({ name }) => `String(key.${name})`).join(", ")}])`;
}

const isText = (kind: string): boolean => ["uuid", "string", "text", "enum"].includes(kind);

/** Rotates with the shape of what is stored, so that an entry of an older shape is never decoded as a newer one. */
function namespaceOf({ workload, entity }: CacheViewIr): string {
  const shape = JSON.stringify(entity === undefined ? [] : itemShape(entity));
  return `${workload}:${createHash("sha256").update(shape).digest("hex").slice(0, 8)}`;
}
