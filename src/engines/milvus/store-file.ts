import type { StoreIr, VectorViewIr } from "../../ir/types.ts";
import { code } from "../../render/encode.ts";
import { functionHead, importLines, ImportSet, propertyLine } from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";
import { vectorViews } from "./refuse.ts";
import { targetName } from "./view-file.ts";

/** `stores/<store>/store.ts`: the opened store with its views, for all and per tenant, and their writing sides. */
export function storeFile(store: StoreIr): FileRequest {
  const views = vectorViews(store);
  const plain = views.filter(({ entity }) => entity.tenant === undefined);
  const prefix = store.typePrefix;
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/milvus/store.ts.hbs",
    data: {
      imports: code(importLines(importsOf(views))),
      name: store.name,
      storeType: `${prefix}Store`,
      openedType: `Opened${prefix}`,
      openHead: code(
        functionHead(
          `open${prefix}`,
          [
            { name: "config", type: "StoreConfig" },
            { name: "context", type: "RuntimeContext" },
          ],
          `Opened${prefix}`,
        ),
      ),
      viewsType: `${prefix}Views`,
      tenantType: `${prefix}TenantViews`,
      boundType: `${prefix}Bound`,
      tenantScoped: store.tenantScoped,
      plain: plain.map(member),
      bound: views.filter((view) => !plain.includes(view)).map(member),
      targets: views.map((view) => ({
        name: view.property,
        factory: targetName(view),
        line: code(
          propertyLine({ name: view.property, type: `ViewTarget<${view.entity.name}>` }, 4),
        ),
      })),
    },
  };
}

const member = ({ property, typeName }: VectorViewIr) => ({
  name: property,
  type: typeName,
  factory: property,
});

function importsOf(views: readonly VectorViewIr[]): ImportSet {
  const imports = new ImportSet()
    .type("../../runtime/health.ts", "StoreHealth")
    .type("../../runtime/milvus/session.ts", "MilvusSession")
    .value("../../runtime/milvus/store.ts", "openMilvus")
    .type("../../runtime/store.ts", "OpenedStore", "RuntimeContext", "StoreConfig")
    .type("../../runtime/view.ts", "ViewTarget");
  for (const view of views) {
    imports
      .type(`../../domain/${view.entity.domainFile}.ts`, view.entity.name)
      .type(`../../ports/${view.file}.ts`, view.typeName)
      .value(`./${view.file}.ts`, view.property, targetName(view));
  }
  return imports;
}
