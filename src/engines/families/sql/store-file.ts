import type { EntityIr, StoreIr } from "../../../ir/types.ts";
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
import type { AdapterRuntime } from "./runtime.ts";

/** A repository or a view as a property of the store. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly factory: string;
  readonly file: string;
  readonly entity: EntityIr;
}

/** How a store of one engine is opened. */
export interface StoreOpening {
  readonly engine: AdapterRuntime;
  /** `Postgres`: of `PostgresStore`, `PostgresBinding`, `openPostgres` in `runtime/postgres/store.ts`. */
  readonly stem: string;
  /** Properties of what the store says of itself beside name and engine, as TypeScript: `role: "shop_app"`. */
  readonly identity: readonly string[];
  /** It may run in this process: a probe's time begins when it is started. */
  readonly loads?: true;
  /** Session that reads the rows of all tenants. */
  readonly acrossTenants: string;
}

/** Whether some write may take an operation id. */
export const recordsOperations = (store: StoreIr): boolean =>
  store.repositories.some(({ methods }) => methods.some((method) => method.effect === "write"));

/** What the repositories of the root are, whom no tenant is bound to. */
const sharedDoc = (store: string, repositories: number): string =>
  repositories > 0
    ? `What every caller of ${store} may use.`
    : `What every caller of ${store} may use: nothing, since all it holds belongs to tenants.`;

/** `stores/<store>/store.ts`: opens the store and binds repositories and views to its sessions. */
export function sqlStoreFile(store: StoreIr, opening: StoreOpening): FileRequest {
  const { engine, stem } = opening;
  const all = membersOf(store);
  const names = typeNames(store.typePrefix);
  const plain = all.filter(({ entity }) => entity.tenant === undefined);
  const scopes = [
    {
      ...scope(names, engine, "", plain),
      doc: sharedDoc(store.name, plain.length),
      transactionDoc: "the store's",
    },
    ...(store.tenantScoped
      ? [
          {
            ...scope(names, engine, "Tenant", all),
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
    template: "shared/sql-store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(all, store.feeds, opening))),
      feeds: store.feeds.map((entity) => ({
        name: entity.property,
        line: code(propertyLine({ name: entity.property, type: `ViewFeed<${entity.name}>` }, 4)),
        value: code(
          `${feedName(entity.name)}(${store.tenantScoped ? opening.acrossTenants : "opened.session"})`,
        ),
      })),
      name: store.name,
      engine: store.engine,
      identity: opening.identity.map(code),
      loads: opening.loads === true,
      storeClass: `${stem}Store`,
      bindingType: `${stem}Binding`,
      openFunction: `open${stem}`,
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
function scope(
  names: Names,
  engine: AdapterRuntime,
  of: "" | "Tenant",
  members: readonly Member[],
) {
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
    makeHead: code(print([`const ${make} = (session: ${engine.session}): ${repositories} => ({`])),
    makeNone: code(`const ${make} = (_session: ${engine.session}): ${repositories} => ({});`),
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

function importsOf(
  members: readonly Member[],
  feeds: readonly EntityIr[],
  { engine, stem }: StoreOpening,
): ImportSet {
  const runtime = (file: string): string => `../../runtime/${engine.folder}/${file}.ts`;
  const imports = new ImportSet()
    .type("../../runtime/health.ts", "StoreHealth")
    .type("../../runtime/options.ts", "TransactionOptions")
    .type("../../runtime/store.ts", "OpenedStore", "RuntimeContext", "StoreConfig")
    .type(runtime("session"), engine.session, "RawSession")
    .type(runtime("store"), `${stem}Binding`, `${stem}Store`)
    .value("../../runtime/expected-migrations.ts", "unapplied")
    .value(runtime("store"), `open${stem}`);
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
