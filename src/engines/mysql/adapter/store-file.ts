import type { StoreIr } from "../../../ir/types.ts";
import { stringLiteral } from "../../../render/encode.ts";
import type { FileRequest } from "../../engine.ts";
import { recordsOperations, sqlStoreFile } from "../../families/sql/store-file.ts";
import type { Dialect } from "../dialect.ts";
import { mysqlRuntime } from "./runtime.ts";

export const storeFile = (store: StoreIr, { name }: Dialect): FileRequest =>
  sqlStoreFile(store, {
    engine: mysqlRuntime,
    stem: "Mysql",
    identity: [
      `dialect: ${stringLiteral(name)}`,
      ...(store.tenantScoped ? ["tenants: true"] : []),
      ...(recordsOperations(store) ? ["operations: true"] : []),
    ],
    // The server keeps no tenants apart: a statement that names none reads all of them.
    acrossTenants: "opened.session",
  });
