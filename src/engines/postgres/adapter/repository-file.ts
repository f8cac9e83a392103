import type { Ir, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import type { FileRequest } from "../../engine.ts";
import { recordFilters } from "../../families/filter-declaration.ts";
import { adapterFile } from "../../families/sql/adapter-file.ts";
import { postgresRuntime } from "./runtime.ts";
import { repositoryModule } from "../../families/sql/repository-module.ts";
import { methodsOf } from "./record-method.ts";

/** `order-repository.ts`: the statements of one entity's repository and their wiring. */
export function repositoryFile(repository: RepositoryIr, store: StoreIr, ir: Ir): FileRequest {
  const { entity } = repository;
  const module = repositoryModule(postgresRuntime, repository, store, ir);
  const methods = repository.methods.flatMap((method) =>
    methodsOf(method, repository, store, module),
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
