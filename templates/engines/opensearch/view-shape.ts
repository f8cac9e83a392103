import { part } from "./answer.ts";

/** What items of a view look like: each property with its kind, nullable ones with a question mark. Plain JSON. */
export interface ItemShape {
  readonly [property: string]: string | ItemShape;
}

/** What the index compares items by: path → how, `item.price` → `scaled_float(100)`. */
export type Mapped = Readonly<Record<string, string>>;

/** What tells whether items serve code: those that it was generated for, or those of an index. */
export interface ViewShape {
  readonly item: ItemShape;
  readonly mapped: Mapped;
  /** Every document belongs to a tenant. */
  readonly tenantScoped: boolean;
}

/** The paths by which the mapping of an index compares items. */
export function mappedIn(mappings: unknown): Mapped {
  const paths: Record<string, string> = {};
  const add = (prefix: string, properties: unknown): void => {
    for (const [name, mapping] of Object.entries((properties ?? {}) as object)) {
      paths[`${prefix}.${name}`] = comparison(mapping);
      add(`${prefix}.${name}`, part(mapping, "fields"));
    }
  };
  add("item", part(mappings, "properties", "item", "properties"));
  return paths;
}

/** Only what changes an answer: neither how a text is stored for marking, nor how wide a graph is. */
function comparison(mapping: unknown): string {
  const type = String(part(mapping, "type"));
  const size = part(mapping, "scaling_factor") ?? part(mapping, "dimension");
  const space = part(mapping, "method") === undefined ? undefined : part(mapping, "space_type");
  const told = size === undefined ? type : `${type}(${Number(size)})`;
  return space === undefined ? told : `${told} ${String(space)}`;
}

/** A property that code finds as it knows it in no item of an index; undefined where it finds all. */
export function lackingOf(
  code: ViewShape,
  index: Omit<ViewShape, "item"> & { readonly item: ItemShape | undefined },
): string | undefined {
  if (code.tenantScoped && !index.tenantScoped) return "tenant";
  const path = Object.entries(code.mapped).find(([name, how]) => !serves(index.mapped[name], how));
  if (path !== undefined) return path[0].split(".")[1];
  const { item } = index;
  return item && Object.keys(code.item).find((name) => !isSameKind(code.item[name], item[name]));
}

/** Vectors of a graph can be compared one by one too. */
const serves = (found: string | undefined, how: string): boolean =>
  found === how || (found?.startsWith(`${how} `) ?? false);

type Kind = ItemShape[string] | undefined;

/** Whether values of one kind are values of the other, but for null. */
export function isSameKind(one: Kind, other: Kind): boolean {
  if (typeof one !== "object" || typeof other !== "object")
    return typeof one === typeof other && bare(one) === bare(other);
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isSameKind(one[name], other[name]))
  );
}

const bare = (kind: Kind): unknown =>
  typeof kind === "string" ? kind.replace(/\?$/, "").replace(/^string$/, "text") : kind;

/** Properties that every item has a value for, and those that may be null. */
export function propertiesOf(item: ItemShape): {
  readonly required: readonly string[];
  readonly nullable: readonly string[];
} {
  const isNullable = (name: string): boolean => String(item[name]).endsWith("?");
  const names = Object.keys(item);
  return {
    required: names.filter((name) => !isNullable(name)),
    nullable: names.filter(isNullable),
  };
}
