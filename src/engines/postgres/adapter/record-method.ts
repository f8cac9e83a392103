import type { RecordMethodIr, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import type { AdapterModule } from "./module.ts";
import { aggregateMethod, getMethods, historyMethods, listMethod } from "./record-read.ts";
import { deleteMethod, incrementMethod, patchMethod, saveMethod } from "./record-write.ts";

export type MethodBody = readonly [name: string, body: Doc];

/** Declares the statements of a method and gives its entries of the repository: itself, and what comes with it. */
export function methodsOf(
  method: RecordMethodIr,
  { entity, file }: RepositoryIr,
  store: StoreIr,
  module: AdapterModule,
): readonly MethodBody[] {
  const target = { entity, store, port: file, module, ir: method };
  const declared = method.method;
  switch (declared.op) {
    case "get":
      return getMethods(target);
    case "list":
      return [listMethod(target, declared)];
    case "aggregate":
      return [aggregateMethod(target, declared)];
    case "insert":
    case "upsert":
      return [saveMethod(target, declared)];
    case "patch":
      return [patchMethod(target, declared)];
    case "delete":
      return [deleteMethod(target)];
    case "increment":
      return [incrementMethod(target, declared)];
    case "history":
      return historyMethods(target);
  }
}
