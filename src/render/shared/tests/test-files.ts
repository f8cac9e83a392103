import {
  type DeferredRequest,
  type EngineDescriptor,
  type FileRequest,
  ofEntity,
} from "../../../engines/engine.ts";
import type { Ir, StoreIr } from "../../../ir/types.ts";
import { code } from "../../encode.ts";
import { ImportSet, importLines } from "../../layout.ts";
import { verbatimTexts } from "../../template-source.ts";
import { engineOf } from "../composition.ts";
import { dsnRulesName } from "../dsn.ts";
import type { SharedContext } from "../types.ts";
import { recordSuite } from "./record-suite.ts";
import { type TestContext, testContext } from "./scope.ts";
import { suiteName } from "./suite-scope.ts";
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
    ...supportFiles(context),
    ...ir.stores.flatMap((store) => [
      storeTest(store, engineOf(store, engines), context),
      ...store.repositories.map((one) =>
        ofEntity(one.entity, () => recordSuite(one, store, views, context)),
      ),
      ...store.views.map((view) => viewSuite(view, store, views, context)),
    ]),
  ];
}

function supportFiles({ data }: TestContext): readonly FileRequest[] {
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
      data: { data: code(data) },
    },
  ];
}

/** `test/data/main.test.ts` */
function storeTest(store: StoreIr, engine: EngineDescriptor, { data }: TestContext): FileRequest {
  const way = data.slice("../".length);
  const open = `open${store.typePrefix}`;
  const suites = [
    ...store.repositories.map(({ entity }) => ({
      file: entity.file,
      name: suiteName(entity.property),
    })),
    ...store.views.map((view) => ({ file: view.file, name: suiteName(view.property) })),
  ];
  const imports = new ImportSet()
    .value("node:test", "after", "describe", "it")
    .value(`${way}/stores/${store.name}/store.ts`, open)
    .value("./support/store.ts", "TestStore");
  if (store.env !== undefined) {
    imports.value("./support/store.ts", "placeOf");
    imports.value(`${way}/stores/${store.name}/dsn.ts`, dsnRulesName(store));
  }
  for (const { file, name } of suites) imports.value(`./${store.name}/${file}.ts`, name);
  return {
    path: `test/data/${store.name}.test.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "shared/tests/store.test.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      name: store.name,
      variable: store.env === undefined ? "" : testVariable(store.env),
      development: store.env ?? "",
      rules: dsnRulesName(store),
      ephemeral: engine.dsn.ephemeral ?? "",
      open,
      config: code(store.env === undefined ? "{}" : "{ dsn: place.dsn() }"),
      suites: suites.map(({ name }) => name),
    },
  };
}
