import type { Ir, RecordMethodIr, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import type { FileRequest } from "../../engine.ts";
import { recordFilters } from "../../families/filter-declaration.ts";
import { adapterFile, type MethodBody } from "../../families/sql/adapter-file.ts";
import type { AdapterModule } from "../../families/sql/module.ts";
import { repositoryModule } from "../../families/sql/repository-module.ts";
import { aggregateMethod, listMethod } from "../../families/sql/record-read.ts";
import type { Dialect } from "../dialect.ts";
import { aggregateFragments } from "../statements/aggregate.ts";
import { listFragments } from "../statements/read.ts";
import { getMethods, historyMethods } from "./record-read.ts";
import { deleteMethod, incrementMethod, patchMethod, saveMethod } from "./record-write.ts";
import { mysqlRuntime } from "./runtime.ts";

/** `order-repository.ts`: the statements of one entity's repository and their wiring. */
export function repositoryFile(
  repository: RepositoryIr,
  store: StoreIr,
  ir: Ir,
  dialect: Dialect,
): FileRequest {
  const { entity } = repository;
  const module = repositoryModule(mysqlRuntime, repository, store, ir);
  const methods = repository.methods.flatMap((method) =>
    methodsOf(method, repository, { store, module, dialect }),
  );
  return adapterFile(
    {
      path: `{data}/stores/${store.name}/${repository.file}.ts`,
      unit: `entities/${entity.name}`,
      doc: `${entity.name} in the store ${store.name}, on any session: the root's, a tenant's, a transaction's.`,
      factory: repository.factory,
      typeName: repository.typeName,
      port: repository.file,
      collection: entity.property,
      methods,
      filters: recordFilters(repository.methods),
    },
    module,
  );
}

interface Place {
  readonly store: StoreIr;
  readonly module: AdapterModule;
  readonly dialect: Dialect;
}

/** Declares the statements of a method and gives its entries of the repository: itself, and what comes with it. */
function methodsOf(
  method: RecordMethodIr,
  { entity, file }: RepositoryIr,
  { store, module, dialect }: Place,
): readonly MethodBody[] {
  const target = { entity, store, port: file, module, ir: method };
  const declared = method.method;
  switch (declared.op) {
    case "get":
      return getMethods(target, dialect);
    case "list":
      return [listMethod(target, declared, listFragments(entity, declared, dialect))];
    case "aggregate":
      return [aggregateMethod(target, declared, aggregateFragments(entity, declared, dialect))];
    case "insert":
    case "upsert":
      return [saveMethod(target, declared, dialect)];
    case "patch":
      return [patchMethod(target, declared, dialect)];
    case "delete":
      return [deleteMethod(target)];
    case "increment":
      return [incrementMethod(target, declared, dialect)];
    case "history":
      return historyMethods(target);
  }
}
