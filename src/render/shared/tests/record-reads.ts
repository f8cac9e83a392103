import type { EntityIr, RecordMethodIr } from "../../../ir/types.ts";
import type { Measure, Method, Predicate } from "../../../spec/model.ts";
import { groupName, measureName } from "../../../ir/names.ts";
import type { Doc } from "../../document.ts";
import { stringLiteral } from "../../encode.ts";
import { arrayLiteral, entry, openObject } from "../../layout.ts";
import { declared, keyOf, ofMethod, pairs, texts } from "./forms.ts";
import { type SuiteScope, tenantLiteral } from "./suite-scope.ts";
import { domainType } from "./scope.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** A test for each method that reads. */
export const readTests = (scope: SuiteScope): readonly Doc[] => [
  ...scope.repository.methods.flatMap((method) => readTest(method, scope)),
  ...hiddenTest(scope),
];

function readTest(described: RecordMethodIr, scope: SuiteScope): readonly Doc[] {
  const { method, batch } = described;
  switch (method.op) {
    case "get":
      return [
        ofMethod("get", method.name),
        ...(batch === undefined ? [] : [ofMethod("getMany", batch.name)]),
      ];
    case "list":
      return [
        ofMethod(method.page === "keyset" ? "pages" : "list", method.name, [
          openObject([
            ...filtered(method, scope),
            entry("order", order(method.orderBy)),
            ...nulls(method.orderBy, scope),
          ]),
        ]),
      ];
    case "aggregate":
      return [ofMethod("aggregate", method.name, [aggregated(method, scope)])];
    default:
      return [];
  }
}

const isFiltered = (method: Of<"list"> | Of<"aggregate">): boolean =>
  method.where.length + method.optional.length > 0;

const order = (terms: Of<"list">["orderBy"]): Doc =>
  texts(terms.map(({ field, direction }) => (direction === "desc" ? `-${field}` : field)));

/** Where null comes, if one may. */
function nulls(
  terms: readonly { readonly field: string }[],
  { repository, nullsFirst }: SuiteScope,
): readonly Doc[] {
  const named = new Set(terms.map(({ field }) => field));
  const some = repository.entity.fields.some(({ name, nullable }) => nullable && named.has(name));
  return nullsFirst === true && some ? [entry("nulls", stringLiteral("first"))] : [];
}

/** `where: ["status"], optional: ["placedAt.range"]` */
function filtered(method: Of<"list"> | Of<"aggregate">, { repository }: SuiteScope): Doc[] {
  const worded = ({ field: name, operator }: Predicate): string => {
    const field = repository.entity.fields.find((one) => one.name === name);
    if (operator === "eq") return field?.type.kind === "array" ? `${name}.has` : name;
    return `${name}.${operator}`;
  };
  return [
    ...(method.where.length === 0 ? [] : [entry("where", texts(method.where.map(worded)))]),
    ...(method.optional.length === 0
      ? []
      : [entry("optional", texts(method.optional.map(worded)))]),
  ];
}

function aggregated(method: Of<"aggregate">, scope: SuiteScope): Doc {
  const groups = method.groupBy.map(({ field, unit }) => [
    groupName(field, unit),
    field,
    ...(unit === undefined ? [] : [unit]),
  ]);
  return openObject([
    ...filtered(method, scope),
    entry("groups", pairs(groups)),
    entry("measures", pairs(method.measures.map(measure))),
    ...nulls(method.groupBy, scope),
  ]);
}

const measure = (one: Measure): readonly string[] =>
  one.kind === "count"
    ? [measureName("count"), "count"]
    : [measureName(one.kind, one.field), one.kind, one.field];

/** Rows of one tenant are nothing to another. */
function hiddenTest(scope: SuiteScope): readonly Doc[] {
  const { entity, methods } = scope.repository;
  if (entity.tenant === undefined) return [];
  const row = domainType(scope, entity, entity.name);
  const byKey = (op: Method["op"]): readonly string[] =>
    methods.flatMap(({ method }) =>
      method.op === op ? [`(row: ${row}) => others.${method.name}(${keyOf(entity, "row")})`] : [],
    );
  const lists = methods.flatMap(({ method }) => {
    if (method.op !== "list" || !method.where.every((one) => isPlain(one, entity))) return [];
    const where = method.where.map(({ field }) => `${field}: row.${field}`).join(", ");
    const args = [
      ...(isFiltered(method) ? [where === "" ? "{}" : `{ ${where} }`] : []),
      ...(method.page === "keyset" ? ["{}"] : []),
    ];
    return [`(${where === "" ? "" : `row: ${row}`}) => others.${method.name}(${args.join(", ")})`];
  });
  const reads = [...byKey("get"), ...lists];
  if (reads.length === 0) return [];
  const other = tenantLiteral(entity, scope, 1);
  return [
    `const others = store.opened.forTenant(${other}).repositories.${entity.property};`,
    declared("hidden", [
      openObject([
        entry("reads", arrayLiteral(reads)),
        entry("writes", arrayLiteral(byKey("delete"))),
      ]),
    ]),
  ];
}

/** Asked for by one value that every row has. */
function isPlain({ field: name, operator }: Predicate, entity: EntityIr): boolean {
  const field = entity.fields.find((one) => one.name === name);
  return operator === "eq" && field?.nullable === false && field.type.kind !== "array";
}
