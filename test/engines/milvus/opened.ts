/** A store of its own on a server, with a view to write and to read. */
import type { NearestDeclaration } from "../../../templates/engines/milvus/session.ts";
import { openMilvus, type MilvusStore } from "../../../templates/engines/milvus/store.ts";
import type { VectorView, ViewDefinition } from "../../../templates/engines/milvus/definition.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../../templates/runtime/store.ts";

const rules = { schemes: [{ scheme: "milvus:" }, { scheme: "milvus+https:" }], parameters: [] };

export interface OpenedMilvus {
  readonly store: MilvusStore;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: readonly unknown[];
  close(): Promise<void>;
}

export function openStore(
  dsn: string,
  config: Omit<Partial<StoreConfig>, "dsn"> = {},
): OpenedMilvus {
  const stray: unknown[] = [];
  const lifecycle = new Lifecycle({ signals: false });
  const onError = (error: unknown) => void stray.push(error);
  const store = openMilvus(
    { name: "vectors" },
    { dsn: parseDsn(dsn, rules), ...config },
    { lifecycle, telemetry: {}, onError },
  );
  return { store, lifecycle, stray, close: () => store.close() };
}

/** What the views of these tests copy. */
export interface Note {
  readonly id: string;
  readonly number: number;
  readonly words: readonly string[];
  readonly embedding: Float32Array | null;
}

type NoteJson = Omit<Note, "embedding">;

export const dimensions = 8;

/** A view of notes under a name of its own. */
export function noteView(
  name: string,
  changes: Partial<ViewDefinition> = {},
): VectorView<Note, NoteJson> {
  return {
    name,
    definition: {
      alias: `v_test_${name}`,
      dimensions,
      metric: "L2",
      index: { type: "HNSW", parameters: { M: 16, efConstruction: 128 }, search: { ef: 128 } },
      tenant: false,
      columns: [
        { name: "f_number", kind: "int" },
        { name: "f_words", kind: "text", list: true },
      ],
      consistency: "Strong",
      item: "note",
      ...changes,
    },
    shape: { id: "value", number: "value", words: "value" },
    vector: ({ embedding }) => embedding,
    columns: ({ number, words }) => ({ f_number: number, f_words: words }),
    toJson: ({ id, number, words }) => ({ id, number, words }),
    fromJson: (json, embedding) => ({ ...json, embedding }),
  };
}

export const nearestOf = (of: VectorView<Note, NoteJson>): NearestDeclaration<Note, NoteJson> => ({
  operation: "notes.nearest",
  effect: "read",
  of,
});

/** A vector whose every element is `value`. */
export const filled = (value: number): Float32Array => new Float32Array(dimensions).fill(value);

export const note = (number: number, embedding: Float32Array | null = filled(number)): Note => ({
  id: String(number),
  number,
  words: [`word ${number % 3}`],
  embedding,
});
