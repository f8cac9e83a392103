import type { EntityIr, Ir, StoreIr, StructuresIr, ViewIr } from "../../ir/types.ts";
import { storeProperty } from "../../ir/names.ts";
import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import { print } from "../document.ts";
import { code } from "../encode.ts";
import { call, ImportSet, exportLine, importLines, propertyLine } from "../layout.ts";
import { apartFiles, apartViews, isFused, textView } from "./apart.ts";
import { dsnRulesName } from "./dsn.ts";

/** `stores/open.ts` and `index.ts`: the composition root, where every store, repository and view is made and wired once. */
export function compositionFiles(ir: Ir): readonly FileRequest[] {
  return [openFile(ir), indexFile(ir), cliFile(ir), ...apartFiles(ir)];
}

const shared = (path: string, template: string, data: unknown): FileRequest => ({
  path: `{data}/${path}`,
  ownership: "generated",
  unit: "project",
  template: `shared/${template}.hbs`,
  data,
});

function openFile({ stores }: Ir): FileRequest {
  const imports = new ImportSet()
    .value("../runtime/lifecycle.ts", "Lifecycle")
    .type("../runtime/lifecycle.ts", "LifecycleOptions")
    .type("../runtime/store.ts", "RuntimeContext", "StoreConfig")
    .type("../runtime/telemetry.ts", "TelemetryOptions");
  for (const store of stores) {
    imports.value(`./${store.name}/store.ts`, `open${store.typePrefix}`);
    imports.type(`./${store.name}/store.ts`, `Opened${store.typePrefix}`);
    if (store.env !== undefined) {
      imports.value("../runtime/dsn.ts", "dsnFromEnv");
      imports.value(`./${store.name}/dsn.ts`, dsnRulesName(store));
    }
  }
  const configured = stores.filter(({ env }) => env !== undefined);
  const several = configured.length > 1 ? configured : [];
  if (several.length > 0) imports.value("../runtime/dsn.ts", "requireDsns");
  return shared("stores/open.ts", "open.ts", {
    imports: code(importLines(imports)),
    several: several.map((store) => ({ env: store.env ?? "", rules: dsnRulesName(store) })),
    stores: stores.map((store) => ({
      name: storeProperty(store.name),
      opened: `Opened${store.typePrefix}`,
      open: `open${store.typePrefix}`,
      env: store.env ?? "",
      rules: dsnRulesName(store),
      fallback: code(store.env === undefined ? " ?? {}" : ""),
    })),
  });
}

/** One property of the data layer: a repository or a view, where its interface is and how it is reached. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly module: string;
  readonly store: StoreIr;
  readonly entity?: EntityIr;
  readonly view?: ViewIr;
  readonly structures?: StructuresIr;
}

function membersOf(ir: Ir): readonly Member[] {
  return ir.stores.flatMap((store) => [
    ...store.repositories.map((one) => ({
      name: one.entity.property,
      type: one.typeName,
      module: one.file,
      store,
      entity: one.entity,
    })),
    ...(store.structures ?? []).map((one) => ({
      name: one.property,
      type: one.typeName,
      module: one.file,
      store,
      structures: one,
    })),
    ...store.views.map((view) => ({
      name: view.property,
      type: view.typeName,
      module: view.file,
      store,
      view,
      ...(view.entity === undefined ? {} : { entity: view.entity }),
    })),
  ]);
}

/** One tenant binds every store, so it is a UUID when any entity keeps it as one. */
const hasUuidTenants = (ir: Ir): boolean =>
  ir.entities.some(({ tenant }) => tenant?.type.kind === "uuid");
const isTenant = ({ entity, structures }: Member): boolean =>
  (entity ?? structures)?.tenant !== undefined;
const isCache = (member: Member): boolean => member.view?.port === "cache";

function indexFile(ir: Ir): FileRequest {
  const members = membersOf(ir);
  const plain = members.filter((member) => !isTenant(member));
  const bound = ir.stores.filter((store) => store.tenantScoped);
  const onTenant = members.filter((member) => bound.includes(member.store) && !isCache(member));
  const caches = members.filter(isCache);
  const imports = indexImports(ir, [...plain, ...onTenant], caches, bound.length > 0);
  const uuidTenants = bound.length > 0 && hasUuidTenants(ir);
  if (uuidTenants) imports.value("./runtime/keys.ts", "uuidTenant");
  return shared("index.ts", "index.ts", {
    imports: code(importLines(imports)),
    stores: ir.stores.map((store) => ({
      name: storeProperty(store.name),
      type: `${store.typePrefix}Store`,
    })),
    members: plain.map((member) => ({
      line: code(propertyLine({ name: member.name, type: member.type })),
    })),
    values: plain.map((member) => ({ name: member.name, value: code(memberValue(member)) })),
    bound: bound.map((store) => ({
      name: storeProperty(store.name),
      opened: `Opened${store.typePrefix}`,
    })),
    uuidTenants,
    tenantFault: code(uuidTenants ? "what is no UUID" : "an empty tenant"),
    tenantMembers: onTenant.map((member) => ({
      line: code(propertyLine({ name: member.name, type: member.type })),
      name: member.name,
      value: code(boundValue(member, bound)),
    })),
    caches: caches.map((member) => cacheData(member, ir)),
    changes: changesOf(caches, ir),
    exports: indexExports(ir, members),
  });
}

function memberValue(member: Member): string {
  return isCache(member)
    ? `caches.${member.name}`
    : repositoryValue(member, 4, (store) => `stores.${storeProperty(store)}`);
}

/** Within `forTenant`: stores with tenants are bound there, under their own names. */
function boundValue(member: Member, bound: readonly StoreIr[]): string {
  return repositoryValue(member, 8, (store) =>
    bound.some(({ name }) => name === store)
      ? storeProperty(store)
      : `stores.${storeProperty(store)}`,
  );
}

/** A repository or view of its store; one that is fused with a text view of another store is made of both. @param depth of the line, in spaces */
function repositoryValue(
  { name, store, view }: Pick<Member, "name" | "store" | "view">,
  depth: number,
  of: (store: string) => string,
): string {
  const own = `${of(store.name)}.repositories.${name}`;
  const text = view === undefined ? undefined : textView(view);
  if (text === undefined) return own;
  const fused = call(name, [own, `${of(text.store)}.repositories.${text.property}`]);
  return print([`${name}: `, fused, ","], depth).slice(`${name}: `.length, -1);
}

function cacheData(member: Member, ir: Ir): unknown {
  const source = member.view?.port === "cache" ? sourceOf(member.view, ir) : undefined;
  return {
    name: member.name,
    store: storeProperty(member.store.name),
    source:
      source === undefined
        ? ""
        : code(`stores.${storeProperty(source.store)}.repositories.${source.repository}`),
  };
}

/** The repository a read-through cache loads from. */
function sourceOf(
  view: ViewIr,
  ir: Ir,
): { readonly store: string; readonly repository: string } | undefined {
  const source = view.port === "cache" ? view.sourceStore : undefined;
  return view.entity === undefined ||
    source === undefined ||
    !ir.stores.some((store) => store.name === source)
    ? undefined
    : { store: source, repository: view.entity.property };
}

/** Which caches hear of which store's changes. */
function changesOf(caches: readonly Member[], ir: Ir): readonly unknown[] {
  return ir.stores.flatMap((store) => {
    const fed = caches.filter(
      ({ view }) => view !== undefined && sourceOf(view, ir)?.store === store.name,
    );
    if (fed.length === 0) return [];
    return [
      {
        store: storeProperty(store.name),
        caches: fed.map((member) => ({ name: member.name, entity: member.entity?.name ?? "" })),
      },
    ];
  });
}

function indexImports(
  ir: Ir,
  shown: readonly Member[],
  caches: readonly Member[],
  tenants: boolean,
): ImportSet {
  const imports = new ImportSet()
    .value("./runtime/health.ts", "HealthMonitor")
    .value("./runtime/lifecycle.ts", "bindToThread")
    .value("./stores/open.ts", "openStores")
    .type("./stores/open.ts", "DataLayerConfig");
  for (const store of ir.stores)
    imports.type(`./stores/${store.name}/store.ts`, `${store.typePrefix}Store`);
  if (tenants) {
    for (const store of ir.stores.filter((one) => one.tenantScoped)) {
      imports.type(`./stores/${store.name}/store.ts`, `Opened${store.typePrefix}`);
    }
  }
  for (const member of shown) imports.type(`./ports/${member.module}.ts`, member.type);
  for (const { view } of shown)
    if (view !== undefined && isFused(view))
      imports.value(`./views/${view.file}.ts`, view.property);
  for (const member of caches)
    imports.value(`./stores/${member.store.name}/${member.module}.ts`, member.name);
  return imports;
}

/** What an application imports from the data layer: its interfaces, its entities, its errors. */
function indexExports(ir: Ir, members: readonly Member[]): readonly unknown[] {
  const lines = [
    exportLine("export", "./runtime/errors.ts", ["DataError", "isDataError"]),
    exportLine("export type", "./runtime/options.ts", [
      "Page",
      "PageRequest",
      "Range",
      "ReadOptions",
      "TransactionOptions",
      "VersionedWriteOptions",
      "WriteOptions",
    ]),
    exportLine("export type", "./stores/open.ts", ["DataLayerConfig"]),
    exportLine("export", "./stores/open.ts", ["configFromEnv"]),
    ...ir.stores.map((store) =>
      exportLine("export type", `./stores/${store.name}/store.ts`, [`${store.typePrefix}Store`]),
    ),
    ...members.map((member) =>
      exportLine("export type", `./ports/${member.module}.ts`, [member.type]),
    ),
  ];
  return [...new Set(lines)].map((line) => ({ line: code(line) }));
}

function cliFile(ir: Ir): FileRequest {
  const views = apartViews(ir).length > 0;
  const imports = new ImportSet()
    .value("./runtime/db-cli.ts", "runDbCli")
    .value("./runtime/health.ts", "HealthMonitor")
    .value("./runtime/migrated-stores.ts", "migratedStores")
    .value("./stores/open.ts", "configFromEnv", "openStores");
  if (views) imports.value("./stores/views.ts", "rebuildableViews");
  const entries = cliEntries(ir, imports);
  return shared("cli.ts", "cli.ts", { imports: code(importLines(imports)), views, entries });
}

/** Where one store has a DSN, there is none to do without. */
function cliEntries({ stores }: Ir, imports: ImportSet): readonly unknown[] {
  if (stores.filter(({ env }) => env !== undefined).length < 2) return [];
  imports.value("./runtime/named-stores.ts", "namedLayer");
  imports.type("./runtime/named-stores.ts", "StoreEntry");
  return stores.map((store) => {
    const open = `open${store.typePrefix}`;
    imports.value(`./stores/${store.name}/store.ts`, open);
    if (store.env !== undefined)
      imports.value(`./stores/${store.name}/dsn.ts`, dsnRulesName(store));
    return { name: store.name, variable: store.env ?? "", rules: dsnRulesName(store), open };
  });
}

/** Engine of a store. @throws when the plan names one that is not registered */
export function engineOf(
  store: StoreIr,
  engines: ReadonlyMap<string, EngineDescriptor>,
): EngineDescriptor {
  const engine = engines.get(store.engine);
  if (engine === undefined)
    throw new Error(`engine ${store.engine} of store ${store.name} is not registered`);
  return engine;
}
