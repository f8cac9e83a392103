import type { Ir, StoreIr } from "../../../ir/types.ts";
import { print } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, entry, objectLiteral } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { recordsOperations, sqlStoreFile } from "../../families/sql/store-file.ts";
import { applicationRole } from "../ddl/naming.ts";
import { postgresRuntime } from "./runtime.ts";

export const storeFile = (store: StoreIr, ir: Ir): FileRequest =>
  sqlStoreFile(store, {
    engine: postgresRuntime,
    stem: "Postgres",
    identity: [
      ...(store.tenantScoped ? [`role: ${stringLiteral(applicationRole(ir.project))}`] : []),
      ...(recordsOperations(store) ? ["operations: true"] : []),
      ...partitioned(store),
    ],
    loads: true,
    acrossTenants: "opened.acrossTenants()",
  });

/** Tables whose partitions come with time. */
function partitioned({ entities }: StoreIr): readonly string[] {
  const tables = entities.flatMap(({ table, partition }) =>
    partition?.kind === "range"
      ? [
          objectLiteral([
            ["table", stringLiteral(table)],
            ["every", stringLiteral(partition.every)],
          ]),
        ]
      : [],
  );
  return tables.length === 0 ? [] : [print(entry("partitioned", arrayLiteral(tables)), 4)];
}
