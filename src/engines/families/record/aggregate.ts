import type { GroupTerm, Measure, Method } from "../../../spec/model.ts";
import { groupName, measureName, memberTypeName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, TypeIr } from "../../../ir/types.ts";

type Property = TypeIr["properties"][number];

/** The row of an aggregate: its groups, then its measures. */
export function aggregateType(
  method: Extract<Method, { readonly op: "aggregate" }>,
  entity: EntityIr,
): TypeIr {
  const field = (name: string): FieldIr | undefined =>
    entity.fields.find((candidate) => candidate.name === name);
  const grouped = method.groupBy.length > 0;
  return {
    name: memberTypeName(entity.name, method.name),
    properties: [
      ...method.groupBy.map((term) => groupProperty(term, field(term.field))),
      ...method.measures.map((measure) =>
        measureProperty(
          measure,
          measure.kind === "count" ? undefined : field(measure.field),
          grouped,
        ),
      ),
    ],
  };
}

function groupProperty({ field: name, unit }: GroupTerm, field: FieldIr | undefined): Property {
  const type =
    unit === undefined ? (field?.tsType ?? "string") : unit === "hour" ? "Date" : "string";
  const nullable = field?.nullable === true;
  const comment = unit === undefined ? {} : { comment: unitComment(unit) };
  return {
    name: groupName(name, unit),
    type: nullable ? `${type} | null` : type,
    optional: false,
    ...comment,
  };
}

const unitComment = (unit: NonNullable<GroupTerm["unit"]>): string =>
  unit === "hour"
    ? "Start of the hour."
    : unit === "day"
      ? "The day in UTC, YYYY-MM-DD."
      : `First day of the ${unit} in UTC, YYYY-MM-DD.`;

/** Without groups there is one row even over nothing, and over nothing only a count has a value. */
function measureProperty(measure: Measure, field: FieldIr | undefined, grouped: boolean): Property {
  if (measure.kind === "count")
    return { name: measureName("count"), type: "number", optional: false };
  const type = measureType(measure.kind, field);
  const nullable = !grouped || field?.nullable === true;
  return {
    name: measureName(measure.kind, measure.field),
    type: nullable ? `${type} | null` : type,
    optional: false,
  };
}

/** Exact types: a sum of integers is a bigint, an average of exact numbers a decimal text. */
function measureType(kind: "sum" | "avg" | "min" | "max", field: FieldIr | undefined): string {
  if (kind === "min" || kind === "max") return field?.tsType ?? "string";
  if (field?.type.kind === "float") return "number";
  if (kind === "avg") return "string";
  return field?.type.kind === "decimal" ? "string" : "bigint";
}
