import type { EntityIr, FieldIr, IndexIr } from "../../ir/types.ts";
import type { FieldType } from "../../spec/model.ts";
import type { Refusal } from "./refuse.ts";

type Method = NonNullable<IndexIr["method"]>;
type Kind = FieldType["kind"];

/**
 * Types that each kind of index orders or finds without being told how: those with a default operator class. Source: pg_opclass of
 * PostgreSQL 18, and of pgvector 0.8.
 */
const indexed: Readonly<Record<Method, (kind: Kind) => boolean>> = {
  btree: () => true,
  hash: (kind) => kind !== "vector",
  brin: (kind) => !["boolean", "json", "array", "vector"].includes(kind),
  gin: (kind) => kind === "array" || kind === "json",
  gist: () => false,
  fulltext: () => false,
};

/** Indexes that the server would refuse to build. */
export const indexProblems = (entity: EntityIr): readonly Refusal[] =>
  entity.indexes.flatMap((index) => {
    const text = problemOf(index);
    if (text === undefined) return [];
    const hint = `leave method: out (btree); brin orders numbers, times and text, gin finds elements of arrays and json`;
    return [
      { path: `entities.${entity.name}.indexes`, text: `index ${index.name}: ${text}`, hint },
    ];
  });

function problemOf({ method = "btree", unique, terms }: IndexIr): string | undefined {
  if (method === "fulltext") return "this engine has no index of that kind";
  if (unique && method !== "btree") return `${method} holds nothing unique`;
  if (method === "hash" && terms.length > 1) return "hash takes one field";
  const wrong = terms
    .flatMap((term): readonly FieldIr[] => ("field" in term ? [term.field] : []))
    .find(({ type }) => type.native === undefined && !indexed[method](type.kind));
  return wrong === undefined
    ? undefined
    : `${method} has no order for ${wrong.type.kind} (${wrong.name})`;
}
