import type { VectorView } from "../../../../templates/engines/milvus/definition.ts";
import { collection, dimensions, type Row } from "./rows.ts";

/** As the generator declares it. */
export const view: VectorView<Row, Omit<Row, "embedding">> = {
  name: "bench",
  definition: {
    alias: collection,
    dimensions,
    metric: "COSINE",
    index: { type: "HNSW", parameters: { M: 16, efConstruction: 128 }, search: { ef: 128 } },
    tenant: false,
    columns: [{ name: "f_number", kind: "int" }],
    consistency: "Bounded",
    item: "bench",
  },
  shape: { id: "value", number: "value" },
  vector: ({ embedding }) => embedding,
  columns: ({ number }) => ({ f_number: number }),
  toJson: ({ id, number }) => ({ id, number }),
  fromJson: (json, embedding) => ({ ...json, embedding }),
};
