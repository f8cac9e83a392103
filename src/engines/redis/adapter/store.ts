import type { Ir, RepositoryIr, StoreIr, StructuresIr } from "../../../ir/types.ts";
import { type Doc, print } from "../../../render/document.ts";
import { code, stringLiteral } from "../../../render/encode.ts";
import {
  functionHead,
  importLines,
  ImportSet,
  objectLiteral,
  propertyLine,
} from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { cacheAdapter } from "../../families/cache/adapter.ts";
import { cacheStoreFiles } from "../../families/cache/emit.ts";
import { repositoryFile } from "./repository.ts";
import { structuresFile } from "./structures.ts";

/** What the adapters import: the same classes over one server and over a cluster, opened by another function. */
export interface RedisRuntime {
  /** Engine whose folder opens the store. */
  readonly id: string;
  /** Folder of the runtime that sessions, codecs and records lie in. */
  readonly folder: string;
  readonly type: string;
  readonly open: string;
}

/** Everything a store adds to the tree: caches alone as every cache engine has them, or records with their repositories. */
export function storeFiles(runtime: RedisRuntime, store: StoreIr, ir: Ir): readonly FileRequest[] {
  if (!store.ports.includes("keyvalue")) return cacheStoreFiles(runtime, store, ir);
  return [
    storeFile(runtime, store, ir),
    ...store.repositories.map((repository) => repositoryFile(store, repository, runtime, ir)),
    ...(store.structures ?? []).map((one) => structuresFile(store, one, runtime)),
    ...store.views.flatMap((view) =>
      view.port === "cache" ? [cacheAdapter(store, view, ir)] : [],
    ),
  ];
}

function storeFile(runtime: RedisRuntime, store: StoreIr, ir: Ir): FileRequest {
  const repositories = Object.groupBy(store.repositories, ({ entity }) => scopeOf(entity));
  const structures = Object.groupBy(store.structures ?? [], scopeOf);
  const membersOf = (scope: "plain" | "bound", tenant: string): readonly unknown[] => [
    ...(repositories[scope] ?? []).map((one) => member(one, `store.session(${tenant})`)),
    ...(structures[scope] ?? []).map((one) =>
      structureMember(one, tenant === "" ? "store" : `ofTenant(store, ${tenant})`),
    ),
  ];
  const prefix = store.typePrefix;
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/redis/store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(runtime, store))),
      name: store.name,
      identity: code(print(identityOf(store.name, ir.project), 2)),
      type: runtime.type,
      open: runtime.open,
      storeType: `${prefix}Store`,
      openedType: `Opened${prefix}`,
      repositoriesType: `${prefix}Repositories`,
      tenantType: `${prefix}TenantRepositories`,
      boundType: `${prefix}Bound`,
      tenantScoped: store.tenantScoped,
      plain: membersOf("plain", ""),
      bound: membersOf("bound", "tenant"),
      head: code(
        functionHead(
          `open${prefix}`,
          [
            { name: "config", type: "StoreConfig" },
            { name: "context", type: "RuntimeContext" },
          ],
          `Opened${prefix}`,
        ),
      ),
    },
  };
}

const identityOf = (name: string, namespace: string): Doc => [
  "const identity = ",
  objectLiteral([
    ["name", stringLiteral(name)],
    ["namespace", stringLiteral(namespace)],
    ["authority", "true"],
  ]),
  " as const;",
];

const scopeOf = ({ tenant }: { readonly tenant?: unknown }): "plain" | "bound" =>
  tenant === undefined ? "plain" : "bound";

const member = ({ entity, typeName, factory }: RepositoryIr, session: string): unknown => ({
  name: entity.property,
  factory,
  argument: code(session),
  line: code(propertyLine({ name: entity.property, type: typeName })),
});

const structureMember = ({ property, typeName, factory }: StructuresIr, host: string): unknown => ({
  name: property,
  factory,
  argument: code(host),
  line: code(propertyLine({ name: property, type: typeName })),
});

function importsOf({ id, folder, type, open }: RedisRuntime, store: StoreIr): ImportSet {
  const imports = new ImportSet()
    .type("../../runtime/store.ts", "RuntimeContext", "StoreConfig")
    .type(`../../runtime/${id}/store.ts`, type)
    .value(`../../runtime/${id}/store.ts`, open);
  for (const { file, typeName, factory } of store.repositories)
    imports.type(`../../ports/${file}.ts`, typeName).value(`./${file}.ts`, factory);
  for (const { file, typeName, factory } of store.structures ?? [])
    imports.type(`../../ports/${file}.ts`, typeName).value(`./${file}-structures.ts`, factory);
  if ((store.structures ?? []).some(({ tenant }) => tenant))
    imports.value(`../../runtime/${folder}/structure-host.ts`, "ofTenant");
  return imports;
}
