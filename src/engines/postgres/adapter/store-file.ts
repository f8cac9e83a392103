import type { Ir, StoreIr } from "../../../ir/types.ts";
import { stringLiteral } from "../../../render/encode.ts";
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
    ],
    loads: true,
    acrossTenants: "opened.acrossTenants()",
  });
