import type { RepositoryIr, StoreIr } from "../../ir/types.ts";
import { code } from "../../render/encode.ts";
import { importLines, ImportSet } from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";

/** `stores/<store>/store.ts`: the opened store with its repositories, for all and per tenant. */
export function storeFile(store: StoreIr): FileRequest {
  const plain = store.repositories.filter(({ entity }) => entity.tenant === undefined);
  const prefix = store.typePrefix;
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/mongodb/store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(store))),
      name: store.name,
      storeType: `${prefix}Store`,
      openedType: `Opened${prefix}`,
      openStore: `open${prefix}`,
      repositoriesType: `${prefix}Repositories`,
      tenantType: `${prefix}TenantRepositories`,
      boundType: `${prefix}Bound`,
      tenantScoped: store.tenantScoped,
      plain: plain.map(member),
      bound: store.repositories.filter((repository) => !plain.includes(repository)).map(member),
    },
  };
}

const member = ({ entity, typeName, factory }: RepositoryIr) => ({
  name: entity.property,
  type: typeName,
  factory,
});

function importsOf(store: StoreIr): ImportSet {
  const imports = new ImportSet()
    .value("../../runtime/expected-migrations.ts", "unapplied")
    .type("../../runtime/health.ts", "StoreHealth")
    .type("../../runtime/store.ts", "OpenedStore", "RuntimeContext", "StoreConfig")
    .type("../../runtime/mongodb/session.ts", "MongoSession")
    .value("../../runtime/mongodb/store.ts", "openMongo");
  for (const { file, typeName, factory } of store.repositories) {
    imports.type(`../../ports/${file}.ts`, typeName).value(`./${file}.ts`, factory);
  }
  return imports;
}
