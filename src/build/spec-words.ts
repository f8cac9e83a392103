import { specJsonSchema } from "../spec/json-schema.ts";

/** A part of the JSON Schema of the spec, as far as the page reads it. */
export interface Piece {
  readonly type?: string | readonly string[];
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Piece>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Piece | boolean;
  readonly propertyNames?: Piece;
  readonly items?: Piece;
  readonly anyOf?: readonly Piece[];
  readonly oneOf?: readonly Piece[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
}

/** A word of the spec where it may stand. */
export interface SpecWord {
  readonly name: string;
  readonly piece: Piece;
  readonly required: boolean;
}

/** The words that stand side by side. */
export interface WordGroup {
  /** `entities.fields`; of a workload its kind follows: `workloads (search).access`. */
  readonly path: string;
  readonly words: readonly SpecWord[];
}

/** Words that mean the same in every workload are told once. */
const shared = new Set(["comment", "sla", "scale", "requires"]);

/** Every group of words, in the order of the schema. */
export function wordGroups(): readonly WordGroup[] {
  const groups: WordGroup[] = [];
  collect(specJsonSchema() as Piece, "", groups);
  const known = new Set<string>();
  return groups.flatMap((group) => {
    const path = group.path.replace(/^workloads \(\w+\)\.(sla|scale)$/, "workloads.$1");
    if (known.has(path)) return [];
    known.add(path);
    const again = known.has("workloads (shared)") && /^workloads \(\w+\)$/.test(path);
    if (!/^workloads \(\w+\)$/.test(path)) return [{ ...group, path }];
    known.add("workloads (shared)");
    const words = again ? group.words.filter(({ name }) => !shared.has(name)) : group.words;
    return [{ path, words }];
  });
}

function collect(piece: Piece, path: string, groups: WordGroup[]): void {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const { properties, required = [], additionalProperties, items } = piece;
  if (properties !== undefined) {
    const words = Object.entries(properties).map(([name, own]) => ({
      name,
      piece: own,
      required: required.includes(name),
    }));
    groups.push({ path, words });
    for (const { name, piece: own } of words) collect(own, below(name), groups);
  }
  if (typeof additionalProperties === "object") collect(additionalProperties, path, groups);
  if (items !== undefined) collect(items, path, groups);
  for (const variant of piece.oneOf ?? []) collect(variant, variantPath(path, variant), groups);
}

function variantPath(path: string, { properties }: Piece): string {
  const kind = properties?.["kind"];
  return `${path} (${kind?.const ?? kind?.enum?.[0] ?? "other"})`;
}
