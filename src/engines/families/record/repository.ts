import type { Method } from "../../../spec/model.ts";
import { batchName, fileStem, repositoryTypeName, variableName } from "../../../ir/names.ts";
import type { EntityIr, RecordMethodIr, RepositoryIr } from "../../../ir/types.ts";
import { describe, methodDoc } from "./describe.ts";
import { asOfSignature, batchSignature, methodShape } from "./signatures.ts";

const reads: ReadonlySet<Method["op"]> = new Set(["get", "list", "aggregate", "history"]);

/** The record port of one entity: only what the workload declared. */
export function lowerRepository(
  entity: EntityIr,
  workload: string,
  methods: readonly Method[],
): RepositoryIr {
  return {
    entity,
    typeName: repositoryTypeName(entity.name),
    file: fileStem(repositoryTypeName(entity.name)),
    factory: variableName(repositoryTypeName(entity.name)),
    workload,
    methods: methods.map((method) => lowerMethod(method, entity, workload)),
  };
}

function lowerMethod(method: Method, entity: EntityIr, workload: string): RecordMethodIr {
  const { parameters, returns, types } = methodShape(method, entity);
  const doc = methodDoc(method, entity, workload);
  const companions = {
    ...(method.op === "get"
      ? { batch: batchSignature(entity, batchName(method.name), describe.batch(entity)) }
      : {}),
    ...(method.op === "history" ? { asOf: asOfSignature(entity) } : {}),
  };
  return {
    method,
    operation: `${entity.property}.${method.name}`,
    effect: reads.has(method.op) ? "read" : "write",
    signature: { name: method.name, parameters, returns, doc },
    types,
    ...companions,
  };
}
