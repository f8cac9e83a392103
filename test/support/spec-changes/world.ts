/** A spec in the making, and what is known of the rows that its tables hold. */
import { between } from "../random.ts";

export interface FieldSpec {
  type: string;
  key?: boolean;
  generated?: string;
  nullable?: boolean;
  unique?: boolean;
  min?: number;
  max?: number;
  precision?: number;
  scale?: number;
  values?: string[];
  default?: string | number | boolean;
  of?: string;
  references?: string;
  onDelete?: string;
  column?: string;
  was?: string;
  comment?: string;
}

export interface IndexSpec {
  fields?: string[];
  expression?: string;
  method?: string;
  unique?: boolean;
  where?: string;
  comment?: string;
}

export interface EntitySpec {
  table?: string;
  comment?: string;
  was?: string;
  tenant?: string;
  owner?: string;
  version?: boolean;
  audit?: boolean;
  softDelete?: boolean;
  timestamps?: boolean;
  fields: Record<string, FieldSpec>;
  indexes?: IndexSpec[];
  unique?: string[][];
  checks?: Record<string, string>;
}

/** What the rows of a column hold, by the rules that fill the tables. */
export interface ColumnRows {
  /** Stays with the field through every rename. */
  readonly id: string;
  /** No two rows have the same value. */
  distinct: boolean;
  nulls: boolean;
  /** It was of another type once, which does not hold every value of the present one. */
  widened?: true;
}

export interface EntityRows {
  /** Stays with the entity through every rename. */
  readonly origin: string;
  readonly rows: number;
  readonly columns: Record<string, ColumnRows>;
}

/** Plain data: a change copies it. */
export interface World {
  readonly project: string;
  entities: Record<string, EntitySpec>;
  rows: Record<string, EntityRows>;
  /** Fields by which the rows of a root are listed, and texts in which they are searched: both bring indexes, the latter a column. */
  lists: Record<string, string[]>;
  searches: Record<string, string[]>;
  /** Names that were used before: none is taken again, so that a rename is never mistaken for something else. */
  used: string[];
}

export type Random = () => number;

export const pick = <T>(random: Random, from: readonly T[]): T | undefined =>
  from[between(random, 0, from.length - 1)];

export const chance = (random: Random, of: number): boolean => random() < of;

const first =
  "amber brisk calm dusty early faint gentle hollow inner jolly keen lucid mellow narrow outer plain quiet rapid solid tidy".split(
    " ",
  );
const second =
  "amount bay cost depth edge factor gauge height input joint kind level mark notch origin phase quota rate span tone".split(
    " ",
  );
const nouns =
  "Anchor Basket Candle Dialog Engine Feather Garden Harbor Island Jacket Kettle Ladder Mirror Needle Orchard Pillow Quarry Ribbon Saddle Tunnel Umbrella Valley Window Yard Zipper".split(
    " ",
  );

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A name that no field has had. */
export function newFieldName(random: Random, world: World): string {
  return fresh(world, () => `${pick(random, first)}${capital(pick(random, second) ?? "")}`);
}

/** A name that no entity has had. */
export function newEntityName(random: Random, world: World): string {
  return fresh(world, () => `${capital(pick(random, first) ?? "")}${pick(random, nouns)}`);
}

function fresh(world: World, make: () => string): string {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const name = make();
    if (world.used.includes(name)) continue;
    world.used.push(name);
    return name;
  }
  throw new Error("every name was used");
}

/** The column of a field, as the generator names it. */
export const columnOf = (name: string, field: FieldSpec): string =>
  field.column ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The entity that is given, or an error: only names of the world come here. */
export function entityIn(world: World, name: string): EntitySpec {
  const { [name]: found } = world.entities;
  if (found === undefined) throw new Error(`no entity ${name}`);
  return found;
}

/** The key of a root, which is one field. */
export const keyOf = ({ fields }: EntitySpec): FieldSpec =>
  Object.values(fields).find(({ key }) => key === true) ?? { type: "uuid" };

export function rowsIn(world: World, name: string): EntityRows {
  const { [name]: found } = world.rows;
  if (found === undefined) throw new Error(`no rows of ${name}`);
  return found;
}

/** The spec as its file holds it; JSON is YAML too. */
export function specText(world: World): string {
  const roots = Object.entries(world.entities).flatMap(([name, { owner }]) =>
    owner === undefined ? [name] : [],
  );
  const access = Object.fromEntries(roots.map((name) => [name, methods(world, name)]));
  const searches = Object.entries(world.searches).flatMap(([from, texts]) =>
    texts.length === 0
      ? []
      : [
          [
            `in-${columnOf(from, { type: "" }).replaceAll("_", "-").slice(1)}`,
            {
              kind: "search",
              from,
              fields: Object.fromEntries(texts.map((text) => [text, {}])),
              access: { search: { text: texts } },
            },
          ] as const,
        ],
  );
  const all = { kind: "transactional", entities: roots, access };
  const workloads = { all, ...Object.fromEntries(searches) };
  const { project, entities } = world;
  return JSON.stringify({ version: 1, project, entities, workloads }, null, 1);
}

function methods(world: World, name: string): Readonly<Record<string, unknown>> {
  const lists = (world.lists[name] ?? []).map((field) => [
    `listBy${capital(field)}`,
    { op: "list", where: [field] },
  ]);
  return {
    get: {},
    add: { op: "insert" },
    amend: { op: "patch", fields: patched(world, name) },
    ...Object.fromEntries(lists),
  };
}

/** A field that a patch may change; every entity keeps one. */
function patched(world: World, name: string): readonly string[] {
  const { fields, tenant } = entityIn(world, name);
  const found = Object.entries(fields).find(([field, { key }]) => key !== true && field !== tenant);
  return found === undefined ? [] : [found[0]];
}
