import type { EntityIr, Ir, StoreIr } from "../../../ir/types.ts";
import { feedName } from "../../../ir/names.ts";
import { group, indent, line, print } from "../../../render/document.ts";
import { code } from "../../../render/encode.ts";
import { call, docBlock, importLines } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import type { FeedFragments } from "./fragments.ts";
import { listDeclaration } from "./list-declaration.ts";
import { AdapterModule, codecsName, rowName } from "./module.ts";
import { visibleFields } from "./row.ts";
import type { AdapterRuntime } from "./runtime.ts";
import { access, arrowToObject, type Entry } from "./source.ts";

/** `product-feed.ts`: every row of an entity for the views that copy it. */
export function feedFile(
  engine: AdapterRuntime,
  entity: EntityIr,
  { list, key, tenant }: FeedFragments,
  store: StoreIr,
  ir: Ir,
): FileRequest {
  const name = feedName(entity.name);
  const taken = [name, codecsName(entity), rowName(entity)];
  const module = new AdapterModule(engine, ir, [entity], taken);
  const variable = module.variable("rows");
  if (key.length > 1) module.runtime("values", engine.pick);
  module.runtime("feed", "viewFeed");
  module.runtimeType("session", engine.session);
  module.imports.type("../../runtime/view.ts", "ViewFeed", "ViewRow");
  module.domainTypes(entity.name);
  const entries: readonly Entry[] = [
    ["key", keyText(key, module)],
    ...(tenant === undefined ? [] : [["tenant", decodedText(tenant, module)] as const]),
    ["revision", revision(entity)],
    ["item", `${rowName(entity)}(row)`],
  ];
  const declaration = listDeclaration({
    module,
    variable,
    operation: `${entity.property}.feed`,
    collection: entity.table,
    fragments: list,
    row: arrowToObject(`(row): ViewRow<${entity.name}>`, entries),
    cursor: key,
  });
  const head = docBlock([
    `Every ${entity.name} in the order of its key, for the views in other stores that copy it.`,
  ]);
  const factory = print([
    `export const ${name} = (session: ${engine.session}): ViewFeed<${entity.name}> =>`,
    group(indent([line, call("viewFeed", ["session", variable]), ";"])),
  ]);
  module.importRows([declaration]);
  return {
    path: `{data}/stores/${store.name}/${entity.file}-feed.ts`,
    ownership: "generated",
    unit: `entities/${entity.name}`,
    template: "shared/module.ts.hbs",
    data: {
      imports: code(importLines(module.finished())),
      parts: [code(declaration), code(`${head}${factory}`)],
    },
  };
}

function decodedText(column: number, module: AdapterModule): string {
  module.codecs.add("text");
  return `text.decode(row[${column}])`;
}

const keyText = (columns: readonly number[], module: AdapterModule): string =>
  columns.length === 1
    ? decodedText(columns[0] ?? 0, module)
    : `JSON.stringify(${module.engine.pick}(row, ${columns.join(", ")}))`;

/** What rises with every change of the row. */
function revision(entity: EntityIr): string {
  const { version, updatedAt } = entity;
  const decoded = (name: string): string =>
    `${codecsName(entity)}${access(name)}.decode(row[${visibleFields(entity).findIndex((field) => field.name === name)}])`;
  if (version !== undefined) return `BigInt(${decoded(version.name)})`;
  return updatedAt === undefined ? "0n" : `BigInt(${decoded(updatedAt.name)}.getTime())`;
}
