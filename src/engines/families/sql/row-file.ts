import { repositoriesOf } from "../../../ir/repositories-of.ts";
import type { ChildIr, EntityIr, FieldIr, Ir, StoreIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { print } from "../../../render/document.ts";
import { code, stringLiteral } from "../../../render/encode.ts";
import {
  call,
  docBlock,
  entry,
  importLines,
  namedObject,
  openObject,
} from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { visibleFields } from "./row.ts";
import { fieldCodec } from "./codec.ts";
import { AdapterModule, codecsName, rowName } from "./module.ts";
import type { AdapterRuntime } from "./runtime.ts";
import { access, arrowToObject, type Entry } from "./source.ts";

/** Whether the rows of an entity have a module of their own: several adapters map them, or no repository does. */
export const hasRowFile = (engine: AdapterRuntime, entity: EntityIr, store: StoreIr): boolean =>
  repositoriesOf(entity, store).length > 1 || mappedBeside(engine, store).has(entity);

/** Entities whose rows have a module of their own. */
export const entitiesWithRowFile = (
  engine: AdapterRuntime,
  store: StoreIr,
): readonly EntityIr[] => [
  ...new Set([
    ...store.repositories.flatMap(({ entity }) =>
      repositoriesOf(entity, store).length > 1 ? [entity] : [],
    ),
    ...mappedBeside(engine, store),
  ]),
];

/** Entities whose rows are mapped by other adapters than repositories. */
const mappedBeside = (engine: AdapterRuntime, store: StoreIr): ReadonlySet<EntityIr> =>
  new Set([
    ...store.feeds,
    ...store.views.flatMap((view) =>
      view.port !== "cache" && engine.mappedViews.includes(view.port) ? [view.entity] : [],
    ),
  ]);

/** `order-row.ts`: codecs of the columns and the mapping of a row, shared by the adapters of an entity. */
export function rowFile(
  engine: AdapterRuntime,
  entity: EntityIr,
  store: StoreIr,
  ir: Ir,
): FileRequest {
  const module = new AdapterModule(engine, ir, [], []);
  const parts = rowParts(entity, module, "export const");
  return {
    path: `{data}/stores/${store.name}/${entity.file}-row.ts`,
    ownership: "generated",
    unit: `entities/${entity.name}`,
    template: `engines/${engine.folder}/row.ts.hbs`,
    data: { imports: code(importLines(module.finished())), parts: parts.map(code) },
  };
}

type Keyword = "const" | "export const";

/** The declarations of an entity's codecs and row, and of its children's. */
export function rowParts(
  entity: EntityIr,
  module: AdapterModule,
  keyword: Keyword,
): readonly string[] {
  const all = [entity, ...entity.children.map((child) => child.entity)];
  return [
    ...(entity.children.length > 0 ? [childrenPart(module)] : []),
    ...all.flatMap((each) => [codecsPart(each, module, keyword), rowPart(each, module, keyword)]),
  ];
}

/** What {@link rowParts} declares. */
export const rowNames = (entity: EntityIr): readonly string[] => [
  ...(entity.children.length > 0 ? [childRows] : []),
  ...[entity, ...entity.children.map((child) => child.entity)].flatMap((each) => [
    codecsName(each),
    rowName(each),
  ]),
];

const childRows = "childRows";

function codecsPart(entity: EntityIr, module: AdapterModule, keyword: Keyword): string {
  const entries = visibleFields(entity).map((field): Doc => {
    module.domainTypes(field.tsType);
    return entry(field.name, fieldCodec(field, module.codecs));
  });
  const doc = docBlock([`Between the properties of ${entity.name} and the texts of its columns.`]);
  module.codecs.add("named");
  const head = `${keyword} ${codecsName(entity)} = `;
  return `${doc}${print(namedObject(head, "named", stringLiteral(entity.name), openObject(entries)))}`;
}

function rowPart(entity: EntityIr, module: AdapterModule, keyword: Keyword): string {
  module.runtimeType("statement", module.engine.row);
  module.domainTypes(entity.name);
  const fields = visibleFields(entity);
  const entries: readonly Entry[] = [
    ...fields.map((field, at): Entry => [field.name, decoded(entity, field, at)]),
    ...entity.children.map((child, at): Entry => [
      child.property,
      childList(child, `row[${fields.length + at}]`, module),
    ]),
  ];
  const head = `${keyword} ${rowName(entity)} = (row: ${module.engine.row}): ${entity.name}`;
  const doc = docBlock([
    `A row whose first columns are those of every select list of ${entity.name}.`,
  ]);
  return `${doc}${print([arrowToObject(head, entries), ";"])}`;
}

const decoded = (entity: EntityIr, field: FieldIr, at: number): Doc =>
  `${codecsName(entity)}${access(field.name)}.decode(row[${at}])`;

function childList(child: ChildIr, cell: string, module: AdapterModule): Doc {
  const rows = `${childRows}.decode(${cell}).map(${rowName(child.entity)})`;
  if (module.engine.orderedChildren !== true || child.localKey.length === 0) return rows;
  module.runtime("children", "inOrder");
  return call("inOrder", [rows, ...child.localKey.map(({ name }) => stringLiteral(name))]);
}

function childrenPart(module: AdapterModule): string {
  module.codecs.add("json");
  return `${docBlock(["Owned children come as one json column: rows of texts."])}const ${childRows} = json<readonly ${module.engine.row}[]>();`;
}
