import type { RecordMethodIr, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import type { AdapterModule } from "../../families/sql/module.ts";
import { aggregateMethod, listMethod } from "../../families/sql/record-read.ts";
import { aggregateFragments } from "../statements/aggregate.ts";
import { listFragments } from "../statements/read.ts";
import { getMethods, historyMethods } from "./record-read.ts";
import { deleteMethod, incrementMethod, patchMethod, saveMethod } from "./record-write.ts";

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
      return [listMethod(target, declared, listFragments(entity, declared))];
    case "aggregate":
      return [aggregateMethod(target, declared, aggregateFragments(entity, declared))];
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
