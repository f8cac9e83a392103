import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { Method } from "../../../spec/model.ts";
import type { Doc } from "../../document.ts";
import { stringLiteral } from "../../encode.ts";
import { arrayLiteral, entry, openObject } from "../../layout.ts";
import { type Entry, type Shown, arrow, check, objectList, shorthand, test } from "./forms.ts";
import { type SuiteScope, storing } from "./suite-scope.ts";
import { sampleName } from "./sample-parts.ts";
import type { SampleLayout } from "./samples.ts";
import { steadyValues } from "./samples.ts";
import { dataType, domainType, support } from "./scope.ts";
import { parentOf } from "./testable.ts";
import { ownValue, sampleValue } from "./values.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** A test for each method that writes, and for what the store refuses. */
export function writeTests(scope: SuiteScope, layout: SampleLayout): readonly Doc[] {
  return [
    ...scope.repository.methods.flatMap(({ method }) => writeTest(method, scope, layout)),
    ...refusals(scope),
  ];
}

function writeTest(method: Method, scope: SuiteScope, layout: SampleLayout): readonly Doc[] {
  switch (method.op) {
    case "insert":
      return insertTests(method, scope);
    case "upsert":
      return upsertTests(method, scope, layout);
    case "patch":
      return [patchTest(method, scope, layout)];
    case "delete":
      return [deleteTest(method, scope)];
    case "increment":
      return [incrementTest(method, scope)];
    case "history":
      return [historyTest(method, scope, layout)];
    default:
      return [];
  }
}

const handle = (scope: SuiteScope): string => scope.repository.entity.property;
const sample = (scope: SuiteScope, n: number | string): string =>
  `${sampleName(scope.repository.entity)}(${n})`;

function insertTests(method: Of<"insert">, scope: SuiteScope): readonly Doc[] {
  const first = method === storing(scope.repository)?.method;
  const once = test(`${method.name} stores a row once`, [
    `await ${support(scope, "writing", "checkInsert")}(subject, ${scope.number()});`,
  ]);
  return [
    ...(first ? [once] : []),
    ...(method.bulk ? [bulkTest(method, scope)] : []),
    replayTest(method, scope),
  ];
}

function replayTest(method: Of<"insert"> | Of<"upsert">, scope: SuiteScope): Doc {
  const n = scope.number();
  const given = (at: number): string =>
    method.bulk ? `[${sample(scope, at)}]` : sample(scope, at);
  return test(`${method.name} happens once per operation id`, [
    check(
      support(scope, "writing", "checkReplay"),
      [],
      [
        ["operation", stringLiteral(`${method.name} ${n}`)],
        ["apply", arrow("(options)", `${handle(scope)}.${method.name}(${given(n)}, options)`)],
        [
          "applyOther",
          arrow("(options)", `${handle(scope)}.${method.name}(${given(n + 1)}, options)`),
        ],
      ],
    ),
  ]);
}

function bulkTest(method: Of<"insert"> | Of<"upsert">, scope: SuiteScope): Doc {
  return test(`${method.name} stores many in one call`, [
    check(
      support(scope, "writing", "checkBulk"),
      ["subject"],
      [
        ["n", String(scope.number())],
        ["write", arrow("(given)", `${handle(scope)}.${method.name}(given)`)],
      ],
    ),
  ]);
}

function upsertTests(
  method: Of<"upsert">,
  scope: SuiteScope,
  { steady }: SampleLayout,
): readonly Doc[] {
  const { entity } = scope.repository;
  const call = `${handle(scope)}.${method.name}`;
  const upsert = method.bulk
    ? arrow("(given)", `${call}(given)`)
    : arrow("async (given)", `Promise.all(given.map((row) => ${call}(row)))`);
  const changed = steady.flatMap((field): readonly Shown[] => {
    const value = field.key ? undefined : steadyValues(entity, field, scope)[1];
    return value === undefined ? [] : [[field.name, value]];
  });
  const key = entity.key.map(({ name }): Shown => [name, `row.${name}`]);
  return [
    test(`${method.name} inserts what is new and replaces what is there`, [
      check(
        support(scope, "writing", "checkUpsert"),
        ["subject"],
        [
          ["n", String(scope.number())],
          ["upsert", upsert],
          [
            "keyed",
            [
              `(given, row): ${domainType(scope, entity, entity.newType)} => (`,
              spread("given", [...changed, ...key]),
              ")",
            ],
          ],
        ],
      ),
    ]),
    ...(method.bulk ? [bulkTest(method, scope)] : []),
    replayTest(method, scope),
  ];
}

/** `{ ...given, id: row.id }`, always open. */
const spread = (from: string, entries: readonly Shown[]): Doc =>
  openObject([`...${from}`, ...entries.map(([name, value]) => entry(name, value))]);

/** Beyond every sample's number, and another for each method that stores such values: a unique field may be among them. */
function otherNumber(method: Method, scope: SuiteScope): string {
  const methods = scope.repository.methods.map((one) => one.method);
  const changing = methods.filter(({ op }) => op === "patch" || op === "history");
  return String(901 + changing.indexOf(method));
}

/** Values other than the sample's, field by field, then all at once. */
function changesOf(
  fields: readonly string[],
  number: string,
  scope: SuiteScope,
  layout: SampleLayout,
): readonly (readonly Shown[])[] {
  const { entity } = scope.repository;
  const chosen = entity.fields.filter(({ name }) => fields.includes(name));
  const values = chosen.map(
    (field) => [field, otherValues(entity, field, number, scope, layout)] as const,
  );
  const singles = values.flatMap(([field, others]) =>
    [...others, ...(field.nullable ? ["null"] : [])].map((value): readonly Shown[] => [
      [field.name, value],
    ]),
  );
  const all = values.flatMap(([field, others]): readonly Shown[] => {
    const value = others.at(-1);
    return value === undefined ? [] : [[field.name, value]];
  });
  return all.length > 1 ? [...singles, all] : singles;
}

function otherValues(
  entity: EntityIr,
  field: FieldIr,
  number: string,
  scope: SuiteScope,
  { steady }: SampleLayout,
): readonly string[] {
  if (steady.includes(field) || field.source.reference !== undefined)
    return unmakable(field, scope)
      ? []
      : steadyValues(entity, field, scope).slice(1, 3).toReversed();
  if (field.type.kind === "enum")
    return field.type.values.slice(0, 3).map(stringLiteral).toReversed();
  if (field.type.kind === "boolean") return ["true", "false"];
  const value = sampleValue(entity, field, number, scope);
  return value === undefined ? [] : [value];
}

/** A reference whose rows the tests have not stored. */
function unmakable(field: FieldIr, scope: SuiteScope): boolean {
  const parent = parentOf(field.source.reference?.entity, scope);
  return (
    field.source.reference !== undefined &&
    (parent === undefined || parent.entity === scope.repository.entity)
  );
}

function patchTest(method: Of<"patch">, scope: SuiteScope, layout: SampleLayout): Doc {
  const options = scope.repository.entity.version === undefined ? "" : ", options";
  return test(`${method.name} changes the given properties of one row`, [
    check(
      support(scope, "writing", "checkPatch"),
      ["subject"],
      [
        ["n", String(scope.number())],
        [
          "changes",
          objectList(changesOf(method.fields, otherNumber(method, scope), scope, layout)),
        ],
        [
          "patch",
          arrow(
            `(key, change: ${patchType(method, scope)}${options})`,
            `${handle(scope)}.${method.name}(key, change${options})`,
          ),
        ],
      ],
    ),
  ]);
}

/** The type of the patch argument. */
function patchType(method: Of<"patch">, scope: SuiteScope): string {
  const { methods, file } = scope.repository;
  const described = methods.find((one) => one.method === method);
  return dataType(scope, `ports/${file}`, described?.types[0]?.name ?? "");
}

function deleteTest(method: Of<"delete">, scope: SuiteScope): Doc {
  const keyed = scope.repository.entity.version === undefined ? "key" : "key, options";
  return test(`${method.name} removes one row`, [
    check(
      support(scope, "writing", "checkDelete"),
      ["subject"],
      [
        ["n", String(scope.number())],
        ["remove", arrow(`(${keyed})`, `${handle(scope)}.${method.name}(${keyed})`)],
      ],
    ),
  ]);
}

function incrementTest(method: Of<"increment">, scope: SuiteScope): Doc {
  const { entity } = scope.repository;
  const field = entity.fields.find(({ name }) => name === method.field);
  const amount = (value: string): string => {
    if (field?.type.kind === "bigint")
      return /^-?\d+$/.test(value) ? `${value}n` : `BigInt(${value})`;
    return field?.type.kind === "decimal" ? `String(${value})` : value;
  };
  const by = method.by === "negative" ? "-2" : "2";
  const floor = method.floor ?? numeric(field?.source.min);
  const ceiling = method.ceiling ?? numeric(field?.source.max);
  const limits = [
    ...(floor === undefined || method.by === "positive"
      ? []
      : [`[${amount(`${floor} - value`)}, ${amount(`${floor - 1} - value`)}]`]),
    ...(ceiling === undefined || method.by === "negative"
      ? []
      : [`[${amount(`${ceiling} - value`)}, ${amount(`${ceiling + 1} - value`)}]`]),
  ];
  const entries: readonly Entry[] = [
    ["n", String(scope.number())],
    ["field", stringLiteral(method.field)],
    ["by", amount(by)],
    ...(method.by === "any" ? [] : [["wrong", amount(by === "2" ? "-2" : "2")] as const]),
    ...(limits.length === 0
      ? []
      : [["limits", arrow("(value)", `[${limits.slice(0, 1).join("")}]`)] as const]),
    ["increment", arrow("(key, by)", `${handle(scope)}.${method.name}(key, by)`)],
  ];
  return test(`${method.name} adds within its limits`, [
    check(support(scope, "writing", "checkIncrement"), ["subject"], entries),
  ]);
}

const numeric = (value: number | string | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);

function historyTest(method: Of<"history">, scope: SuiteScope, layout: SampleLayout): Doc {
  const { methods } = scope.repository;
  const patched = methods.flatMap((one) => (one.method.op === "patch" ? [one.method] : []))[0];
  const removed = methods.find((one) => one.method.op === "delete");
  const changes =
    patched === undefined
      ? []
      : changesOf(patched.fields, otherNumber(method, scope), scope, layout)
          .slice(0, 2)
          .map((change): Doc => [
            "(key) => ",
            `${handle(scope)}.${patched.name}(key, `,
            shorthand(change),
            ")",
          ]);
  const soft = scope.repository.entity.deletedAt !== undefined;
  return test(`${method.name} tells every change, asOf every state`, [
    check(
      support(scope, "history", "checkHistory"),
      ["subject"],
      [
        ["n", String(scope.number())],
        ["changes", arrayLiteral(changes)],
        ...(removed === undefined || soft
          ? []
          : [["remove", arrow("(key)", `${handle(scope)}.${removed.method.name}(key)`)] as const]),
        ["history", arrow("(key, page)", `${handle(scope)}.${method.name}(key, page)`)],
        ["asOf", arrow("(key, at)", `${handle(scope)}.asOf(key, at)`)],
      ],
    ),
  ]);
}

/** What constraints must keep out: a second row with a unique value, amounts beyond their bounds, references to nothing. */
function refusals(scope: SuiteScope): readonly Doc[] {
  const { entity } = scope.repository;
  if (storing(scope.repository)?.method.op !== "insert") return [];
  const refuse = (kind: string, changes: readonly Entry[]): Doc => [
    `await ${support(scope, "writing", "checkRefused")}(subject, ${stringLiteral(kind)}, `,
    openObject([
      `...${sample(scope, scope.number())}`,
      ...changes.map(([name, value]) => entry(name, value)),
    ]),
    ");",
  ];
  const unique = entity.unique.flatMap(({ fields }) => {
    if (
      !fields.every(
        (field) => field === entity.tenant || (field.visible && !field.managed && !field.key),
      )
    )
      return [];
    const names = fields.filter((field) => field !== entity.tenant).map(({ name }) => name);
    const values = names.map((name): Entry => [name, `given(${sample(scope, 0)}.${name})`]);
    support(scope, "samples", "given");
    return [refuse("conflict", values)];
  });
  const bounds = entity.fields.flatMap((field) =>
    boundary(field).map((value) => refuse("constraint", [[field.name, value]])),
  );
  const references = entity.fields.flatMap((field) => {
    const parent = parentOf(field.source.reference?.entity, scope);
    const key = parent?.entity.fields.find(({ name }) => name === field.source.reference?.field);
    if (parent === undefined || key === undefined || !scope.store.entities.includes(parent.entity))
      return [];
    if (field.managed || !field.visible) return [];
    return [refuse("constraint", [[field.name, ownValue(parent.entity, key, "900", scope) ?? ""]])];
  });
  return [
    ...(unique.length === 0 ? [] : [test("keep unique values unique", unique)]),
    ...(bounds.length + references.length === 0
      ? []
      : [test("keep what their rules forbid out", [...bounds, ...references])]),
  ];
}

function boundary({ type, source, visible, managed }: FieldIr): readonly string[] {
  if (!visible || managed || (type.kind !== "int" && type.kind !== "bigint")) return [];
  const suffix = type.kind === "bigint" ? "n" : "";
  return [
    ...(source.min === undefined ? [] : [`${Number(source.min) - 1}${suffix}`]),
    ...(source.max === undefined ? [] : [`${Number(source.max) + 1}${suffix}`]),
  ];
}
