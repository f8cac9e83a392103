import type { NearestDeclaration } from "../../../../templates/engines/milvus/session.ts";
import { openMilvus, type MilvusStore } from "../../../../templates/engines/milvus/store.ts";
import { parseDsn } from "../../../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../../../templates/runtime/lifecycle.ts";
import type { Row } from "./rows.ts";
import { view } from "./view.ts";

export const nearestOf: NearestDeclaration<Row, Omit<Row, "embedding">> = {
  operation: "bench.nearest",
  effect: "read",
  of: view,
};

export function openStore(dsn: string): {
  readonly store: MilvusStore;
  readonly close: () => Promise<void>;
} {
  const store = openMilvus(
    { name: "vectors" },
    {
      dsn: parseDsn(dsn, { schemes: [{ scheme: "milvus:" }], parameters: [] }),
      deadlineMs: 30_000,
    },
    {
      lifecycle: new Lifecycle({ signals: false }),
      telemetry: {},
      onError: (error) => console.error(error),
    },
  );
  return { store, close: () => store.close() };
}
