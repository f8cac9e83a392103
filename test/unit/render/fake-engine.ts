import {
  defineEngine,
  type EngineDescriptor,
  type FileRequest,
} from "../../../src/engines/engine.ts";
import type { StoreIr } from "../../../src/ir/types.ts";

/** An engine that stores nothing: its generated files have the shape that the composition root relies on, and compile. */
export function fakeEngine(id: string): EngineDescriptor {
  return defineEngine({
    id,
    title: id.toUpperCase(),
    ports: ["record", "search", "vector", "cache"],
    capabilities: {
      version: "1",
      lacks: {},
      floors: {},
      sources: {},
      ports: {},
      features: {},
      limits: {},
      hosting: {},
    },
    types: (type) => ({ column: type.kind }),
    dsn: {
      schemes: [{ scheme: `${id}:`, meaning: `a server of ${id}` }],
      parameters: [{ name: "sslmode", meaning: "how TLS is used" }],
      examples: [{ dsn: `${id}://user:secret@localhost/shop`, comment: "a local server" }],
    },
    transports: [
      { name: id, packages: { "left-pad": "^1.3.0" }, scheme: `${id}:`, embedded: false },
    ],
    classify: () => ({ kind: "unknown", outcome: "unknown", transient: false, fatal: false }),
    emit: (store) => [storeFile(store), ...cacheFiles(store)],
    compose: {
      service: id,
      image: `${id}:1`,
      port: 1234,
      environment: { PASSWORD: "local" },
      command: [],
      settings: [],
      healthcheck: ["CMD", "true"],
    },
  });
}

function storeFile(store: StoreIr): FileRequest {
  const { typePrefix: prefix } = store;
  const members = [
    ...store.repositories.map((one) => [one.entity.property, one.typeName, one.file] as const),
    ...store.views
      .filter((view) => view.port !== "cache")
      .map((view) => [view.property, view.typeName, view.file] as const),
  ];
  const copied = store.views.filter(
    (view) => view.port !== "cache" && view.store !== view.sourceStore,
  );
  const copies = [
    ...store.feeds.map((entity) => entity),
    ...copied.flatMap(({ entity }) => entity ?? []),
  ];
  const group = (name: string, lines: readonly string[]): string =>
    lines.length === 0
      ? ""
      : `  readonly ${name}: {${lines.map((line) => `\n    readonly ${line};`).join("")}\n  };\n`;
  const feeds = group(
    "feeds",
    store.feeds.map(({ property, name }) => `${property}: ViewFeed<${name}>`),
  );
  const targets = group(
    "targets",
    copied.map(({ property, entity }) => `${property}: ViewTarget<${entity?.name ?? ""}>`),
  );
  const used = [...(feeds === "" ? [] : ["ViewFeed"]), ...(targets === "" ? [] : ["ViewTarget"])];
  const tenant = `  forTenant(tenant: string): { readonly store: ${prefix}Store; readonly repositories: ${prefix}Repositories };\n`;
  const text = [
    `import type { OpenedStore, RuntimeContext, StoreConfig } from "../../runtime/store.ts";`,
    ...(used.length === 0
      ? []
      : [`import type { ${used.join(", ")} } from "../../runtime/view.ts";`]),
    ...[...new Set(copies)].map(
      ({ name, domainFile }) => `import type { ${name} } from "../../domain/${domainFile}.ts";`,
    ),
    ...members.map(([, type, file]) => `import type { ${type} } from "../../ports/${file}.ts";`),
    `\nexport interface ${prefix}Store {\n  readonly name: string;\n}`,
    `\nexport interface ${prefix}Repositories {${members.map(([name, type]) => `\n  readonly ${name}: ${type};`).join("")}${members.length === 0 ? "" : "\n"}}`,
    `\nexport interface Opened${prefix} extends OpenedStore {\n  readonly store: ${prefix}Store;\n  readonly repositories: ${prefix}Repositories;\n${feeds}${targets}${store.tenantScoped ? tenant : ""}}`,
    `\nexport function open${prefix}(_config: StoreConfig, _context: RuntimeContext): Opened${prefix} {\n  throw new Error("stores nothing");\n}\n`,
  ].join("\n");
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    text,
  };
}

function cacheFiles(store: StoreIr): readonly FileRequest[] {
  return store.views
    .filter((view) => view.port === "cache")
    .map((view) => ({
      path: `{data}/stores/${store.name}/${view.file}.ts`,
      ownership: "generated",
      unit: `stores/${store.name}`,
      text: [
        `import type { ${view.typeName} } from "../../ports/${view.file}.ts";`,
        `import type { Opened${store.typePrefix} } from "./store.ts";`,
        `\nexport function ${view.property}(\n  _opened: Opened${store.typePrefix},\n  _source?: unknown,\n): ${view.typeName} & { changed(keys: readonly string[], all?: boolean): Promise<void> } {\n  throw new Error("stores nothing");\n}\n`,
      ].join("\n"),
    }));
}
