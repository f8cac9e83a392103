import type { Ir, StoreIr } from "../../ir/types.ts";
import { type Doc, print } from "../../render/document.ts";
import { code, stringLiteral } from "../../render/encode.ts";
import {
  call,
  docBlock,
  functionHead,
  importLines,
  ImportSet,
  objectLiteral,
} from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";
import type { HeldView } from "./definition.ts";

export const heldViews = (store: StoreIr): readonly HeldView[] =>
  store.views.flatMap((view) => (view.port === "cache" ? [] : [view]));

/** `stores/<store>/store.ts`: opens the store, binds its views to sessions and gives whoever fills them their targets. */
export function storeFile(store: StoreIr, ir: Ir): FileRequest {
  const views = heldViews(store);
  const prefix = store.typePrefix;
  const plain = views.filter(({ entity }) => entity.tenant === undefined);
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/opensearch/store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(views))),
      name: store.name,
      opening: code(print(opening(store.name, ir.project), 2)),
      storeType: `${prefix}Store`,
      openedType: `Opened${prefix}`,
      repositoriesType: `${prefix}Repositories`,
      tenantType: `${prefix}TenantRepositories`,
      boundType: `${prefix}Bound`,
      tenantScoped: store.tenantScoped,
      plain: plain.map(member),
      bound: views.filter((view) => !plain.includes(view)).map(member),
      targets: views.map((view) => ({
        name: view.property,
        entity: view.entity.name,
        factory: `${view.property}Target`,
      })),
      openHead: code(
        `${docBlock([`Opens ${store.name}; connects to nothing yet.`])}${functionHead(
          `open${prefix}`,
          [
            { name: "config", type: "StoreConfig" },
            { name: "context", type: "RuntimeContext" },
          ],
          `Opened${prefix}`,
        )}`,
      ),
    },
  };
}

const opening = (name: string, project: string): Doc => [
  "const opened = ",
  call("openSearchStore", [
    objectLiteral([
      ["name", stringLiteral(name)],
      ["project", stringLiteral(project)],
    ]),
    "config",
    "context",
  ]),
  ";",
];

const member = ({ property, typeName }: HeldView) => ({
  name: property,
  type: typeName,
  factory: property,
});

function importsOf(views: readonly HeldView[]): ImportSet {
  const imports = new ImportSet()
    .value("../../runtime/expected-migrations.ts", "unapplied")
    .type("../../runtime/health.ts", "StoreHealth")
    .type("../../runtime/store.ts", "OpenedStore", "RuntimeContext", "StoreConfig")
    .type("../../runtime/view.ts", "ViewTarget")
    .type("../../runtime/opensearch/session.ts", "SearchSession")
    .value("../../runtime/opensearch/store.ts", "openSearchStore");
  for (const { file, typeName, property, entity } of views) {
    imports
      .type(`../../ports/${file}.ts`, typeName)
      .type(`../../domain/${entity.domainFile}.ts`, entity.name)
      .value(`./${file}.ts`, property, `${property}Target`);
  }
  return imports;
}
