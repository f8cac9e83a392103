import type { EntityIr, Ir, StoreIr } from "../../../ir/types.ts";
import { feedName } from "../../../ir/names.ts";
import { print } from "../../../render/document.ts";
import { code } from "../../../render/encode.ts";
import {
  docBlock,
  functionHead,
  ImportSet,
  importLines,
  parameterList,
  propertyLine,
} from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { applicationRole } from "../ddl/naming.ts";

/** A repository or a view as a property of the store. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly factory: string;
  readonly file: string;
  readonly entity: EntityIr;
}

/** `stores/<store>/store.ts`: opens the store and binds repositories and views to its sessions. */
export function storeFile(store: StoreIr, ir: Ir): FileRequest {
  const all = membersOf(store);
  const names = typeNames(store.typePrefix);
  const plain = all.filter(({ entity }) => entity.tenant === undefined);
  const scopes = [
    {
      ...scope(names, "", plain),
      doc: `What every caller of ${store.name} may use.`,
      transactionDoc: "the store's",
    },
    ...(store.tenantScoped
      ? [
          {
            ...scope(names, "Tenant", all),
            doc: `What one tenant of ${store.name} uses.`,
            transactionDoc: "the tenant's",
          },
        ]
      : []),
  ];
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/postgres/store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(all, store.feeds))),
      feeds: store.feeds.map((entity) => ({
        name: entity.property,
        line: code(propertyLine({ name: entity.property, type: `ViewFeed<${entity.name}>` }, 4)),
        value: code(
          `${feedName(entity.name)}(${store.tenantScoped ? "opened.acrossTenants()" : "opened.session"})`,
        ),
      })),
      name: store.name,
      engine: store.engine,
      role: store.tenantScoped ? applicationRole(ir.project) : "",
      operations: store.repositories.some(({ methods }) =>
        methods.some((method) => method.effect === "write"),
      ),
      scopes,
      tenantScoped: store.tenantScoped,
      opened: `Opened${store.typePrefix}`,
      boundType: `${store.typePrefix}Bound`,
      storeType: names("", "Store"),
      repositoriesType: names("", "Repositories"),
      tenantStoreType: names("Tenant", "Store"),
      tenantRepositoriesType: names("Tenant", "Repositories"),
      openHead: code(
        `${docBlock([`Opens ${store.name}; connects to nothing yet.`])}${functionHead(
          `open${store.typePrefix}`,
          [
            { name: "config", type: "StoreConfig" },
            { name: "context", type: "RuntimeContext" },
          ],
          `Opened${store.typePrefix}`,
        )}`,
      ),
    },
  };
}

type Names = (of: "" | "Tenant", suffix: string) => string;
const typeNames =
  (prefix: string): Names =>
  (of, suffix) =>
    `${prefix}${of}${suffix}`;

/** The types and functions of one kind of session: the root's, or a tenant's. */
function scope(names: Names, of: "" | "Tenant", members: readonly Member[]) {
  const [repositories, transaction, storeType] = [
    names(of, "Repositories"),
    names(of, "Transaction"),
    names(of, "Store"),
  ];
  const [make, bind] =
    of === "" ? ["repositories", "storeOf"] : ["tenantRepositories", "tenantStoreOf"];
  const work = { name: "work", type: `(tx: ${transaction}) => Promise<T>` };
  const options = { name: "options", type: "TransactionOptions", optional: true };
  return {
    repositories,
    transaction,
    storeType,
    make,
    bind,
    makeHead: code(print([`const ${make} = (session: PostgresSession): ${repositories} => ({`])),
    lines: members.map((member) => code(propertyLine({ name: member.name, type: member.type }))),
    values: members.map(({ name, factory }) => ({ name, factory })),
    transactionLine: code(
      `  ${print(["transaction<T>", parameterList([work, options]), ": Promise<T>;"], 2)}`,
    ),
  };
}

function membersOf(store: StoreIr): readonly Member[] {
  const repositories = store.repositories.map(({ entity, typeName, factory, file }) => ({
    name: entity.property,
    type: typeName,
    factory,
    file,
    entity,
  }));
  const views = store.views.flatMap((view) =>
    view.port === "cache"
      ? []
      : [
          {
            name: view.property,
            type: view.typeName,
            factory: view.property,
            file: view.file,
            entity: view.entity,
          },
        ],
  );
  return [...repositories, ...views];
}

function importsOf(members: readonly Member[], feeds: readonly EntityIr[]): ImportSet {
  const imports = new ImportSet()
    .type("../../runtime/health.ts", "StoreHealth")
    .type("../../runtime/options.ts", "TransactionOptions")
    .type("../../runtime/store.ts", "OpenedStore", "RuntimeContext", "StoreConfig")
    .type("../../runtime/postgres/session.ts", "PostgresSession", "RawSession")
    .type("../../runtime/postgres/store.ts", "PostgresBinding", "PostgresStore")
    .value("../../runtime/expected-migrations.ts", "unapplied")
    .value("../../runtime/postgres/store.ts", "openPostgres");
  for (const { file, type, factory } of members) {
    imports.type(`../../ports/${file}.ts`, type).value(`./${file}.ts`, factory);
  }
  for (const entity of feeds) {
    imports
      .type(`../../domain/${entity.domainFile}.ts`, entity.name)
      .type("../../runtime/view.ts", "ViewFeed")
      .value(`./${entity.file}-feed.ts`, feedName(entity.name));
  }
  return imports;
}
