import { stringLiteral } from "../../../render/encode.ts";
import { type Doc, hardline, indent } from "../../../render/document.ts";
import { arrayLiteral, objectLiteral } from "../../../render/layout.ts";
import type { ListFragments, OrderFragment } from "./fragments.ts";
import type { Entry } from "./source.ts";
import { columnList, declaration, made, sqlList, sqlText } from "./source.ts";

/** `const listByCustomer = dynamicRead({ … });` */
export function listDeclaration(input: {
  readonly variable: string;
  readonly operation: string;
  readonly collection: string;
  readonly fragments: ListFragments;
  /** Its texts name the tenant, without whom the runtime refuses them. */
  readonly scoped?: boolean | undefined;
  readonly row: Doc;
  /** Type of a row, where its function is declared elsewhere. */
  readonly of?: string;
  /** Columns of a row that hold the order's values. */
  readonly cursor: readonly number[];
}): string {
  const { fragments, cursor } = input;
  const entries: readonly Entry[] = [
    ["name", stringLiteral(input.operation)],
    ["collection", stringLiteral(input.collection)],
    ...(input.scoped === true ? [["scoped", "true"] as const] : []),
    ["select", sqlText(fragments.select)],
    ["where", sqlList(fragments.where)],
    ...(fragments.optional.length === 0
      ? []
      : [["optional", sqlList(fragments.optional)] as const]),
    ...(fragments.tail === undefined ? [] : [["tail", stringLiteral(fragments.tail)] as const]),
    ["order", orderList(fragments.order.map(orderTerm))],
    ["row", input.row],
    ["cursor", columnList(cursor)],
  ];
  return declaration(input.variable, made("dynamicRead", input.of), entries);
}

const orderTerm = ({ column, direction, cast, nullable }: OrderFragment): Doc =>
  objectLiteral([
    ["column", sqlText(column)],
    ["direction", stringLiteral(direction)],
    ...(cast === undefined ? [] : [["cast", stringLiteral(cast)] as const]),
    ...(nullable === true ? [["nullable", "true"] as const] : []),
  ]);

/** Several terms stand one a line, as the formatter has lists of objects. */
const orderList = (terms: readonly Doc[]): Doc =>
  terms.length < 2
    ? arrayLiteral(terms)
    : ["[", indent(terms.map((term): Doc => [hardline, term, ","])), hardline, "]"];
