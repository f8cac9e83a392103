import type { EntityIr, StoreIr } from "../../ir/types.ts";
import { feedName } from "../../ir/names.ts";
import { print } from "../../render/document.ts";
import { code, stringLiteral } from "../../render/encode.ts";
import {
  call,
  docBlock,
  functionHead,
  importLines,
  ImportSet,
  parameterList,
  propertyLine,
} from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";

/** A repository as a property of the store. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly factory: string;
  readonly file: string;
  readonly entity: EntityIr;
}

/** `stores/<store>/store.ts`: the opened store with its repositories, for all and per tenant. */
export function storeFile(store: StoreIr): FileRequest {
  const prefix = store.typePrefix;
  const all = membersOf(store);
  const plain = all.filter(({ entity }) => entity.tenant === undefined);
  const root = {
    ...scope(store, "", plain),
    doc:
      plain.length > 0
        ? `What every caller of ${store.name} may use.`
        : `What every caller of ${store.name} may use: nothing, since all it holds belongs to tenants.`,
    transactionDoc: "the store's",
  };
  const tenant = {
    ...scope(store, "Tenant", all),
    doc: `What one tenant of ${store.name} uses.`,
    transactionDoc: "the tenant's",
  };
  const openParameters = [
    { name: "config", type: "StoreConfig" },
    { name: "context", type: "RuntimeContext" },
  ];
  const head = functionHead(`open${prefix}`, openParameters, `Opened${prefix}`);
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/mongodb/store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(all, store.feeds))),
      feeds: store.feeds.map((entity) => ({
        name: entity.property,
        line: code(propertyLine({ name: entity.property, type: `ViewFeed<${entity.name}>` }, 4)),
        value: code(`${feedName(entity.name)}(opened.session)`),
      })),
      name: store.name,
      scopes: store.tenantScoped ? [root, tenant] : [root],
      tenantScoped: store.tenantScoped,
      opened: `Opened${prefix}`,
      boundType: `${prefix}Bound`,
      storeType: root.storeType,
      repositoriesType: root.repositories,
      tenantStoreType: tenant.storeType,
      tenantRepositoriesType: tenant.repositories,
      openHead: code(`${docBlock([`Opens ${store.name}; connects to nothing yet.`])}${head}`),
    },
  };
}

/** The types and functions of one kind of session: the root's, or a tenant's. */
function scope(
  { name: store, typePrefix: prefix }: StoreIr,
  of: "" | "Tenant",
  members: readonly Member[],
) {
  const named = (suffix: string): string => `${prefix}${of}${suffix}`;
  const [repositories, transaction] = [named("Repositories"), named("Transaction")];
  const [make, bind] =
    of === "" ? ["repositories", "storeOf"] : ["tenantRepositories", "tenantStoreOf"];
  const work = { name: "work", type: `(tx: ${transaction}) => Promise<T>` };
  const options = { name: "options", type: "MongoTransactionOptions", optional: true };
  const line = ["transaction<T>", parameterList([work, options]), ": Promise<T>;"];
  const run = `(session) => work({ ...${make}(session), store: ${stringLiteral(store)} })`;
  return {
    repositories,
    transaction,
    runLine: code(`    ${print([call("binding.transaction", [run, "options"]), ","], 4)}`),
    storeType: named("Store"),
    make,
    bind,
    makeHead: code(`const ${make} = (session: MongoSession): ${repositories} => ({`),
    makeNone: code(`const ${make} = (_session: MongoSession): ${repositories} => ({});`),
    lines: members.map((member) => code(propertyLine({ name: member.name, type: member.type }))),
    values: members.map(({ name, factory }) => ({ name, factory })),
    transactionLine: code(`  ${print(line, 2)}`),
  };
}

const membersOf = ({ repositories }: StoreIr): readonly Member[] =>
  repositories.map(({ entity, typeName, factory, file }) => ({
    name: entity.property,
    type: typeName,
    factory,
    file,
    entity,
  }));

function importsOf(members: readonly Member[], feeds: readonly EntityIr[]): ImportSet {
  const imports = new ImportSet()
    .value("../../runtime/expected-migrations.ts", "unapplied")
    .type("../../runtime/health.ts", "StoreHealth")
    .type("../../runtime/store.ts", "OpenedStore", "RuntimeContext", "StoreConfig")
    .type("../../runtime/mongodb/session.ts", "MongoSession")
    .type("../../runtime/mongodb/transaction.ts", "MongoTransactionOptions")
    .type("../../runtime/mongodb/store.ts", "MongoBinding", "MongoStore")
    .value("../../runtime/mongodb/store.ts", "openMongo");
  for (const { file, type, factory } of members)
    imports.type(`../../ports/${file}.ts`, type).value(`./${file}.ts`, factory);
  for (const entity of feeds) {
    imports
      .type(`../../domain/${entity.domainFile}.ts`, entity.name)
      .type("../../runtime/view.ts", "ViewFeed")
      .value(`./${entity.file}-feed.ts`, feedName(entity.name));
  }
  return imports;
}
