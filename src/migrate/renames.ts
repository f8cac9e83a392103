/**
 * What a spec's `was:` renames, as a map from the new name to the name before.
 *
 * `was:` stays in the spec when the rename is long done, so it is one only while the old name is there and the new one is not, or while
 * the old name is given up for it.
 *
 * @param from names as they were
 * @param to   names as they are to be, each with its `was:`
 */
export function renamesIn(
  from: readonly string[],
  to: readonly (readonly [name: string, was: string | undefined])[],
): ReadonlyMap<string, string> {
  const before = new Set(from);
  const after = new Set(to.map(([name]) => name));
  return new Map(
    to.flatMap(([name, was]) =>
      was !== undefined && before.has(was) && (!before.has(name) || !after.has(was))
        ? [[name, was] as const]
        : [],
    ),
  );
}
