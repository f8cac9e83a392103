import type { FileRequest } from "../../../engines/engine.ts";
import type { EntityIr, RepositoryIr, StoreIr, ViewIr } from "../../../ir/types.ts";
import { portVariable } from "../../../ir/names.ts";
import type { Doc } from "../../document.ts";
import { group, hardline, indent, line, print } from "../../document.ts";
import { code, stringLiteral } from "../../encode.ts";
import { docBlock, functionHead, ImportSet, entry, openObject } from "../../layout.ts";
import { type Entry, bindings, declared, huggingCall, keyOf, lines, texts } from "./forms.ts";
import { readTests } from "./record-reads.ts";
import { writeTests } from "./record-writes.ts";
import {
  besideName,
  parentsOf,
  referredParts,
  rowsName,
  sampleName,
  sampleParts,
} from "./sample-parts.ts";
import { firstTest, missingSample } from "./sample-numbers.ts";
import { type TestContext, dataType, support, usedImports } from "./scope.ts";
import { type SuiteScope, keyAt, storing, suiteName, tenantLiteral } from "./suite-scope.ts";
import { untestable } from "./testable.ts";
import { type FewRows, rowsFor, tightKey } from "./too-few-values.ts";

/** `test/data/main/order.ts`: samples of an entity and a test for each of its methods. */
export function recordSuite(
  repository: RepositoryIr,
  store: StoreIr,
  views: readonly ViewIr[],
  context: TestContext,
  nullsFirst: boolean,
): FileRequest {
  const { entity } = repository;
  let taken = firstTest - 10;
  const rows = rowsFor(repository, context);
  const scope: SuiteScope = {
    ...context,
    imports: new ImportSet(),
    store,
    repository,
    nullsFirst,
    number: rows.kind === "few" ? () => 0 : () => (taken += 10),
    ...(rows.kind === "few" ? { few: rows } : {}),
  };
  const reason = rows.kind === "none" ? rows.why : undefined;
  const shape = reason === undefined ? testedParts(scope, views) : undefined;
  const others = shape === undefined && untestable(repository, context) === undefined;
  const opened = dataType(scope, `stores/${store.name}/store`, `Opened${store.typePrefix}`);
  scope.imports.type("../support/store.ts", "TestStore");
  scope.imports.value("node:test", shape === undefined ? "it" : "describe");
  const declarations = (shape?.declarations ?? (others ? referred(scope) : [])).map((one) =>
    print(one),
  );
  const setup = (shape?.setup ?? []).map((one) => print(one, 4));
  const tests = (shape?.tests ?? []).map((one) => print(one, 4));
  const subject = reason === undefined ? "store" : "_store";
  const head = functionHead(
    suiteName(entity.property),
    [{ name: subject, type: `TestStore<${opened}>` }],
    "void",
  );
  const fixed = ["describe", "it", head];
  return {
    path: `test/data/${store.name}/${entity.file}.ts`,
    ownership: "generated",
    unit: `entities/${entity.name}`,
    template: "shared/tests/suite.ts.hbs",
    data: {
      imports: code(usedImports(scope, [...fixed, ...declarations, ...setup, ...tests])),
      declarations: declarations.map(code),
      head: code(head),
      title: entity.property,
      skip: reason ?? "",
      setup: setup.map(code),
      tests: tests.map(code),
    },
  };
}

function referred(scope: SuiteScope): readonly Doc[] {
  const layout = scope.layoutOf(scope.repository.entity.name);
  return layout === undefined ? [] : referredParts(layout, scope);
}

interface Parts {
  readonly declarations: readonly Doc[];
  readonly setup: readonly Doc[];
  readonly tests: readonly Doc[];
}

function testedParts(scope: SuiteScope, views: readonly ViewIr[]): Parts {
  const { entity } = scope.repository;
  const layout = scope.layoutOf(entity.name);
  if (layout === undefined) return { declarations: [], setup: [], tests: [] };
  const { declarations, differences, defaults } = sampleParts(layout, scope);
  const isShared = views.some(({ entity: of }) => of?.name === entity.name);
  const own = defaults.map(([name, value]) => entry(name, value));
  return {
    declarations: isShared ? [...declarations, sharedRows(scope, differences)] : declarations,
    setup: [...handles(scope), subject(scope, readRows(scope, isShared, differences))],
    tests: [
      lines([
        ...(own.length === 0 ? [] : [declared("fillsIn", [openObject(own)])]),
        ...readTests(scope),
        ...writeTests(scope, layout),
      ]),
    ],
  };
}

/** What makes the rows to read, or how they differ from the samples. */
function readRows({ repository: { entity }, few }: SuiteScope, shared: boolean, differs: Doc): Doc {
  if (shared) return rowsName(entity);
  return few === undefined ? differs : `() => ${firstSamples(entity, few)}`;
}

/** As many samples as can be stored beside each other. */
function firstSamples(entity: EntityIr, { count }: FewRows): string {
  const numbers = Array.from({ length: count }, (_, n) => n);
  return `[${numbers.join(", ")}].map(${sampleName(entity)})`;
}

/** The key of a sample that is not stored, as the sample itself would have it. */
function missingKey(entity: EntityIr, scope: SuiteScope): string {
  const { few } = scope;
  const number = few !== undefined && tightKey(entity, few.groups) ? few.count : missingSample;
  const given = entity.key.every((field) => !field.optionalOnInsert);
  return entity.key.length > 1 && given
    ? keyOf(entity, `${sampleName(entity)}(${number})`)
    : keyAt(entity, String(number), scope);
}

/** The method that leaves a row stored but deleted. */
function removal({ repository: { entity, methods }, few }: SuiteScope): readonly Entry[] {
  const remove = methods.find(({ method }) => method.op === "delete");
  if (few !== undefined || entity.deletedAt === undefined || remove === undefined) return [];
  return [["leaveOut", stringLiteral(remove.method.name)]];
}

/** Where the repositories are: the root's, or a tenant's. */
function handles(scope: SuiteScope): readonly Doc[] {
  const { entity } = scope.repository;
  const parents = parentsOf(entity, scope);
  const names = [...new Set([entity.property, ...parents.map(({ property }) => property)])];
  const bound = entity.tenant !== undefined || parents.some(({ tenant }) => tenant);
  const from = bound ? "tenant.repositories" : "store.opened.repositories";
  return [
    ...(bound
      ? [`const tenant = store.opened.forTenant(${tenantLiteral(entity, scope, 0)});`]
      : []),
    bindings(names, from),
  ];
}

/** Views of the entity are tested with the same rows. */
function sharedRows(scope: SuiteScope, differences: Doc): Doc {
  const { entity } = scope.repository;
  const head = `export const ${rowsName(entity)} =`;
  if (scope.few !== undefined)
    return [
      docBlock(["Rows to read: no more can be stored beside each other."]),
      print([`${head} () =>`, group(indent([line, `${firstSamples(entity, scope.few)};`]))]),
    ];
  const made = `${head} ${support(scope, "samples", "rowsLike")}`;
  return [
    docBlock([
      "Rows to read: some alike, some that differ in one respect, and one with nothing that may be left out.",
    ]),
    huggingCall(made, [sampleName(entity), differences], 0),
    ";",
  ];
}

/** @param rows what makes the rows to read, or how they differ from the samples */
function subject(scope: SuiteScope, rows: Doc): Doc {
  const { entity } = scope.repository;
  const children = entity.children.map(
    (child) => `${child.property}: ${print(texts(child.localKey.map(({ name }) => name)))}`,
  );
  const sampled: readonly Entry[] = [
    ["key", texts(entity.key.map(({ name }) => name))],
    ["missing", missingKey(entity, scope)],
    ["sample", sampleName(entity)],
  ];
  const entries: readonly Entry[] = [
    ...(entity.key.length < 2 || scope.few !== undefined
      ? []
      : [["beside", besideName(entity)] as const]),
    ...fewEntry(scope),
    insertEntry(scope),
    readEntry(scope),
    ...prepareEntry(scope),
    ...removal(scope),
    ...(children.length === 0 ? [] : [["children", `{ ${children.join(", ")} }`] as const]),
  ];
  const made = `const tests = new ${support(scope, "record", "RecordTests")}`;
  const subject = openObject([
    ...sampled.map(([name, value]) => entry(name, value)),
    entry("rows", rows),
    ...entries.map(([name, value]) => entry(name, value)),
  ]);
  return [huggingCall(made, ["store", portVariable(entity.property), subject], 4), ";"];
}

const fewEntry = ({ few }: SuiteScope): readonly Entry[] =>
  few === undefined
    ? []
    : [
        [
          "few",
          openObject([entry("rows", String(few.count)), entry("why", stringLiteral(few.why))]),
        ],
      ];

function insertEntry({ repository }: SuiteScope): Entry {
  const method = storing(repository)?.method;
  const call = stringLiteral(method?.name ?? "");
  return method !== undefined && "bulk" in method && method.bulk
    ? ["insertMany", call]
    : ["insert", call];
}

/** By key where the repository can, else out of an unfiltered list. */
function readEntry({ repository: { entity, methods } }: SuiteScope): Entry {
  const get = methods.find(({ method }) => method.op === "get");
  if (get !== undefined) return ["read", stringLiteral(get.method.name)];
  const list = methods.find(({ method }) => method.op === "list" && method.where.length === 0);
  const filtered = list?.method.op === "list" && list.method.optional.length > 0;
  const paged = list?.method.op === "list" && list.method.page === "keyset";
  const call = `${portVariable(entity.property)}.${list?.method.name ?? ""}(${[...(filtered ? ["{}"] : []), ...(paged ? ["{ limit: 1000 }"] : [])].join(", ")})`;
  return ["all", paged ? `async () => (await ${call}).items` : `() => ${call}`];
}

/** Stores what the rows refer to. */
function prepareEntry(scope: SuiteScope): readonly Entry[] {
  const parents = parentsOf(scope.repository.entity, scope);
  if (parents.length === 0) return [];
  const statements = parents.map(({ name, samples, property }): Doc =>
    indent([hardline, `await ${name}(${portVariable(property)}, ${samples});`]),
  );
  return [["prepare", ["async () => {", ...statements, hardline, "}"]]];
}
