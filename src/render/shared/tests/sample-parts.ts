import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { portVariable } from "../../../ir/names.ts";
import type { Json } from "../../../spec/model.ts";
import type { Doc } from "../../document.ts";
import { hardline, indent } from "../../document.ts";
import { identifier, stringLiteral } from "../../encode.ts";
import { docBlock, entry, functionHead, openObject } from "../../layout.ts";
import { insertable } from "../types.ts";
import { type Entry, texts, valueLists } from "./forms.ts";
import { givenFields } from "./given-fields.ts";
import { lastNumber } from "./sample-numbers.ts";
import { apartValues, rowCount, steadyValues } from "./samples.ts";
import { type SampleLayout, dataType, domainType, support } from "./scope.ts";
import { type SuiteScope, storing } from "./suite-scope.ts";
import { parentOf } from "./testable.ts";
import { uniqueGroups } from "./unique-groups.ts";
import { firstNumbers, sampleValue } from "./values.ts";

/** `sampleOrder`, the function that makes a new order. */
export const sampleName = (entity: EntityIr): string => identifier(`sample${entity.name}`);

/** `storeOrders`, the function that stores samples for others to refer to. */
export const storeName = (entity: EntityIr): string =>
  identifier(`store${entity.property.charAt(0).toUpperCase()}${entity.property.slice(1)}`);

/** Rows that must be there before those of an entity, in the order in which they can be stored. */
export interface Parent {
  /** The function that stores them. */
  readonly name: string;
  readonly property: string;
  /** How many of its samples, or the list of their numbers. */
  readonly samples: string;
  readonly tenant: boolean;
}

export function parentsOf(entity: EntityIr, scope: SuiteScope): readonly Parent[] {
  const found = new Map<string, Omit<Parent, "samples">>();
  collect(entity, scope, found, entity.name);
  const many = ownRows(entity, scope);
  return [...found].map(([name, parent]) => ({ ...parent, samples: samplesOf(name, many, scope) }));
}

function samplesOf(parent: string, many: ReadonlySet<string>, scope: SuiteScope): string {
  if (!scope.manyStored().has(parent)) return String(firstNumbers.length);
  if (!many.has(parent)) return `[${firstNumbers.join(", ")}]`;
  const layout = scope.layoutOf(scope.repository.entity.name);
  const rows = layout === undefined ? 0 : rowCount(layout, scope);
  return `${support(scope, "samples", "sampleNumbers")}(${rows}, ${lastNumber(scope.repository)})`;
}

/** Entities of which each sample of this one has a row of its own, directly or by others. */
function ownRows(
  { name }: EntityIr,
  scope: SuiteScope,
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const { source } of scope.layoutOf(name)?.wide ?? []) {
    const parent = scope.entities.get(source.reference?.entity ?? "");
    if (parent === undefined || found.has(parent.name)) continue;
    found.add(parent.name);
    ownRows(parent, scope, found);
  }
  return found;
}

function collect(
  entity: EntityIr,
  scope: SuiteScope,
  found: Map<string, Omit<Parent, "samples">>,
  own: string,
): void {
  const given = [entity, ...entity.children.map((child) => child.entity)].flatMap(
    givenFields(scope),
  );
  const { tenant } = entity;
  for (const field of tenant === undefined ? given : [tenant, ...given]) {
    const parent = parentOf(field.source.reference?.entity, scope);
    if (parent === undefined || parent.entity.name === own || found.has(parent.entity.name))
      continue;
    if (!scope.store.entities.includes(parent.entity)) continue;
    collect(parent.entity, scope, found, own);
    const { entity: needed } = parent;
    const name = storeName(needed);
    scope.imports.value(`./${needed.file}.ts`, name);
    found.set(needed.name, {
      name,
      property: needed.property,
      tenant: needed.tenant !== undefined,
    });
  }
}

interface SampleParts {
  readonly declarations: readonly Doc[];
  /** How the rows to read differ from the samples. */
  readonly differences: Doc;
  readonly defaults: readonly Entry[];
}

/** The functions that make samples, and what a row has that was given nothing. */
export function sampleParts(layout: SampleLayout, scope: SuiteScope): SampleParts {
  const { entity } = layout;
  return {
    declarations: [
      ...sampleFunctions(layout, scope),
      ...besideFunction(layout, scope),
      ...(scope.referred.has(entity.name) ? [storeFunction(scope)] : []),
    ],
    differences: differencesOf(layout, scope),
    defaults: defaultsOf(entity),
  };
}

/** What other suites need of an entity that has no tests of its own. */
export const referredParts = (layout: SampleLayout, scope: SuiteScope): readonly Doc[] =>
  scope.referred.has(layout.entity.name)
    ? [...sampleFunctions(layout, scope), storeFunction(scope)]
    : [];

const sampleFunctions = (layout: SampleLayout, scope: SuiteScope): readonly Doc[] => [
  ...layout.entity.children.map((child) =>
    sampleFunction({ entity: child.entity, steady: [], wide: [] }, scope),
  ),
  sampleFunction(layout, scope),
];

function sampleFunction(layout: SampleLayout, scope: SuiteScope): Doc {
  const { entity, steady } = layout;
  const type = domainType(scope, entity, entity.newType);
  const entries = givenFields(scope)(entity).map((field): Entry => {
    const value = steady.includes(field)
      ? steadyValues(entity, field, scope)[0]
      : sampleValue(entity, field, "n", scope);
    return [field.name, value ?? ""];
  });
  const children = entity.children.map((child): Entry => [
    child.property,
    `[2, 1, 3].map((at) => ${sampleName(child.entity)}(10 * n + at))`,
  ]);
  const about =
    steady.length === 0
      ? `A new ${entity.name}; every number makes another one.`
      : `A new ${entity.name}; every number makes another one, but what rows are found by is alike in all.`;
  const used = [...entries, ...children].some(
    ([, value]) => typeof value === "string" && /\bn\b/.test(value),
  );
  return [
    docBlock([about]),
    `export const ${sampleName(entity)} = (${used ? "n" : "_n"}: number): ${type} => (`,
    openObject([...entries, ...children].map(([name, value]) => entry(name, value))),
    ");",
  ];
}

function storeFunction(scope: SuiteScope): Doc {
  const { entity, typeName, file } = scope.repository;
  const type = dataType(scope, `ports/${file}`, typeName);
  const many = scope.manyStored().has(entity.name);
  const method = storing(scope.repository)?.method;
  const row = `${sampleName(entity)}(n)`;
  const argument = method !== undefined && "bulk" in method && method.bulk ? `[${row}]` : row;
  return [
    docBlock([
      many
        ? "Stores the samples of these numbers, for rows that refer to them."
        : "Stores the first samples, for rows that refer to them.",
    ]),
    functionHead(
      storeName(entity),
      [
        { name: portVariable(entity.property), type },
        many ? { name: "numbers", type: "readonly number[]" } : { name: "count", type: "number" },
      ],
      "Promise<void>",
      "export async function",
    ),
    indent([
      hardline,
      `${many ? "for (const n of numbers)" : "for (let n = 0; n < count; n += 1)"} await ${portVariable(entity.property)}.${method?.name ?? ""}(${argument});`,
    ]),
    hardline,
    "}",
  ];
}

/** `sampleParcelBeside`: rows whose key differs from that of a sample in one part only. */
export const besideName = (entity: EntityIr): string => identifier(`sample${entity.name}Beside`);

/** For a composite key, whose parts must all count. */
function besideFunction({ entity, steady }: SampleLayout, scope: SuiteScope): readonly Doc[] {
  if (entity.key.length < 2 || scope.few !== undefined) return [];
  const sample = sampleName(entity);
  // A part that may be left out may be undefined in the sample's type: it is written again.
  const sameAsSample = (field: FieldIr): Doc => {
    if (!field.optionalOnInsert) return `${sample}(n).${field.name}`;
    const made = steady.includes(field)
      ? steadyValues(entity, field, scope)[0]
      : sampleValue(entity, field, "n", scope);
    return made ?? "";
  };
  // Rows that differ in the key only would meet in what else must be unique.
  const single = uniqueGroups(entity).length > 1;
  const items = entity.key.map((field, at) => {
    const others = entity.key.filter((other) => other !== field);
    const own = steady.includes(field) ? steadyValues(entity, field, scope)[1] : undefined;
    return openObject([
      `...${sample}(n + ${single ? 400 + at : 400})`,
      ...(own === undefined ? [] : [entry(field.name, own)]),
      ...others.map((field) => entry(field.name, sameAsSample(field))),
    ]);
  });
  return [
    [
      docBlock(["New rows whose key differs from that of a sample in one part only."]),
      `const ${besideName(entity)} = (n: number): readonly ${domainType(scope, entity, entity.newType)}[] => [`,
      indent(items.map((item): Doc => [hardline, item, ","])),
      hardline,
      "];",
    ],
  ];
}

/** `sampleOrderRows`, the function that makes the rows which the tests of an entity and of its views read. */
export const rowsName = (entity: EntityIr): string => `${sampleName(entity)}Rows`;

/** Three rows alike, one set apart by each other value of each steady field, and one with only what must be given. */
function differencesOf({ entity, steady }: SampleLayout, scope: SuiteScope): Doc {
  const apart = steady.map((field) => [field.name, apartValues(entity, field, scope)] as const);
  const left = givenFields(scope)(entity).filter(
    (field) => field.optionalOnInsert && !(field.key && field.source.generated === "caller"),
  );
  const children = entity.children.map(({ property }) => property);
  const entries: readonly Entry[] = [
    ["apart", valueLists(apart.filter(([, values]) => values.length > 0))],
    ["without", texts(left.map(({ name }) => name))],
    ...(children.length === 0 ? [] : [["childless", texts(children)] as const]),
    ...(entity.key.length < 2 ? [] : [["beside", besideName(entity)] as const]),
  ];
  return openObject(entries.map(([name, value]) => entry(name, value)));
}

/** What a row has under each property that was left out, where the spec says it. */
function defaultsOf(entity: EntityIr): readonly Entry[] {
  const left = insertable(entity).filter((field) => field.optionalOnInsert && !field.key);
  return [
    ...left.flatMap((field): readonly Entry[] => {
      const value = field.source.default;
      if (value === undefined || value === null)
        return field.nullable ? [[field.name, "null"]] : [];
      const shown = defaultLiteral(field, value);
      return shown === undefined ? [] : [[field.name, shown]];
    }),
    ...(entity.version === undefined ? [] : [[entity.version.name, "1"] as const]),
  ];
}

function defaultLiteral({ type }: FieldIr, value: Json): string | undefined {
  switch (type.kind) {
    case "string":
    case "text":
    case "enum":
    case "uuid":
      return stringLiteral(String(value));
    case "int":
    case "float":
      return String(Number(value));
    case "bigint":
      return `${BigInt(String(value))}n`;
    case "boolean":
      return String(value === true);
    default:
      return undefined;
  }
}
