import type { FileRequest } from "../../../engines/engine.ts";
import type { EntityIr, RepositoryIr, StoreIr, ViewIr } from "../../../ir/types.ts";
import type { Doc } from "../../document.ts";
import { hardline, indent, print } from "../../document.ts";
import { code, stringLiteral } from "../../encode.ts";
import { functionHead, ImportSet, entry, openObject } from "../../layout.ts";
import { type Entry, arrow, bindings, keyOf, test } from "./forms.ts";
import { readTests } from "./record-reads.ts";
import { writeTests } from "./record-writes.ts";
import { besideName, parentsOf, sampleName, sampleParts } from "./sample-parts.ts";
import { sampleLayout } from "./samples.ts";
import { type TestContext, dataType, domainType, support, usedImports } from "./scope.ts";
import { type SuiteScope, keyAt, storing, suiteName, tenantLiteral } from "./suite-scope.ts";
import { untestable } from "./testable.ts";

/** `test/data/main/order.ts`: samples of an entity and a test for each of its methods. */
export function recordSuite(
  repository: RepositoryIr,
  store: StoreIr,
  views: readonly ViewIr[],
  context: TestContext,
): FileRequest {
  const { entity } = repository;
  let taken = 90;
  const scope: SuiteScope = {
    ...context,
    imports: new ImportSet(),
    store,
    repository,
    number: () => (taken += 10),
  };
  const reason = untestable(repository, context);
  const shape = reason === undefined ? testedParts(scope, views) : undefined;
  const opened = dataType(scope, `stores/${store.name}/store`, `Opened${store.typePrefix}`);
  scope.imports.type("../support/store.ts", "TestStore");
  scope.imports.value("node:test", "it");
  if (shape !== undefined) scope.imports.value("node:test", "before", "describe");
  const declarations = (shape?.declarations ?? []).map((one) => print(one));
  const setup = (shape?.setup ?? []).map((one) => print(one, 4));
  const tests = (shape?.tests ?? []).map((one) => print(one, 4));
  const subject = reason === undefined ? "store" : "_store";
  const head = functionHead(
    suiteName(entity.property),
    [{ name: subject, type: `TestStore<${opened}>` }],
    "void",
  );
  const fixed = ["describe", "it", "before", head];
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

interface Parts {
  readonly declarations: readonly Doc[];
  readonly setup: readonly Doc[];
  readonly tests: readonly Doc[];
}

function testedParts(scope: SuiteScope, views: readonly ViewIr[]): Parts {
  const { entity } = scope.repository;
  const layout = sampleLayout(scope.repository, views, scope);
  const { declarations, rows, defaults } = sampleParts(layout, scope);
  const row = domainType(scope, entity, entity.name);
  scope.imports.value("node:test", "before");
  const insert = `${sampleName(entity)}Rows`;
  return {
    declarations: [...declarations, rows],
    setup: [
      ...handles(scope),
      subject(scope),
      `let rows: readonly ${row}[] = [];`,
      [
        "before(async () => {",
        ...[
          "await store.empty();",
          ...parentsOf(entity, scope).map(
            ({ name, count, property }) => `await ${name}(${property}, ${count});`,
          ),
          `rows = await ${support(scope, "writing", "insertAll")}(subject, ${insert}());`,
          ...removedRow(scope),
        ].map((statement): Doc => indent([hardline, statement])),
        hardline,
        "});",
      ],
    ],
    tests: [
      test("stores what is given", [
        `${support(scope, "writing", "checkAllStored")}(subject, rows, ${insert}());`,
      ]),
      ...(defaults.length === 0
        ? []
        : [
            test("fills in what is left out", [
              [
                `${support(scope, "writing", "checkStored")}(${support(scope, "samples", "given")}(rows.at(-1)), `,
                openObject(defaults.map(([name, value]) => entry(name, value))),
                ");",
              ],
            ]),
          ]),
      ...readTests(scope),
      ...writeTests(scope, layout),
    ],
  };
}

/** The key of sample 900, as the sample itself would have it. */
function missingKey(entity: EntityIr, scope: SuiteScope): string {
  const given = entity.key.every((field) => !field.optionalOnInsert);
  return entity.key.length > 1 && given
    ? keyOf(entity, `${sampleName(entity)}(900)`)
    : keyAt(entity, "900", scope);
}

/** A row that was deleted but is still stored: under the key that tests take for missing, and for lists to leave out. */
function removedRow({ repository: { entity, methods } }: SuiteScope): readonly string[] {
  const remove = methods.find(({ method }) => method.op === "delete");
  if (entity.deletedAt === undefined || remove === undefined) return [];
  const inserted = `await subject.insert(${sampleName(entity)}(900))`;
  return [`await ${entity.property}.${remove.method.name}(subject.key(${inserted}));`];
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

function subject(scope: SuiteScope): Doc {
  const { entity } = scope.repository;
  scope.imports.type("../support/writing.ts", "Subject");
  const [row, made] = [entity.name, entity.newType].map((name) => domainType(scope, entity, name));
  const keyType = keyTypeOf(scope);
  const children = entity.children.map(
    (child) =>
      `${child.property}: [${child.localKey.map(({ name }) => stringLiteral(name)).join(", ")}]`,
  );
  const entries: readonly Entry[] = [
    [
      "key",
      entity.key.length === 1
        ? arrow("(row)", keyOf(entity, "row"))
        : ["(row) => (", keyOf(entity, "row"), ")"],
    ],
    ["missing", missingKey(entity, scope)],
    ["sample", sampleName(entity)],
    ...(entity.key.length < 2 ? [] : [["beside", besideName(entity)] as const]),
    ["insert", insertArrow(scope)],
    ["read", readArrow(scope)],
    ...(children.length === 0 ? [] : [["children", `{ ${children.join(", ")} }`] as const]),
  ];
  return [
    `const subject: Subject<${row}, ${made}, ${keyType}> = `,
    openObject(entries.map(([name, value]) => entry(name, value))),
    ";",
  ];
}

function keyTypeOf(scope: SuiteScope): string {
  const { entity } = scope.repository;
  return /^[A-Z]/.test(entity.keyType) && !["Date", "Uint8Array"].includes(entity.keyType)
    ? domainType(
        scope,
        {
          ...entity,
          domainFile: scope.context.declaredIn.get(entity.keyType) ?? entity.domainFile,
        },
        entity.keyType,
      )
    : entity.keyType;
}

function insertArrow(scope: SuiteScope): Doc {
  const { entity } = scope.repository;
  const method = storing(scope.repository)?.method;
  const call = `${entity.property}.${method?.name ?? ""}`;
  return method !== undefined && "bulk" in method && method.bulk
    ? arrow("(row, options)", `${call}([row], options).then(${support(scope, "samples", "first")})`)
    : arrow("(row, options)", `${call}(row, options)`);
}

/** By key where the repository can, else out of an unfiltered list. */
function readArrow(scope: SuiteScope): Doc {
  const { entity, methods } = scope.repository;
  const get = methods.find(({ method }) => method.op === "get");
  if (get !== undefined) return arrow("(key)", `${entity.property}.${get.method.name}(key)`);
  const list = methods.find(({ method }) => method.op === "list" && method.where.length === 0);
  const filtered = list?.method.op === "list" && list.method.optional.length > 0;
  const paged = list?.method.op === "list" && list.method.page === "keyset";
  const call = `${entity.property}.${list?.method.name ?? ""}(${[...(filtered ? ["{}"] : []), ...(paged ? ["{ limit: 1000 }"] : [])].join(", ")})`;
  const found = `${support(scope, "reading", "withKey")}(key, subject.key, `;
  return [`async (key) =>`, " ", `${found}${paged ? `(await ${call}).items` : `await ${call}`})`];
}
