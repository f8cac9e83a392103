import type {
  Catalogue,
  CatalogueIndex,
  CatalogueTable,
  CatalogueTrigger,
  CatalogueView,
} from "./catalogue.ts";

/** An object of a catalogue: its name (`column film.title`) and what is said of it. */
type Objects = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * What tells two schemas apart, an object a line and in their order: `column film.title: type is text, not character varying(50)`. Empty when
 * they are equal. The order of columns does not count, nor does that in which things were made.
 *
 * @param a the one that is judged; @param b the one it should be like
 */
export function catalogueDifferences(a: Catalogue, b: Catalogue): string[] {
  const [left, right] = [catalogueObjects(a), catalogueObjects(b)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.flatMap((name) => {
    const [is, should] = [left.get(name), right.get(name)];
    if (is === undefined) return [`${name}: is missing`];
    if (should === undefined) return [`${name}: is there, and should not be`];
    return propertyDifferences(name, is, should);
  });
}

function propertyDifferences(
  name: string,
  is: Readonly<Record<string, unknown>>,
  should: Readonly<Record<string, unknown>>,
): readonly string[] {
  const keys = [...new Set([...Object.keys(is), ...Object.keys(should)])].sort();
  return keys.flatMap((key) => {
    const [here, there] = [shown(is[key]), shown(should[key])];
    return here === there ? [] : [`${name}: ${key} is ${here}, not ${there}`];
  });
}

const shown = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "absent");

/** Every object of a schema by its name, each without the objects below it. */
export function catalogueObjects(catalogue: Catalogue): Objects {
  return new Map([
    ...catalogue.extensions.map((name) => [`extension ${name}`, {}] as const),
    ...catalogue.enums.map((each) => named("enum", each)),
    ...catalogue.domains.map((each) => named("domain", each)),
    ...catalogue.sequences.map((each) => named("sequence", each)),
    ...catalogue.functions.map((each) => named(each.kind, each)),
    ...catalogue.others.map((each) => named(each.kind, each)),
    ...catalogue.tables.flatMap(tableObjects),
    ...catalogue.views.flatMap(viewObjects),
  ]);
}

type Entry = readonly [string, Readonly<Record<string, unknown>>];

function named(kind: string, each: { readonly name: string }, table?: string): Entry {
  const { name, ...rest } = each;
  return [`${kind} ${table === undefined ? "" : `${table}.`}${name}`, rest];
}

function tableObjects(table: CatalogueTable): readonly Entry[] {
  const { columns, constraints, indexes, policies, triggers, ...rest } = table;
  return [
    named("table", rest),
    ...columns.map((each) => named("column", each, table.name)),
    ...constraints.map((each) => named(each.kind, each, table.name)),
    ...policies.map((each) => named("policy", each, table.name)),
    ...relationObjects(table.name, indexes, triggers),
  ];
}

function viewObjects({ indexes, triggers, ...rest }: CatalogueView): readonly Entry[] {
  const kind = rest.materialized ? "materialized view" : "view";
  return [named(kind, rest), ...relationObjects(rest.name, indexes, triggers)];
}

const relationObjects = (
  relation: string,
  indexes: readonly CatalogueIndex[],
  triggers: readonly CatalogueTrigger[],
): readonly Entry[] => [
  ...indexes.map((each) => named("index", each)),
  ...triggers.map((each) => named("trigger", each, relation)),
];
