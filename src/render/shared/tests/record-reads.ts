import type { RecordMethodIr } from "../../../ir/types.ts";
import type { Measure, Method } from "../../../spec/model.ts";
import { groupName, measureName } from "../../../ir/names.ts";
import type { Doc } from "../../document.ts";
import { arrayLiteral } from "../../layout.ts";
import { type Entry, arrow, check, filtersOf, pairs, test } from "./forms.ts";
import { type SuiteScope, tenantLiteral } from "./suite-scope.ts";
import { support } from "./scope.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** A test for each method that reads. */
export const readTests = (scope: SuiteScope): readonly Doc[] => [
  ...scope.repository.methods.flatMap((method) => readTest(method, scope)),
  ...hiddenTest(scope),
];

function readTest(described: RecordMethodIr, scope: SuiteScope): readonly Doc[] {
  const { method, batch } = described;
  const { property } = scope.repository.entity;
  switch (method.op) {
    case "get":
      return [
        test(`${method.name} finds each row by its key`, [
          check(
            support(scope, "reading", "checkGet"),
            ["subject"],
            [
              ["rows", "rows"],
              ["get", arrow("(key)", `${property}.${method.name}(key)`)],
            ],
          ),
        ]),
        ...(batch === undefined
          ? []
          : [
              test(`${batch.name} gives rows in the order of their keys`, [
                check(
                  support(scope, "reading", "checkGetMany"),
                  ["subject"],
                  [
                    ["rows", "rows"],
                    ["getMany", arrow("(keys)", `${property}.${batch.name}(keys)`)],
                  ],
                ),
              ]),
            ]),
      ];
    case "list":
      return [listTest(method, scope)];
    case "aggregate":
      return [aggregateTest(method, scope)];
    default:
      return [];
  }
}

const isFiltered = (method: Of<"list"> | Of<"aggregate">): boolean =>
  method.where.length + method.optional.length > 0;

const filters = (method: Of<"list"> | Of<"aggregate">, scope: SuiteScope): Doc =>
  filtersOf(
    scope.repository.entity,
    method.where,
    method.optional,
    (field) => `${support(scope, "samples", "first")}(${field})`,
  );

function listTest(method: Of<"list">, scope: SuiteScope): Doc {
  const { property } = scope.repository.entity;
  const paged = method.page === "keyset";
  const filtered = isFiltered(method);
  const call = (...args: readonly string[]): string =>
    `${property}.${method.name}(${args.join(", ")})`;
  const asked: Entry = paged
    ? [
        "page",
        filtered ? arrow("(where, page)", call("where", "page")) : arrow("(_, page)", call("page")),
      ]
    : ["list", filtered ? arrow("(where)", call("where")) : arrow("()", call())];
  return test(`${method.name} gives what fits, in order${paged ? ", page by page" : ""}`, [
    check(
      support(scope, "reading", paged ? "checkPages" : "checkList"),
      [],
      [
        ["rows", "rows"],
        ["filters", filters(method, scope)],
        ["order", pairs(method.orderBy.map(({ field, direction }) => [field, direction]))],
        asked,
      ],
    ),
  ]);
}

function aggregateTest(method: Of<"aggregate">, scope: SuiteScope): Doc {
  const { property } = scope.repository.entity;
  return test(`${method.name} groups and measures what fits`, [
    check(
      support(scope, "aggregating", "checkAggregate"),
      [],
      [
        ["rows", "rows"],
        ["filters", filters(method, scope)],
        [
          "groups",
          pairs(
            method.groupBy.map(({ field, unit }) => [
              groupName(field, unit),
              field,
              ...(unit === undefined ? [] : [unit]),
            ]),
          ),
        ],
        ["measures", pairs(method.measures.map(measure))],
        [
          "aggregate",
          isFiltered(method)
            ? arrow("(where)", `${property}.${method.name}(where)`)
            : arrow("()", `${property}.${method.name}()`),
        ],
      ],
    ),
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
  const reads = methods.flatMap(({ method }) =>
    method.op === "get" ? [`(row) => others.${method.name}(subject.key(row))`] : [],
  );
  const lists = methods.flatMap(({ method }) => {
    if (
      method.op !== "list" ||
      method.where.some(
        ({ field, operator }) =>
          operator !== "eq" ||
          entity.fields.find((one) => one.name === field)?.nullable !== false ||
          entity.fields.find((one) => one.name === field)?.type.kind === "array",
      )
    )
      return [];
    const where = method.where.map(({ field }) => `${field}: row.${field}`).join(", ");
    const args = [
      ...(isFiltered(method) ? [where === "" ? "{}" : `{ ${where} }`] : []),
      ...(method.page === "keyset" ? ["{}"] : []),
    ];
    return [`(${where === "" ? "" : "row"}) => others.${method.name}(${args.join(", ")})`];
  });
  const writes = methods.flatMap(({ method }) =>
    method.op === "delete" ? [`(row) => others.${method.name}(subject.key(row))`] : [],
  );
  const all = [...reads, ...lists];
  if (all.length === 0) return [];
  const other = tenantLiteral(entity, scope, 1);
  return [
    test("are seen by their own tenant only", [
      `const others = store.opened.forTenant(${other}).repositories.${entity.property};`,
      check(
        support(scope, "reading", "checkHidden"),
        [],
        [
          ["rows", "rows"],
          ["reads", arrayLiteral(all)],
          ["writes", arrayLiteral(writes)],
        ],
      ),
    ]),
  ];
}
