import { type Db, type Document, Long } from "mongodb";
import type { DescribedObjects } from "../../runtime/migration.ts";
import { plainDecimal } from "./codec-decimal.ts";
import { isOwn } from "./migration-ledger.ts";

/** What is read of a part of the snapshot, whose name is its collection's; the generator's planner writes more. */
export interface WantedCollection extends WantedShape {
  /** Absent for the data layer's own collections, whose documents are not validated. */
  readonly entity?: string;
  readonly indexes: Readonly<Record<string, WantedIndex>>;
}

interface WantedShape {
  readonly properties: Readonly<
    Record<string, { readonly required: boolean; readonly schema: object }>
  >;
  readonly children: Readonly<Record<string, WantedShape & { readonly required: boolean }>>;
}

interface WantedIndex {
  readonly key: readonly (readonly [path: string, direction: number])[];
  readonly unique?: boolean;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: object;
}

type Entry = readonly [object: string, text: string];

/** The objects that a part of the snapshot wants, in the words of `foundObjects`. */
export function wantedObjects(
  collection: string,
  { entity, indexes, ...shape }: WantedCollection,
): DescribedObjects {
  return new Map<string, string>([
    [`collection ${collection}`, "collection"],
    ...(entity === undefined ? [] : wantedProperties(collection, shape)),
    ...Object.entries(indexes).map(([name, { key, ...options }]): Entry => [
      `index ${collection}.${name}`,
      indexText(key, options),
    ]),
  ]);
}

const wantedProperties = (
  path: string,
  { properties, children }: WantedShape,
): readonly Entry[] => [
  ...Object.entries(properties).map(([name, { required, schema }]): Entry => [
    `property ${path}.${name}`,
    propertyText(required, schema),
  ]),
  ...Object.entries(children).flatMap(([name, { required, ...shape }]): readonly Entry[] => [
    [`property ${path}.${name}`, propertyText(required, { bsonType: "array" })],
    ...wantedProperties(`${path}.${name}`, shape),
  ]),
];

/** The collections of a database with what their validators ask and their indexes. Rejects with the driver's error. */
export async function foundObjects(db: Db): Promise<DescribedObjects> {
  const collections = await db.listCollections().toArray();
  const own = collections.filter(({ name }) => !isOwn(name) && !name.startsWith("system."));
  const parts = await Promise.all(
    own.map(async (collection): Promise<readonly Entry[]> => {
      const { name } = collection;
      const options: Document = ("options" in collection && collection.options) || {};
      const indexes: readonly Document[] = await db.collection(name).listIndexes().toArray();
      return [
        [`collection ${name}`, collectionText(options)],
        ...foundProperties(name, options["validator"]?.["$jsonSchema"] ?? {}),
        ...indexes.map(({ name: index, key, ...rest }): Entry => [
          `index ${name}.${index}`,
          indexText(Object.entries(key as Document), rest),
        ]),
      ];
    }),
  );
  return new Map(parts.flat());
}

/** A validator that only warns, or leaves old documents alone, was set so by hand: the tool's own are strict. */
function collectionText({
  validationLevel = "strict",
  validationAction = "error",
}: Document): string {
  const loose = validationLevel !== "strict" || validationAction !== "error";
  return loose ? `collection, validation ${validationLevel}, ${validationAction}` : "collection";
}

function foundProperties(
  path: string,
  { properties = {}, required = [] }: Document,
): readonly Entry[] {
  return Object.entries(properties as Readonly<Record<string, Document>>).flatMap(
    ([name, { items, ...schema }]): readonly Entry[] => [
      [
        `property ${path}.${name}`,
        propertyText((required as readonly string[]).includes(name), schema),
      ],
      ...(items === undefined ? [] : foundProperties(`${path}.${name}`, items as Document)),
    ],
  );
}

const propertyText = (required: boolean, schema: object): string =>
  `${required ? "required " : ""}${sortedJson(schema)}`;

function indexText(
  key: readonly (readonly [path: string, direction: unknown])[],
  { unique = false, sparse = false, hidden = false, ...options }: Document,
): string {
  const parts = key.map(([path, direction]) => `${path} ${String(direction)}`).join(", ");
  const { expireAfterSeconds: expiry, partialFilterExpression: filter } = options;
  return [
    `${unique === true ? "unique " : ""}(${parts})`,
    ...(expiry === undefined ? [] : [`expires after ${String(expiry)} s`]),
    ...(filter === undefined ? [] : [`where ${sortedJson(filter)}`]),
    ...(sparse === true ? ["sparse"] : []),
    ...(hidden === true ? ["hidden"] : []),
  ].join(", ");
}

/** A server may give keys in another order, and a number as one of several types. */
const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    const number: unknown = each.valueOf();
    if (typeof number !== "object") return number;
    if (each instanceof Long) return wholeNumber(each);
    return Object.fromEntries(
      Object.entries(each)
        .map(([key, one]) => [key, key === "$numberDecimal" ? plainDecimal(String(one)) : one])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });

/** As the snapshot writes it: a number where JSON holds it exactly. */
const wholeNumber = (long: Long): unknown =>
  Number.isSafeInteger(long.toNumber()) ? long.toNumber() : { $numberLong: long.toString() };
