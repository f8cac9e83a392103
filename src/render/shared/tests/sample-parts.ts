import type { EntityIr, FieldIr, RepositoryIr } from "../../../ir/types.ts";
import { portVariable } from "../../../ir/names.ts";
import type { Json } from "../../../spec/model.ts";
import type { Doc } from "../../document.ts";
import { hardline, indent } from "../../document.ts";
import { identifier, stringLiteral } from "../../encode.ts";
import { docBlock, entry, functionHead, openObject } from "../../layout.ts";
import { insertable } from "../types.ts";
import { type Entry, texts, valueLists } from "./forms.ts";
import type { SampleLayout } from "./samples.ts";
import { steadyValues } from "./samples.ts";
import type { TestScope } from "./scope.ts";
import { dataType, domainType, support } from "./scope.ts";
import { type SuiteScope, storing } from "./suite-scope.ts";
import { parentOf, untestable } from "./testable.ts";
import { parentRows, sampleValue } from "./values.ts";

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
  readonly count: number;
  readonly tenant: boolean;
}

export function parentsOf(entity: EntityIr, scope: SuiteScope): readonly Parent[] {
  const found = new Map<string, Parent>();
  collect(entity, scope, found, entity.name);
  return [...found.values()];
}

function collect(
  entity: EntityIr,
  scope: SuiteScope,
  found: Map<string, Parent>,
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
      count: parentRows,
      tenant: needed.tenant !== undefined,
    });
  }
}

/** The fields that samples give: all that can be made up and whose referenced rows can be stored. */
export const givenFields =
  (scope: TestScope) =>
  (entity: EntityIr): readonly FieldIr[] =>
    insertable(entity).filter((field) => {
      const parent = parentOf(field.source.reference?.entity, scope);
      const refers = field.source.reference !== undefined;
      const met =
        !refers || !field.optionalOnInsert || (parent !== undefined && endsSoon(parent, scope));
      return met && sampleValue(entity, field, "0", scope) !== undefined;
    });

/** Levels of rows that tests store for the sake of a reference that may be left out. */
const followedLevels = 3;

/** Optional references are followed only where they soon lead to rows that need none: a long chain would be stored for one column. */
function endsSoon(parent: RepositoryIr, scope: TestScope, levels = followedLevels): boolean {
  if (levels === 0 || untestable(parent, scope) !== undefined) return false;
  const { entity } = parent;
  return [entity, ...entity.children.map((child) => child.entity)].every((each) =>
    insertable(each).every(({ source }) => {
      const next = parentOf(source.reference?.entity, scope);
      return next === undefined || endsSoon(next, scope, levels - 1);
    }),
  );
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
  const children = entity.children.map((child) =>
    sampleFunction({ entity: child.entity, steady: [] }, scope),
  );
  return {
    declarations: [
      ...children,
      sampleFunction(layout, scope),
      ...besideFunction(layout, scope),
      ...(scope.referred.has(entity.name) ? [storeFunction(scope)] : []),
    ],
    differences: differencesOf(layout, scope),
    defaults: defaultsOf(entity),
  };
}

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
  const method = storing(scope.repository)?.method;
  const row = `${sampleName(entity)}(n)`;
  const argument = method !== undefined && "bulk" in method && method.bulk ? `[${row}]` : row;
  return [
    docBlock([`Stores the first samples, for rows that refer to them.`]),
    functionHead(
      storeName(entity),
      [
        { name: portVariable(entity.property), type },
        { name: "count", type: "number" },
      ],
      "Promise<void>",
      "export async function",
    ),
    indent([
      hardline,
      `for (let n = 0; n < count; n += 1) await ${portVariable(entity.property)}.${method?.name ?? ""}(${argument});`,
    ]),
    hardline,
    "}",
  ];
}

/** `sampleParcelBeside`: rows whose key differs from that of a sample in one part only. */
export const besideName = (entity: EntityIr): string => identifier(`sample${entity.name}Beside`);

/** For a composite key, whose parts must all count. */
function besideFunction({ entity, steady }: SampleLayout, scope: SuiteScope): readonly Doc[] {
  if (entity.key.length < 2) return [];
  const sample = sampleName(entity);
  // A part that may be left out may be undefined in the sample's type: it is written again.
  const sameAsSample = (field: FieldIr): Doc => {
    if (!field.optionalOnInsert) return `${sample}(n).${field.name}`;
    const made = steady.includes(field)
      ? steadyValues(entity, field, scope)[0]
      : sampleValue(entity, field, "n", scope);
    return made ?? "";
  };
  const items = entity.key.map((field) => {
    const others = entity.key.filter((other) => other !== field);
    const own = steady.includes(field) ? steadyValues(entity, field, scope)[1] : undefined;
    return openObject([
      `...${sample}(n + 400)`,
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

/** Another value for each row that is set apart by this field. */
function apartValues(
  entity: EntityIr,
  field: FieldIr,
  scope: SuiteScope,
): string | readonly string[] {
  if (field.type.kind === "timestamp" && field.source.reference === undefined)
    return support(scope, "samples", "otherMoments");
  return steadyValues(entity, field, scope).slice(1);
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
