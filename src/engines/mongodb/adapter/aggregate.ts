import type { FieldIr, Method, RecordMethodIr } from "../../../ir/types.ts";
import { groupName, measureName } from "../../../ir/names.ts";
import { stringLiteral } from "../../../render/encode.ts";
import type { Doc } from "../../../render/document.ts";
import { call, entry, objectLiteral, openObject } from "../../../render/layout.ts";
import type { GroupTerm, Json, Measure } from "../../../spec/model.ts";
import { codecOf, propertyOf, valueCodec } from "../fields.ts";
import type { Scope } from "./scope.ts";
import { declaration, type Entry, identity } from "./source.ts";

type Aggregate = Extract<Method, { readonly op: "aggregate" }>;

/** One pipeline: what the filter finds, grouped, in the order of the groups. */
export function aggregateDeclaration(
  scope: Scope,
  name: string,
  { operation, effect, types }: RecordMethodIr,
  method: Aggregate,
): string {
  const row = types.at(-1)?.name ?? "never";
  scope.runtimeType("declaration", "AggregateDeclaration");
  scope.imports.type(scope.port, row);
  const expressions = method.groupBy.map((term) => groupExpression(scope, term));
  const shown =
    expressions.length === 0 ? "null" : method.groupBy.map(({ field }) => field).join(", ");
  return declaration(
    name,
    `AggregateDeclaration<${scope.entity.name}, ${row}>`,
    `\`aggregate([{ $match }, { $group: { _id: ${shown} } }])\``,
    [
      ...identity(scope, operation, effect),
      ["group", literalDoc(groupId(expressions))],
      ["sort", literalDoc(sortOf(expressions.length))],
      [
        "measures",
        literalDoc(Object.assign({}, ...method.measures.map((one) => accumulators(scope, one)))),
      ],
      ["row", ["(document) => (", rowDoc(scope, method), ")"]],
      ...(expressions.length === 0 ? [["empty", emptyRow(method)] as Entry] : []),
    ],
  );
}

/** A part of a pipeline as TypeScript writes it. */
function literalDoc(value: Json): Doc {
  if (typeof value === "string") return stringLiteral(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return openObject(
    Object.entries(value).map(([name, part]) => entry(name, literalDoc(part as Json))),
  );
}

/** One group is the `_id` itself, several are its properties. */
function groupId(expressions: readonly Json[]): Json {
  const [only, ...rest] = expressions;
  if (only === undefined) return null;
  if (rest.length === 0) return only;
  return Object.fromEntries(expressions.map((expression, at) => [`g${at}`, expression]));
}

const sortOf = (groups: number): Json =>
  groups === 1
    ? { _id: 1 }
    : Object.fromEntries(Array.from({ length: groups }, (_, at) => [`_id.g${at}`, 1]));

const fieldOf = ({ entity }: Scope, name: string): FieldIr | undefined =>
  entity.fields.find((field) => field.name === name);

const pathOf = (scope: Scope, name: string): string => {
  const field = fieldOf(scope, name);
  return `$${field === undefined ? name : propertyOf(scope.entity, field)}`;
};

/** Calendar units are those of UTC; a week begins on Monday. A date is kept as text. */
function groupExpression(scope: Scope, { field: name, unit }: GroupTerm): Json {
  const path = pathOf(scope, name);
  if (unit === undefined) return path;
  const isDate = fieldOf(scope, name)?.type.kind === "date";
  if (isDate && unit === "day") return path;
  const date: Json = isDate ? { $dateFromString: { dateString: path } } : path;
  if (unit === "hour") return { $dateTrunc: { date, unit } };
  if (unit === "week") {
    const monday: Json = { $dateTrunc: { date, unit, startOfWeek: "monday" } };
    return { $dateToString: { date: monday, format: "%Y-%m-%d" } };
  }
  return { $dateToString: { date, format: formats[unit] } };
}

const formats = { day: "%Y-%m-%d", month: "%Y-%m-01", year: "%Y-01-01" } as const;

const resultName = (measure: Measure): string =>
  measure.kind === "count" ? measureName("count") : measureName(measure.kind, measure.field);

/** Beside a sum that may be over nothing but nulls stands what tells so: its greatest value. */
const anyName = (measure: Measure): string => `${resultName(measure)}Any`;

/** Sums of int64 and averages of whole numbers are made of decimals, which are exact where doubles are not. */
function accumulators(scope: Scope, measure: Measure): { readonly [name: string]: Json } {
  const name = resultName(measure);
  if (measure.kind === "count") return { [name]: { $sum: 1 } };
  const field = fieldOf(scope, measure.field);
  const path = pathOf(scope, measure.field);
  const kind = field?.type.kind;
  const widened =
    (measure.kind === "avg" && (kind === "int" || kind === "bigint")) ||
    (measure.kind === "sum" && kind === "bigint");
  const value: Json = widened ? { $toDecimal: path } : path;
  const own = { [name]: { [`$${measure.kind}`]: value } };
  return measure.kind === "sum" && field?.nullable === true
    ? { ...own, [anyName(measure)]: { $max: path } }
    : own;
}

function rowDoc(scope: Scope, method: Aggregate): Doc {
  const several = method.groupBy.length > 1;
  const groups = method.groupBy.map((term, at): Doc => {
    const stored = several ? `document["_id"]["g${at}"]` : `document["_id"]`;
    return [groupName(term.field, term.unit), ": ", groupCodec(scope, term), `.decode(${stored})`];
  });
  const measures = method.measures.map((measure): Doc => {
    const name = stringLiteral(resultName(measure));
    const stored =
      measure.kind === "sum" && fieldOf(scope, measure.field)?.nullable === true
        ? `document[${stringLiteral(anyName(measure))}] === null ? null : document[${name}]`
        : `document[${name}]`;
    const codec = measureCodec(scope, measure, method.groupBy.length > 0);
    const decoded =
      typeof codec === "string"
        ? call(`${codec}.decode`, [stored])
        : [codec, ".decode(", stored, ")"];
    return [resultName(measure), ": ", decoded];
  });
  return openObject([...groups, ...measures]);
}

function groupCodec(scope: Scope, { field: name, unit }: GroupTerm): Doc {
  if (unit === undefined) return `codecs.${name}`;
  return named(
    scope,
    unit === "hour" ? "timestamp" : "date",
    fieldOf(scope, name)?.nullable === true,
  );
}

function measureCodec(scope: Scope, measure: Measure, grouped: boolean): Doc {
  if (measure.kind === "count") return named(scope, "int", false);
  const field = fieldOf(scope, measure.field);
  const isNullable = !grouped || field?.nullable === true;
  if (field !== undefined && (measure.kind === "min" || measure.kind === "max")) {
    scope.codec(field);
    if (!isNullable) return valueCodec(field);
    scope.runtime("codec", "nullable");
    return field.nullable ? codecOf(field) : call("nullable", [valueCodec(field)]);
  }
  const kind = field?.type.kind;
  const exact = measure.kind === "avg" || kind === "decimal" ? "decimal" : "integer";
  return named(scope, kind === "float" ? "float" : exact, isNullable);
}

function named(scope: Scope, codec: string, isNullable: boolean): Doc {
  scope.runtime("codec", codec);
  if (!isNullable) return `${codec}()`;
  scope.runtime("codec", "nullable");
  return `nullable(${codec}())`;
}

/** Over nothing only a count has a value. */
const emptyRow = ({ measures }: Aggregate): Doc =>
  objectLiteral(
    measures.flatMap((measure): readonly (readonly [string, string])[] => {
      if (measure.kind === "count") return [[resultName(measure), "0"]];
      const any = measure.kind === "sum" ? [[anyName(measure), "null"] as const] : [];
      return [[resultName(measure), "null"], ...any];
    }),
  );
