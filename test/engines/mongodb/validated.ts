/** The validators of a project's migrations, asked of the documents that stand there: an emulator asks none. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Decimal128, type Document, Double as BsonDouble, Int32, Long, MongoClient } from "mongodb";
import type { Ruled } from "../contract.ts";
import { Decimal, type Doc, Double, misfits, parsed } from "../../unit/mongodb/documents.ts";

interface Command {
  readonly createCollection?: string;
  readonly setValidator?: string;
  readonly validator?: { readonly $jsonSchema: Doc };
}

/** By collection, as the last migration leaves it. */
function validators(folder: string): ReadonlyMap<string, Doc> {
  const files = readdirSync(join(folder, "migrations"), { recursive: true, encoding: "utf8" });
  const commands = files
    .filter((file) => file.endsWith(".up.json"))
    .toSorted()
    .flatMap(
      (file) =>
        JSON.parse(readFileSync(join(folder, "migrations", file), "utf8")) as readonly Command[],
    );
  return new Map(
    commands.flatMap(({ createCollection, setValidator, validator }) => {
      const name = createCollection ?? setValidator;
      return name === undefined || validator === undefined
        ? []
        : [[name, emulated(parsed(validator.$jsonSchema) as Doc)] as const];
    }),
  );
}

/** The emulator keeps a whole number in the smallest type that holds it, and a date that an update sets as its text. */
const kept: Readonly<Record<string, readonly string[]>> = {
  long: ["long", "int"],
  double: ["double", "long", "int"],
  date: ["date", "string"],
};

function emulated(schema: Doc): Doc {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, limit]) => {
      if (keyword === "bsonType")
        return [
          keyword,
          ([limit].flat() as readonly string[]).flatMap((type) => kept[type] ?? type),
        ];
      if (keyword === "items") return [keyword, emulated(limit as Doc)];
      if (keyword !== "properties") return [keyword, limit];
      const inner = Object.entries(limit as Doc).map(
        ([name, one]) => [name, emulated(one as Doc)] as const,
      );
      return [keyword, Object.fromEntries(inner)];
    }),
  );
}

/** What the driver read without promoting it, as the interpreter of schemas knows values. */
function plain(value: unknown): unknown {
  if (value instanceof Int32) return value.value;
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Decimal128) return new Decimal(value.toString());
  if (value instanceof BsonDouble) return new Double(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date || "_bsontype" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

/** @param folder of the project that wrote the documents */
export async function validated(dsn: string, folder: string): Promise<Ruled> {
  const client = new MongoClient(dsn, { promoteValues: false });
  try {
    const database = (await client.connect()).db();
    const found = new Map<string, readonly Document[]>();
    const schemas = validators(folder);
    for (const name of schemas.keys())
      found.set(name, await database.collection(name).find().toArray());
    const refused = [...schemas].flatMap(([name, schema]) =>
      (found.get(name) ?? []).flatMap((document) =>
        misfits(schema, plain(document)).map((why) => `${name}: ${why}`),
      ),
    );
    return {
      asked: Object.fromEntries([...found].map(([name, { length }]) => [name, length])),
      refused: [...new Set(refused)],
    };
  } finally {
    await client.close();
  }
}
