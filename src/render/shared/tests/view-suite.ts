import type { FileRequest } from "../../../engines/engine.ts";
import type {
  EntityIr,
  FieldIr,
  SearchViewIr,
  StoreIr,
  VectorViewIr,
  ViewIr,
} from "../../../ir/types.ts";
import { portVariable } from "../../../ir/names.ts";
import type { Predicate } from "../../../spec/model.ts";
import type { Doc } from "../../document.ts";
import { hardline, indent, print } from "../../document.ts";
import { code, stringLiteral } from "../../encode.ts";
import { call, functionHead, ImportSet } from "../../layout.ts";
import { type ApartView, isApart, isFused, storesBeside, textView } from "../apart.ts";
import { type ViewParts, cacheParts } from "./cache-suite.ts";
import { type Entry, arrow, bindings, check, filtersOf, keyOf, test } from "./forms.ts";
import { storing, suiteName, tenantLiteral } from "./suite-scope.ts";
import { parentsOf, rowsName } from "./sample-parts.ts";
import {
  type TestContext,
  type TestScope,
  dataType,
  dataValue,
  domainType,
  searchedFields,
  support,
  usedImports,
} from "./scope.ts";
import { rowsFor } from "./too-few-values.ts";

/** `test/data/main/product-search.ts`: what a view answers over known rows. One that lies apart is tested beside its rows. */
export function viewSuite(
  view: ViewIr,
  store: StoreIr,
  stores: readonly StoreIr[],
  context: TestContext,
): FileRequest {
  const scope: TestScope = { ...context, imports: new ImportSet() };
  const source = isApart(view) ? stores.find(({ name }) => name === view.sourceStore) : undefined;
  const home = source ?? store;
  const { setup, tests, skip } = partsOf(view, home, scope);
  const openedOf = (of: StoreIr): string =>
    dataType(scope, `stores/${of.name}/store`, `Opened${of.typePrefix}`);
  const opened = openedOf(home);
  const beside = skip === undefined && isApart(view) ? storesBeside(view, stores) : [];
  scope.imports.type("../support/store.ts", "TestStore").value("node:test", "it");
  if (skip === undefined) scope.imports.value("node:test", "describe");
  const shown = {
    setup: setup.map((one) => print(one, 4)),
    tests: tests.map((one) => print(one, 4)),
  };
  const parameters = [
    { name: skip === undefined ? "store" : "_store", type: `TestStore<${opened}>` },
    ...beside.map((of, at) => ({
      name: besideNames[at] ?? "",
      type: `TestStore<${openedOf(of)}>`,
    })),
  ];
  const head = functionHead(suiteName(view.property), parameters, "void");
  const fixed = ["describe", "it", "before", head];
  return {
    path: `test/data/${home.name}/${view.file}.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "shared/tests/suite.ts.hbs",
    data: {
      imports: code(usedImports(scope, [...fixed, ...shown.setup, ...shown.tests])),
      declarations: [],
      head: code(head),
      title: view.property,
      skip: skip ?? "",
      setup: shown.setup.map(code),
      tests: shown.tests.map(code),
    },
  };
}

const skipped = (skip: string): ViewParts => ({ setup: [], tests: [], skip });

function partsOf(view: ViewIr, store: StoreIr, scope: TestScope): ViewParts {
  if (view.port === "cache") return cacheParts(view, scope);
  const repository = scope.repositories.get(view.entity.name);
  if (repository === undefined)
    return skipped(
      "not tested: nothing stores its rows; declare an insert or upsert of its entity in the spec",
    );
  const rows = rowsFor(repository, scope);
  if (rows.kind === "none") return skipped(rows.why);
  if (view.sourceStore !== store.name)
    return skipped(`not tested: its rows are in store ${view.sourceStore}`);
  const tests = view.port === "search" ? searchTests(view, scope) : vectorTests(view, scope);
  if (tests === undefined)
    return skipped(
      "not tested: its texts are too short for words of their own; give them a larger max in the spec",
    );
  return { setup: rowsSetup(view, store, scope), tests };
}

function rowsSetup(
  view: SearchViewIr | VectorViewIr,
  store: StoreIr,
  scope: TestScope,
): readonly Doc[] {
  const { entity } = view;
  const repository = scope.repositories.get(entity.name);
  const parents =
    repository === undefined
      ? []
      : parentsOf(entity, { ...scope, store, repository, number: () => 0 });
  const apart: boolean = isApart(view);
  const names = [
    ...new Set([
      ...(apart ? [] : [view.property]),
      entity.property,
      ...parents.map(({ property }) => property),
    ]),
  ];
  const bound = entity.tenant !== undefined || parents.some(({ tenant }) => tenant);
  const from = bound ? "tenant.repositories" : "store.opened.repositories";
  const rows = rowsName(entity);
  scope.imports.value(`./${entity.file}.ts`, rows).value("node:test", "before");
  const method = repository === undefined ? undefined : storing(repository)?.method;
  const bulk = method !== undefined && "bulk" in method && method.bulk;
  const insert = `${portVariable(entity.property)}.${method?.name ?? ""}`;
  return [
    ...(bound
      ? [`const tenant = store.opened.forTenant(${tenantLiteral(entity, scope, 0)});`]
      : []),
    bindings(names, from),
    ...(apart ? apartBindings(view, bound, scope) : []),
    `let rows: readonly ${domainType(scope, entity, entity.name)}[] = [];`,
    [
      "before(async () => {",
      ...[
        "await store.empty();",
        ...parents.map(
          ({ name, samples, property }) => `await ${name}(${portVariable(property)}, ${samples});`,
        ),
        ...(bulk
          ? [`rows = await ${insert}(${rows}());`]
          : [`rows = await Promise.all(${rows}().map((row) => ${insert}(row)));`]),
        ...(apart ? refilled(view, scope) : []),
      ].map((statement): Doc => indent([hardline, statement])),
      hardline,
      "});",
    ],
  ];
}

/** Parameters of a suite for the stores beside that of the rows: the view's own, and that of the texts it is fused with. */
const besideNames = ["apart", "texts"] as const;

/** The view itself, bound to the tenant of its rows where they have one. */
function apartBindings(view: ApartView, bound: boolean, scope: TestScope): readonly Doc[] {
  const tenant = tenantLiteral(view.entity, scope, 0);
  const of = (store: string): string =>
    bound ? `${store}.opened.forTenant(${tenant}).repositories` : `${store}.opened.repositories`;
  const text = textView(view);
  if (text === undefined) return [bindings([view.property], of("apart"))];
  const fused = dataValue(scope, `views/${view.file}`, view.property);
  const beside =
    text.store === view.store ? "apart" : text.store === view.sourceStore ? "store" : "texts";
  return [
    [
      "const fused = ",
      call(fused, [`${of("apart")}.${view.property}`, `${of(beside)}.${text.property}`]),
      ";",
    ],
  ];
}

/** Fills the view, and the one whose texts it is fused with, from the rows. */
function refilled(view: ApartView, scope: TestScope): readonly Doc[] {
  const text = textView(view);
  const rebuild = dataValue(scope, "runtime/view-rebuild", "rebuildableView");
  const fill = (each: ApartView, store: string): readonly Doc[] => [
    `await ${store}.empty();`,
    [
      "await ",
      call(rebuild, [
        stringLiteral(each.workload),
        stringLiteral(each.store),
        `store.opened.feeds.${each.entity.property}`,
        `${store}.opened.targets.${each.property}`,
      ]),
      ".rebuild();",
    ],
  ];
  const apartText = text !== undefined && isApart(text) ? text : undefined;
  return [
    ...fill(view, "apart"),
    ...(apartText === undefined
      ? []
      : fill(apartText, apartText.store === view.store ? "apart" : "texts")),
  ];
}

const viewFilters = (entity: EntityIr, filter: readonly Predicate[], scope: TestScope): Doc =>
  filtersOf(entity, [], filter, (field) => `${support(scope, "samples", "first")}(${field})`);

function searchTests(view: SearchViewIr, scope: TestScope): readonly Doc[] | undefined {
  const { entity, property } = view;
  const wordy = new Set(
    searchedFields(entity, scope)
      .filter(hasRoom)
      .map(({ name }) => name),
  );
  if (view.methods.some(({ method }) => method.text.some((name) => !wordy.has(name))))
    return undefined;
  return view.methods.map(({ method }) => {
    const weights = view.fields.filter(({ field }) => method.text.includes(field.name));
    const filtered = method.filter.length > 0;
    const paged = method.page === "keyset";
    const parameters = ["query", filtered ? "filter" : "_", ...(paged ? ["page"] : [])];
    const args = ["query", ...(filtered ? ["filter"] : []), ...(paged ? ["page"] : [])];
    const call = `${portVariable(property)}.${method.name}(${args.join(", ")})`;
    const plain = !paged && method.facets.length === 0;
    const entries: readonly Entry[] = [
      ["rows", "rows"],
      [
        "key",
        ["(row) => ", entity.key.length === 1 ? keyOf(entity, "row") : `(${keyOf(entity, "row")})`],
      ],
      ["filters", viewFilters(entity, method.filter, scope)],
      [
        "weights",
        `{ ${weights.map(({ field, weight }) => `${field.name}: ${weight}`).join(", ")} }`,
      ],
      ["facets", `[${method.facets.map(stringLiteral).join(", ")}]`],
      ["highlight", String(method.highlight)],
      ["paged", String(paged)],
      [
        "search",
        plain
          ? [`async (${used(parameters, filtered)}) => `, `({ items: await ${call} })`]
          : arrow(`(${used(parameters, filtered)})`, call),
      ],
    ];
    return test(`${method.name} finds words, best first`, [
      check(support(scope, "views", "checkSearch"), [], entries),
    ]);
  });
}

/** Without a trailing parameter that nobody uses. */
const used = (parameters: readonly string[], filtered: boolean): string =>
  (parameters.at(-1) === "_" && !filtered ? parameters.slice(0, -1) : parameters).join(", ");

const hasRoom = ({ type, name }: FieldIr): boolean =>
  type.kind === "text" || (type.kind === "string" && type.max >= 3 * name.length + 20);

function vectorTests(view: VectorViewIr, scope: TestScope): readonly Doc[] {
  const { entity, field, metric, dimensions } = view;
  const joined: boolean = isApart(view) && isFused(view);
  const property = joined ? "fused" : portVariable(view.property);
  return view.methods.flatMap(({ method, hybrid }) => {
    const filtered = method.filter.length > 0;
    const call = (options: string): string =>
      `${property}.${method.name}(probe, ${filtered ? "filter, " : ""}${options})`;
    const filter = filtered ? "filter" : "_";
    const entries: readonly Entry[] = [
      ["rows", "rows"],
      ["field", stringLiteral(field.name)],
      ["metric", stringLiteral(metric)],
      ["probe", `${support(scope, "samples", "sampleVector")}(${dimensions}, 50)`],
      ["filters", viewFilters(entity, method.filter, scope)],
    ];
    const nearest = test(`${method.name} gives neighbours, nearest first`, [
      check(
        support(scope, "views", "checkNearest"),
        [],
        [...entries, ["nearest", arrow(`(probe, ${filter}, options)`, call("options"))]],
      ),
    ]);
    const searched =
      hybrid === undefined && !joined ? undefined : searchedFields(entity, scope).findLast(hasRoom);
    if (searched === undefined) return [nearest];
    return [
      nearest,
      test(`${method.name} fuses text and vector`, [
        check(
          support(scope, "views", "checkHybrid"),
          [],
          [
            ...entries,
            [
              "word",
              arrow(
                "(row)",
                searched.nullable
                  ? `row.${searched.name}?.split(" ")[1]`
                  : `${support(scope, "samples", "given")}(row.${searched.name}.split(" ")[1])`,
              ),
            ],
            ["nearest", arrow(`(probe, ${filter}, options)`, call("options"))],
          ],
        ),
      ]),
    ];
  });
}
