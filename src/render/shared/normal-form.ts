import type { EntityIr } from "../../ir/types.ts";

type Names = ReadonlySet<string>;

/** What the declared functional dependencies say of one entity. */
export interface NormalForm {
  readonly entity: string;
  /** `BCNF`, `3NF`, `2NF` or `1NF`. */
  readonly form: string;
  /** The candidate keys or the dependency that decides. */
  readonly because: string;
}

interface Dependency {
  readonly determinant: readonly string[];
  readonly dependent: readonly string[];
}

/**
 * The highest normal form that follows from the keys, the unique constraints and the declared dependencies. It is a statement about
 * what was declared: a dependency that nobody wrote down is not seen.
 */
export function normalForm(entity: EntityIr): NormalForm {
  const all = new Set(entity.fields.map((field) => field.name));
  const uniques = entity.unique
    .filter((one) => one.fields.every((field) => !field.nullable))
    .map((one) => one.fields.map((field) => field.name));
  const superkeys = [entity.key.map((field) => field.name), ...uniques].filter(
    (key) => key.length > 0,
  );
  if (superkeys.length === 0) return { entity: entity.name, form: "1NF", because: "it has no key" };
  const dependencies: readonly Dependency[] = [
    ...entity.dependencies,
    ...superkeys.map((key) => ({ determinant: key, dependent: [...all] })),
  ];
  const keys = minimal(superkeys, all, dependencies);
  const prime = new Set(keys.flat());
  const broken = entity.dependencies
    .map((one) => ({ one, form: formBroken(one, { all, dependencies, keys, prime }) }))
    .toSorted((a, b) => rank(a.form) - rank(b.form));
  const [worst] = broken;
  if (worst === undefined || worst.form === undefined) {
    return {
      entity: entity.name,
      form: "BCNF",
      because: `every declared dependency starts from a key: ${keys.map(shown).join(", ")}`,
    };
  }
  const { determinant, dependent } = worst.one;
  return {
    entity: entity.name,
    form: worst.form,
    because: `${determinant.join(", ")} decides ${dependent.join(", ")} and is no key; keys: ${keys.map(shown).join(", ")}`,
  };
}

const shown = (key: readonly string[]): string => `(${key.join(", ")})`;
const rank = (form: string | undefined): number =>
  form === undefined ? 9 : Number(form.charAt(0));

interface Relation {
  readonly all: Names;
  readonly dependencies: readonly Dependency[];
  readonly keys: readonly (readonly string[])[];
  readonly prime: Names;
}

/** The form that one dependency leaves; undefined when it breaks none. */
function formBroken(
  { determinant, dependent }: Dependency,
  { all, dependencies, keys, prime }: Relation,
): string | undefined {
  const gained = dependent.filter((name) => !determinant.includes(name));
  if (gained.length === 0 || closure(determinant, dependencies).size === all.size) return undefined;
  if (gained.every((name) => prime.has(name))) return "3NF";
  const partial = keys.some(
    (key) => determinant.length < key.length && determinant.every((name) => key.includes(name)),
  );
  return partial ? "1NF" : "2NF";
}

/** Everything that a set of fields decides. */
export function closure(from: readonly string[], dependencies: readonly Dependency[]): Names {
  const known = new Set(from);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const { determinant, dependent } of dependencies) {
      if (determinant.every((name) => known.has(name)))
        for (const name of dependent) known.add(name);
    }
  }
  return known;
}

/** Superkeys without what they do not need, each once. */
function minimal(
  superkeys: readonly (readonly string[])[],
  all: Names,
  dependencies: readonly Dependency[],
): readonly (readonly string[])[] {
  const reduced = superkeys.map((superkey) => {
    let key = superkey;
    for (const name of superkey) {
      const rest = key.filter((one) => one !== name);
      if (rest.length > 0 && closure(rest, dependencies).size === all.size) key = rest;
    }
    return key.toSorted();
  });
  return [...new Map(reduced.map((key) => [key.join(), key])).values()];
}
