import { renamesIn } from "../migrate/renames.ts";

/** What became of the named things of a spec. */
export interface Pairs<T> {
  readonly kept: readonly { readonly before: T; readonly after: T }[];
  /** Pairs of `kept` whose name changed, as `was:` says. */
  readonly renamed: readonly { readonly before: T; readonly after: T }[];
  readonly added: readonly T[];
  readonly removed: readonly T[];
}

export interface Naming<T> {
  readonly name: (one: T) => string;
  /** The former name that the spec gives. */
  readonly was?: (one: T) => string | undefined;
}

/** Pairs two lists by name; a name that is new and was another one before pairs with that. */
export function pairs<T extends object>(
  before: readonly T[],
  after: readonly T[],
  { name, was = () => undefined }: Naming<T>,
): Pairs<T> {
  const old = new Map(before.map((one) => [name(one), one]));
  const formerly = renamesIn(
    before.map(name),
    after.map((one) => [name(one), was(one)]),
  );
  const taken = new Set(formerly.values());
  const origin = (one: T): T | undefined => {
    const former = formerly.get(name(one));
    if (former !== undefined) return old.get(former);
    return taken.has(name(one)) ? undefined : old.get(name(one));
  };
  const kept = after.flatMap((one) => {
    const from = origin(one);
    return from === undefined ? [] : [{ before: from, after: one }];
  });
  const paired = new Set(kept.map((pair) => pair.before));
  return {
    kept,
    renamed: kept.filter((pair) => name(pair.before) !== name(pair.after)),
    added: after.filter((one) => origin(one) === undefined),
    removed: before.filter((one) => !paired.has(one)),
  };
}
