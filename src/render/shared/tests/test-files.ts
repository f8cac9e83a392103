import {
  type DeferredRequest,
  type EngineDescriptor,
  type FileRequest,
  ofEntity,
} from "../../../engines/engine.ts";
import { storeProperty, variableName } from "../../../ir/names.ts";
import type { Ir, StoreIr } from "../../../ir/types.ts";
import { group, indent, line, print } from "../../document.ts";
import { code, stringLiteral } from "../../encode.ts";
import { arrayLiteral, call, ImportSet, importLines, objectLiteral } from "../../layout.ts";
import { type ApartView, apartViews, isApart, storesBeside } from "../apart.ts";
import { verbatimTexts } from "../../template-source.ts";
import { engineOf } from "../composition.ts";
import { dsnRulesName } from "../dsn.ts";
import type { SharedContext } from "../types.ts";
import { recordSuite } from "./record-suite.ts";
import type { TestContext } from "./scope.ts";
import { suiteName } from "./suite-scope.ts";
import { testContext } from "./test-context.ts";
import { testVariable } from "./test-variable.ts";
import { viewSuite } from "./view-suite.ts";

/** Folder of `templates/` that is copied to the tests' support. */
export const testSupport = "shared/tests/";

/** The tests of the generated project: one file to run per store, the tests of each repository and view beside it. */
export function testFiles(
  ir: Ir,
  engines: ReadonlyMap<string, EngineDescriptor>,
  shared: SharedContext,
): readonly (FileRequest | DeferredRequest)[] {
  const context = testContext(ir, shared);
  const views = ir.stores.flatMap((store) => store.views);
  return [
    ...supportFiles(
      context,
      ir.stores.map(({ name }) => name),
    ),
    ...ir.stores.flatMap((store) => [
      ...(isOnlyFilled(store) ? [] : [storeTest(store, ir, engines, context)]),
      ...store.repositories.map((one) =>
        ofEntity(one.entity, () =>
          recordSuite(one, store, views, context, engineOf(store, engines).nullsFirst === true),
        ),
      ),
      ...store.views.map((view) => viewSuite(view, store, ir.stores, context)),
    ]),
  ];
}

function supportFiles({ data }: TestContext, stores: readonly string[]): readonly FileRequest[] {
  const copies = Object.keys(verbatimTexts).filter((path) => path.startsWith(testSupport));
  return [
    ...copies.map((verbatim): FileRequest => ({
      path: `test/data/support/${verbatim.slice(testSupport.length)}`,
      ownership: "generated",
      unit: "runtime",
      verbatim,
    })),
    {
      path: "test/data/support/store.ts",
      ownership: "generated",
      unit: "project",
      template: "shared/tests/store.ts.hbs",
      data: { data: code(data), stores: code(print(arrayLiteral(stores.map(stringLiteral)))) },
    },
  ];
}

/** A store of nothing but views that are filled from others: it is tested where their rows are, since two test files run at once. */
const isOnlyFilled = ({ repositories, views }: StoreIr): boolean =>
  repositories.length === 0 && views.length > 0 && views.every(isApart);

/** `test/data/main.test.ts` */
function storeTest(
  store: StoreIr,
  ir: Ir,
  engines: ReadonlyMap<string, EngineDescriptor>,
  { data }: TestContext,
): FileRequest {
  const way = data.slice("../".length);
  const apart = apartViews(ir).filter(({ sourceStore }) => sourceStore === store.name);
  const suites = [
    ...store.repositories.map(({ entity }) => ({
      file: entity.file,
      name: suiteName(entity.property),
    })),
    ...store.views
      .filter((view) => !isApart(view))
      .map((view) => ({ file: view.file, name: suiteName(view.property) })),
  ];
  const imports = new ImportSet()
    .value("node:test", "after", "describe", "it")
    .value("./support/store.ts", "TestStore");
  const beside = [...new Set(apart.flatMap((view) => storesBeside(view, ir.stores)))];
  for (const each of [store, ...beside]) {
    imports.value(`${way}/stores/${each.name}/store.ts`, `open${each.typePrefix}`);
    if (each.env === undefined) continue;
    imports.value("./support/store.ts", "placeOf");
    imports.value(`${way}/stores/${each.name}/dsn.ts`, dsnRulesName(each));
  }
  if (apart.length > 0) imports.value("./support/store.ts", "skipOf");
  for (const { file, name } of suites) imports.value(`./${store.name}/${file}.ts`, name);
  for (const view of apart)
    imports.value(`./${store.name}/${view.file}.ts`, suiteName(view.property));
  return {
    path: `test/data/${store.name}.test.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "shared/tests/store.test.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      ...placeData(store, engineOf(store, engines)),
      open: `open${store.typePrefix}`,
      config: code(store.env === undefined ? "{}" : "{ dsn: place.dsn() }"),
      suites: suites.map(({ name }) => name),
      places: beside.map((each) => ({
        place: placeName(each),
        ...placeData(each, engineOf(each, engines)),
      })),
      told: code(told(store, beside)),
      groups: groupsOf(apart, ir.stores),
    },
  };
}

const placeData = (store: StoreIr, engine: EngineDescriptor) => ({
  name: store.name,
  engine: engine.id,
  variable: store.env === undefined ? "" : testVariable(store.env),
  development: store.env ?? "",
  rules: dsnRulesName(store),
  ephemeral: engine.dsn.ephemeral ?? "",
});

/** The skipped test of a store that is not there; what is beside it is tested within it, so nobody else would say that it is missing, too. */
function told(store: StoreIr, beside: readonly StoreIr[]): string {
  const reason =
    beside.length === 0 ? "place.skip" : call("skipOf", ["place", ...beside.map(placeName)]);
  const skipped = ["it(", stringLiteral(store.name), ", ", objectLiteral([["skip", reason]]), ");"];
  return print(["if (place.skip !== false)", group(indent([line, skipped]))]);
}

const placeName = (store: StoreIr): string => `${storeProperty(store.name)}Place`;

/** The views apart by the stores that they need, each group with those stores opened. */
function groupsOf(views: readonly ApartView[], stores: readonly StoreIr[]): readonly unknown[] {
  const groups = Map.groupBy(views, (view) =>
    storesBeside(view, stores)
      .map(({ name }) => name)
      .join(", "),
  );
  return [...groups].map(([title, members]) => {
    const [first] = members;
    const beside = first === undefined ? [] : storesBeside(first, stores);
    return {
      title: `views in ${beside.map(({ name }) => name).join(" and ")}`,
      reason: variableName(`${title} skip`),
      skip: code(`skipOf(${beside.map(placeName).join(", ")})`),
      stores: beside.map((each) => ({
        variable: variableName(each.name),
        opened: code(opening(each)),
      })),
      suites: members.map((view) => ({
        call: code(
          `  ${print([call(suiteName(view.property), ["store", ...storesBeside(view, stores).map(({ name }) => variableName(name))]), ";"], 4)}`,
        ),
      })),
    };
  });
}

/** `const search = new TestStore(…);`: its ledger may have to be kept by the store of the rows. */
function opening(store: StoreIr): string {
  const config = store.env === undefined ? "{}" : `{ dsn: ${placeName(store)}.dsn() }`;
  const open = `(context) => open${store.typePrefix}(${config}, context)`;
  const made = call("new TestStore", [open, "store.opened"]);
  return print([`const ${variableName(store.name)} = `, made, ";"], 4);
}
