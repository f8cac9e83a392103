import type { RecordMethodIr } from "../../../ir/types.ts";
import { identifier, propertyName, stringLiteral } from "../../../render/encode.ts";
import { type Doc, group, indent, line, print } from "../../../render/document.ts";
import { docBlock, entry, openObject } from "../../../render/layout.ts";
import type { Scope } from "./scope.ts";

export type Entry = readonly [name: string, value: Doc];

/** `const get: MethodDeclaration<Order> = { … };` below its docstring. */
export function declaration(
  name: string,
  type: string,
  doc: string,
  entries: readonly Entry[],
): string {
  const body = openObject(entries.map(([key, value]) => entry(key, value)));
  return `${docBlock([doc])}${print(["const ", identifier(name), ": ", type, " = ", body, ";"])}`;
}

/** What every declaration of a method says of itself. */
export const identity = (
  scope: Scope,
  operation: string,
  effect: RecordMethodIr["effect"],
): readonly Entry[] => [
  ["operation", stringLiteral(operation)],
  ["effect", stringLiteral(effect)],
  ["collection", stringLiteral(scope.entity.table)],
  ["of", "stored"],
];

/** `get: (id, options) => session.get(get, …),` */
export const method = (name: string, parameters: readonly string[], body: Doc): string =>
  print(
    [propertyName(name), ": (", parameters.join(", "), ") =>", group(indent([line, body])), ","],
    4,
  );
