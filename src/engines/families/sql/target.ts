import type { EntityIr, RecordMethodIr, StoreIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, call } from "../../../render/layout.ts";
import { rowLength, visibleFields } from "./row.ts";
import type { AdapterModule } from "./module.ts";
import { codecsName, rowName } from "./module.ts";
import { access, columnList, type Entry, made } from "./source.ts";

/** One method that is being generated, and where. */
export interface MethodTarget {
  readonly entity: EntityIr;
  readonly store: StoreIr;
  /** Stem of the port's file. */
  readonly port: string;
  readonly module: AdapterModule;
  readonly ir: RecordMethodIr;
}

/** Whether every text of its statements has to name the tenant. */
export const isScoped = ({ entity, module }: Pick<MethodTarget, "entity" | "module">): boolean =>
  module.engine.scopes === true && entity.tenant !== undefined;

/** Name and collection: what errors, spans and metrics say. */
export const identity = (
  { entity }: Pick<MethodTarget, "entity">,
  operation: string,
): readonly Entry[] => [
  ["name", stringLiteral(operation)],
  ["collection", stringLiteral(entity.table)],
];

/** The key as texts, one per part: `orderCodecs.id.encode(id)`. */
export const keyTexts = (entity: EntityIr): readonly Doc[] =>
  entity.key.map((field) =>
    call(`${codecsName(entity)}${access(field.name)}.encode`, [
      entity.key.length === 1 ? "id" : `key${access(field.name)}`,
    ]),
  );

export const keyList = ({ entity }: Pick<MethodTarget, "entity">, ...more: readonly Doc[]): Doc =>
  arrayLiteral([...keyTexts(entity), ...more]);

/** `id` or `key`: the parameter that holds it. */
export const keyParameter = (entity: EntityIr): string => (entity.key.length === 1 ? "id" : "key");

/** What every write of whole rows declares: whose rows, which key, how long a row is. */
export const rowEntries = (entity: EntityIr): readonly Entry[] => [
  ["entity", stringLiteral(entity.name)],
  ["key", columnList(entity.key.map((field) => visibleFields(entity).indexOf(field)))],
  ["columns", String(rowLength(entity))],
  ["row", rowName(entity)],
];

/** `keyedRead<Order>`: a statement of an entity's own rows. */
export function ofRows(maker: string, { entity, module }: MethodTarget): string {
  module.domainTypes(entity.name);
  return made(maker, entity.name);
}
