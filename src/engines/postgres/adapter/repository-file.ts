import type { Ir, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import type { FileRequest } from "../../engine.ts";
import { newValuesName } from "../../../ir/names.ts";
import { adapterFile } from "../../families/sql/adapter-file.ts";
import { postgresRuntime } from "./runtime.ts";
import { AdapterModule, codecsName, rowName } from "../../families/sql/module.ts";
import { methodsOf } from "./record-method.ts";

/** `order-repository.ts`: the statements of one entity's repository and their wiring. */
export function repositoryFile(repository: RepositoryIr, store: StoreIr, ir: Ir): FileRequest {
  const { entity } = repository;
  const own = [entity, ...entity.children.map((child) => child.entity)];
  const module = new AdapterModule(
    postgresRuntime,
    ir,
    [entity],
    [
      repository.factory,
      ...own.flatMap((each) => [codecsName(each), rowName(each), each.variable]),
      entity.rows,
      newValuesName(entity.name, false),
      newValuesName(entity.name, true),
      `new${entity.idType ?? entity.name}`,
    ],
  );
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
    },
    module,
  );
}
