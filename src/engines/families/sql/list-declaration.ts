import { stringLiteral } from "../../../render/encode.ts";
import type { Doc } from "../../../render/document.ts";
import { arrayLiteral, call } from "../../../render/layout.ts";
import type { ListFragments, OrderFragment } from "./fragments.ts";
import type { AdapterModule } from "./module.ts";
import type { Entry } from "./source.ts";
import { columnList, declaration, sqlList, sqlText } from "./source.ts";

/** `const byDay = dynamicRead({ … });`: a list whose rows are no rows of the entity. */
export function listDeclaration(input: {
  readonly module: AdapterModule;
  readonly variable: string;
  readonly operation: string;
  readonly collection: string;
  readonly fragments: ListFragments;
  /** Its texts name the tenant, without whom the runtime refuses them. */
  readonly scoped?: boolean | undefined;
  readonly row: Doc;
  /** Columns of a row that hold the order's values. */
  readonly cursor: readonly number[];
  /** The first of them is a score: a cursor belongs to one answer. */
  readonly position?: "score";
}): string {
  input.module.runtime("statement", "dynamicRead");
  return declaration(input.variable, "dynamicRead", [
    ["name", stringLiteral(input.operation)],
    ["collection", stringLiteral(input.collection)],
    ...(input.scoped === true ? [["scoped", "true"] as const] : []),
    ...listEntries(input.module, input.fragments),
    ["row", input.row],
    ["cursor", columnList(input.cursor)],
    ...(input.position === undefined ? [] : [["position", stringLiteral(input.position)] as const]),
  ]);
}

/** What a list is made of, but for its rows. */
export function listEntries(module: AdapterModule, fragments: ListFragments): readonly Entry[] {
  module.runtime("statement", ...fragments.order.map(({ direction }) => direction));
  if (fragments.order.some(({ alias }) => alias !== undefined))
    module.runtime("statement", "selectedAs");
  return [
    ["select", sqlText(fragments.select)],
    ["where", sqlList(fragments.where)],
    ...(fragments.optional.length === 0
      ? []
      : [["optional", sqlList(fragments.optional)] as const]),
    ...(fragments.tail === undefined ? [] : [["tail", stringLiteral(fragments.tail)] as const]),
    ["order", arrayLiteral(fragments.order.map(orderTerm))],
  ];
}

/** `desc("placed_at", "timestamptz")`; `selectedAs("score", desc("…"))` */
const orderTerm = (term: OrderFragment): Doc =>
  term.alias === undefined
    ? written(term)
    : call("selectedAs", [stringLiteral(term.alias), written(term)]);

const written = ({ column, direction, cast, nullable }: OrderFragment): Doc =>
  call(direction, [
    sqlText(column),
    ...(cast === undefined ? (nullable === true ? ["undefined"] : []) : [stringLiteral(cast)]),
    ...(nullable === true ? [stringLiteral("nullable")] : []),
  ]);
