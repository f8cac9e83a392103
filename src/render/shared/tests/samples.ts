import type { EntityIr, FieldIr, RepositoryIr, ViewIr } from "../../../ir/types.ts";
import type { Predicate } from "../../../spec/model.ts";
import { stringLiteral } from "../../encode.ts";
import { insertable } from "../types.ts";
import { daysLater } from "./check-rooms.ts";
import {
  type SampleLayout,
  type TestContext,
  type TestScope,
  searchedFields,
  support,
} from "./scope.ts";
import { leavingUniquesApart } from "./unique-groups.ts";
import { ownValue, roomOf, sampleValue } from "./values.ts";

export function sampleLayout(
  { entity, methods }: RepositoryIr,
  views: readonly ViewIr[],
  context: TestContext,
): SampleLayout {
  const names = new Set([
    ...methods.flatMap(({ method }) => {
      if (method.op === "list")
        return [
          ...fieldsOf([...method.where, ...method.optional]),
          ...method.orderBy.map(({ field }) => field),
        ];
      if (method.op !== "aggregate") return [];
      return [
        ...fieldsOf([...method.where, ...method.optional]),
        ...method.groupBy.map(({ field }) => field),
      ];
    }),
    ...views.flatMap((view) =>
      view.port === "cache" || view.entity.name !== entity.name
        ? []
        : view.methods.flatMap(({ method }) => fieldsOf(method.filter)),
    ),
  ]);
  const searched = new Set(searchedFields(entity, context));
  const wanted = insertable(entity).filter(
    (field) => names.has(field.name) && variesFreely(field) && !searched.has(field),
  );
  return { entity, ...leavingUniquesApart(entity, wanted, context) };
}

const fieldsOf = (predicates: readonly Predicate[]): readonly string[] =>
  predicates.map(({ field }) => field);

const variesFreely = ({ type }: FieldIr): boolean =>
  !["json", "binary", "vector"].includes(type.kind);

/** The value that a steady field has in all samples, then others to set one row apart. */
export function steadyValues(
  entity: EntityIr,
  field: FieldIr,
  scope: TestScope,
): readonly string[] {
  if (field.source.reference !== undefined)
    return ["0", "1", "2"].flatMap((n) => sampleValue(entity, field, n, scope) ?? []);
  const { type } = field;
  switch (type.kind) {
    case "enum":
      return type.values.slice(0, 3).map(stringLiteral);
    case "boolean":
      return ["false", "true"];
    case "timestamp":
      return isLater(entity, field)
        ? laterThan(entity, field, times).map((text) => `new Date(${stringLiteral(text)})`)
        : times.map((_, at) => `${support(scope, "samples", "sampleMoment")}(${at})`);
    case "date":
      return laterThan(entity, field, days).map((text) => stringLiteral(text.slice(0, 10)));
    case "int":
    case "float":
      return amounts(entity, field, scope).map(String);
    case "bigint":
      return amounts(entity, field, scope).map((amount) => `${amount}n`);
    case "decimal":
      return amounts(entity, field, scope).map((amount) =>
        stringLiteral(
          Math.min(amount, 10 ** (type.precision - type.scale) - 1).toFixed(type.scale),
        ),
      );
    case "string":
    case "text": {
      const max = type.kind === "string" ? type.max : 9;
      return ["m-between", "a-before", "x-behind"].map((text) => stringLiteral(text.slice(0, max)));
    }
    default:
      return ["0", "1", "2"].flatMap((n) => ownValue(entity, field, n, scope) ?? []);
  }
}

/** The moments that the tests' own samples hold. */
const times = [
  "2026-03-11T09:30:15.250Z",
  "2026-03-11T11:45:05.125Z",
  "2026-03-10T23:10:40.500Z",
  "2026-03-18T09:30:15.250Z",
  "2026-04-02T00:05:00.001Z",
  "2027-03-11T09:30:15.250Z",
];

const isLater = (entity: EntityIr, field: FieldIr): boolean => daysLater(entity, field) !== 0;

/** The same as many days later as checks want the field's values to be: what is a week apart stays so. */
const laterThan = (entity: EntityIr, field: FieldIr, texts: readonly string[]): readonly string[] =>
  texts.map((text) =>
    new Date(Date.parse(text) + daysLater(entity, field) * 86_400_000).toISOString(),
  );

/** Another day, week, month and year than the first; both before and after it. */
const days = ["2026-03-11", "2026-03-10", "2026-03-18", "2026-04-02", "2027-03-11"];

function amounts(entity: EntityIr, field: FieldIr, scope: TestScope): readonly number[] {
  const { min, max } = roomOf(entity, field, scope);
  const middle = Math.min(Math.max(500, min + 7), max);
  return [middle, Math.max(middle - 7, min), Math.min(middle + 30, max)].filter(
    (one, at, all) => all.indexOf(one) === at,
  );
}

/** How many rows a suite reads: three alike, those set apart, and the last. */
export function rowCount(layout: SampleLayout, scope: TestScope): number {
  const apart = layout.steady.map((field) => {
    const values = apartValues(layout.entity, field, scope);
    return typeof values === "string" ? otherMoments : values.length;
  });
  return apart.reduce((all, count) => all + count, 4);
}

/** Moments that `otherMoments` of the generated tests holds. */
const otherMoments = 5;

/** Another value for each row that is set apart by this field. */
export function apartValues(
  entity: EntityIr,
  field: FieldIr,
  scope: TestScope,
): string | readonly string[] {
  if (
    field.type.kind === "timestamp" &&
    field.source.reference === undefined &&
    !isLater(entity, field)
  )
    return support(scope, "samples", "otherMoments");
  return steadyValues(entity, field, scope).slice(1);
}
