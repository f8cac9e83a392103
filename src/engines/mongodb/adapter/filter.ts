import type { FieldIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { call, objectLiteral } from "../../../render/layout.ts";
import type { Predicate } from "../../../spec/model.ts";
import { codecNames, elementCodec, propertyOf, wrappers } from "../fields.ts";
import type { Scope } from "./scope.ts";

/** The filter of a list or an aggregate, made of the caller's `where`; what is not given is left out of it. */
export function filterDoc(scope: Scope, predicates: readonly Predicate[]): Doc {
  const { entity } = scope;
  return objectLiteral(
    predicates.flatMap(({ field: name, operator }) => {
      const field = entity.fields.find((candidate) => candidate.name === name);
      if (field === undefined) return [];
      const maker = operator === "range" ? "between" : "optional";
      scope.runtime("filter", maker);
      return [
        [propertyOf(entity, field), call(maker, [codec(scope, field), `where.${name}`])] as const,
      ];
    }),
  );
}

const wraps: ReadonlySet<string> = new Set(wrappers);

function codec(scope: Scope, field: FieldIr): Doc {
  if (field.type.kind !== "array" && !field.nullable) return `codecs.${field.name}`;
  scope.runtime("codec", ...codecNames(field).filter((name) => !wraps.has(name)));
  return elementCodec(field);
}
