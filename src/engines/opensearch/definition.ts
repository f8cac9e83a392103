import { createHash } from "node:crypto";
import type { IndexDefinition } from "../../../templates/engines/opensearch/generation.ts";
import { packedKind } from "../../../templates/engines/opensearch/packed-vectors.ts";
import { spaces } from "../../../templates/engines/opensearch/vector.ts";
import { inThousands } from "../../ir/digits.ts";
import type { FieldIr, SearchViewIr, VectorViewIr } from "../../ir/types.ts";
import { analysisOf } from "./analysis.ts";
import { type FieldUse, mappingOf } from "./fields.ts";
import { itemShape } from "./item-shape.ts";
import { documentsOfShard, textShards } from "./text-shards.ts";
import { vectorPlan } from "./vector-plan.ts";

/** A view that this engine holds. */
export type HeldView = SearchViewIr | VectorViewIr;

/** An index definition with its fingerprint: what the code and the cluster have to agree on. */
export interface Defined {
  readonly fingerprint: string;
  readonly definition: IndexDefinition;
}

/** The text that a view's own index is searched for: its own, or that of the search view it is fused with. */
export const textView = (view: HeldView): SearchViewIr | undefined =>
  view.port === "search" ? view : view.methods.find(({ hybrid }) => hybrid !== undefined)?.hybrid;

/** Fields that a text search of this view reads. */
export function searchedFields(view: SearchViewIr): ReadonlySet<string> {
  return new Set(view.methods.flatMap(({ method }) => method.text));
}

/** What the methods of a view do with each of its fields. */
export function useOf(view: HeldView, field: FieldIr): FieldUse {
  const text = textView(view);
  const predicates = view.methods.flatMap(({ method }) => method.filter);
  const facets = view.port === "search" ? view.methods.flatMap(({ method }) => method.facets) : [];
  return {
    searched: text !== undefined && searchedFields(text).has(field.name),
    filtered: predicates.some((predicate) => predicate.field === field.name),
    facet: facets.includes(field.name),
  };
}

/** Settings and mappings of a view's index. Items are kept as they are; only what a method asks by is mapped. */
export function definitionOf(view: HeldView, project: string): Defined {
  const parts = { settings: settingsOf(view), mappings: mappingsOf(view) };
  // Of the items too: an index that holds items of another shape is another one, whatever its mapping.
  const item = itemShape(view);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify({ ...parts, item }))
    .digest("hex")
    .slice(0, 12);
  const reasons = reasonsOf(view);
  const meta = { project, view: view.workload, definition: fingerprint, item, reasons };
  return {
    fingerprint,
    definition: { ...parts, mappings: { _meta: meta, ...parts.mappings } },
  };
}

const shardsOf = (view: HeldView): number =>
  view.port === "vector" ? vectorPlan(view).shards : textShards(view.entity, view.rows);

function settingsOf(view: HeldView): IndexDefinition["settings"] {
  const text = textView(view);
  return {
    index: {
      number_of_shards: String(shardsOf(view)),
      auto_expand_replicas: "0-1",
      refresh_interval: "1s",
      ...(text === undefined ? {} : { analysis: analysisOf(text.language) }),
      ...(view.port === "vector" && !vectorPlan(view).exact
        ? { knn: "true", "knn.derived_source.enabled": "false" }
        : {}),
    },
  };
}

function mappingsOf(view: HeldView): IndexDefinition["mappings"] {
  const offsets = view.port === "search" && view.methods.some(({ method }) => method.highlight);
  const properties = view.entity.fields.flatMap((field) => {
    const mapping = field.visible ? mappingOf(field, useOf(view, field), offsets) : undefined;
    return mapping === undefined ? [] : [[field.name, mapping] as const];
  });
  return {
    dynamic: "strict",
    properties: {
      key: { type: "keyword" },
      ...(view.entity.tenant === undefined ? {} : { tenant: { type: "keyword" } }),
      deleted: { type: "date", format: "epoch_millis" },
      item: {
        type: "object",
        dynamic: false,
        properties: {
          ...Object.fromEntries(properties),
          ...(view.port === "vector" ? { [view.field.name]: vectorMapping(view) } : {}),
        },
      },
    },
  };
}

function vectorMapping(view: VectorViewIr): Readonly<Record<string, unknown>> {
  const { exact, engine, parameters } = vectorPlan(view);
  const vector = { type: "knn_vector", dimension: view.dimensions };
  if (exact) return vector;
  return {
    ...vector,
    space_type: spaces[view.metric],
    method: { name: "hnsw", engine, parameters },
  };
}

const isPacked = (kind: unknown): boolean =>
  typeof kind === "string" && kind.startsWith(packedKind);

/** Why the index is set as it is, for whoever reads its definition on the cluster. */
function reasonsOf(view: HeldView): readonly string[] {
  const shards = shardsOf(view);
  return [
    shards === 1
      ? "1 shard: a shard holds 10 to 50 GB, and one counts facets and ranks exactly"
      : `${shards} shards: each holds ${view.port === "vector" ? "about 30 GB" : `up to ${inThousands(documentsOfShard(view.entity))} documents, about 30 GB`}`,
    "a replica as soon as there is a second node",
    "refresh every second: a change is found that soon",
    "items are mapped only where a method searches, filters or counts: nothing else costs memory or time",
    ...(Object.values(itemShape(view)).some(isPacked)
      ? ["vectors that nothing is compared by are kept as bytes: a third of their digits"]
      : []),
    ...(view.port === "vector" ? [vectorPlan(view).reason] : []),
    ...(view.port === "vector" && !vectorPlan(view).exact
      ? ["vectors stay in the source as they came, so that items are given back exactly"]
      : []),
  ];
}
