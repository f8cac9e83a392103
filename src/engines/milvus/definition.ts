import { createHash } from "node:crypto";
import type {
  ColumnDefinition,
  ViewDefinition,
} from "../../../templates/engines/milvus/definition.ts";
import { viewAlias } from "../../ir/names.ts";
import type { FieldIr, VectorViewIr } from "../../ir/types.ts";
import { itemShape } from "../families/item-shape.ts";
import { indexPlan } from "./index-plan.ts";

/** What the collections of a view are made of. */
export function definitionOf(view: VectorViewIr, project: string): ViewDefinition {
  return {
    alias: viewAlias(project, view.workload),
    dimensions: view.dimensions,
    metric: metrics[view.metric],
    index: indexPlan(view).index,
    tenant: view.entity.tenant !== undefined,
    columns: filterFields(view).flatMap((field) => columnOf(field) ?? []),
    consistency: consistencyOf(view),
    item: createHash("sha256")
      .update(JSON.stringify(itemShape(view.entity)))
      .digest("hex")
      .slice(0, 8),
  };
}

const metrics = { cosine: "COSINE", l2: "L2", ip: "IP" } as const;

/**
 * Bounded reads may be a few seconds behind the last write, which a view that is filled behind its authority is anyway. Session would promise a
 * reader its own writes, and no reader writes here: whoever asks for it gets Strong (MV-02).
 */
const consistencyOf = ({ consistency }: VectorViewIr): ViewDefinition["consistency"] =>
  consistency === "strong" || consistency === "session" ? "Strong" : "Bounded";

/** Fields that any method filters by, each once, in the order of the entity. */
export function filterFields({ entity, methods }: VectorViewIr): readonly FieldIr[] {
  const named = new Set(methods.flatMap(({ method }) => method.filter.map(({ field }) => field)));
  return entity.fields.filter(({ name }) => named.has(name));
}

/** Its own words and the fields of every collection are told apart by the prefix. */
export const columnName = ({ name }: Pick<FieldIr, "name">): string =>
  `f_${name.replaceAll(/[^A-Za-z0-9_]/gu, (one) => `u${one.codePointAt(0)?.toString(16) ?? ""}`)}`;

/** MV-08: digits of a whole number of 64 bits that are always exact. */
const exactDigits = 18;

/** Undefined for a field that Milvus cannot filter by; `refuse` has named it before. */
export function columnOf(field: FieldIr): ColumnDefinition | undefined {
  const { type } = field;
  const name = columnName(field);
  if (type.kind === "array") {
    const kind = scalarKind(type.of);
    return kind === undefined || kind === "decimal" ? undefined : { name, kind, list: true };
  }
  if (type.kind === "decimal")
    return type.precision > exactDigits ? undefined : { name, kind: "decimal", scale: type.scale };
  const kind = scalarKind(type.kind);
  return kind === undefined ? undefined : { name, kind };
}

function scalarKind(kind: string): ColumnDefinition["kind"] | undefined {
  switch (kind) {
    case "int":
    case "bigint":
    case "float":
    case "boolean":
    case "timestamp":
    case "decimal":
      return kind;
    case "uuid":
    case "string":
    case "text":
    case "enum":
    case "date":
      return "text";
    default:
      return undefined;
  }
}
