import type { FieldIr } from "../../../ir/types.ts";
import { stringLiteral } from "../../../render/encode.ts";
import type { Doc } from "../../../render/document.ts";
import { call, objectLiteral } from "../../../render/layout.ts";
import type { Method, Predicate } from "../../../spec/model.ts";
import { codecNames, elementCodec, propertyOf, wrappers } from "../fields.ts";
import type { Scope } from "./scope.ts";

/**
 * The filter of a list or an aggregate, made of the caller's `where`: `filterOf(where, { state: … })`. What is not given is left out of it
 * where the spec calls it optional, and refused where it does not.
 */
export function filterDoc(
  scope: Scope,
  { where, optional }: Pick<Asking, "where" | "optional">,
): Doc {
  const asked = [
    ...where.flatMap((predicate) => condition(scope, predicate, true)),
    ...optional.flatMap((predicate) => condition(scope, predicate, false)),
  ];
  if (asked.length === 0) return "{}";
  scope.runtime("filter", "filterOf");
  const filter = objectLiteral(asked.map(({ property, value }) => [property, value] as const));
  const named = asked.filter(({ name, property }) => name !== property);
  if (named.length === 0) return ["filterOf(where, ", filter, ")"];
  const names = objectLiteral(
    named.map(({ name, property }) => [property, stringLiteral(name)] as const),
  );
  return call("filterOf", ["where", filter, names]);
}

type Asking = Extract<Method, { readonly op: "list" | "aggregate" }>;

interface Condition {
  /** The caller's name of it. */
  readonly name: string;
  /** Where it lies in a document. */
  readonly property: string;
  readonly value: Doc;
}

function condition(
  scope: Scope,
  { field: name, operator }: Predicate,
  required: boolean,
): readonly Condition[] {
  const { entity } = scope;
  const field = entity.fields.find((candidate) => candidate.name === name);
  if (field === undefined) return [];
  const ranged = operator === "range";
  if (ranged) scope.runtime("filter", "between");
  if (!required) scope.runtime("filter", "optional");
  const encoder = ranged
    ? call("between", [stringLiteral(name), codec(scope, field)])
    : codec(scope, field);
  const given = `where.${name}`;
  const value = required ? [encoder, ".encode(", given, ")"] : call("optional", [encoder, given]);
  return [{ name, property: propertyOf(entity, field), value }];
}

const wraps: ReadonlySet<string> = new Set(wrappers);

function codec(scope: Scope, field: FieldIr): Doc {
  if (field.type.kind !== "array" && !field.nullable) return `codecs.${field.name}`;
  scope.runtime("codec", ...codecNames(field).filter((name) => !wraps.has(name)));
  return elementCodec(field);
}
