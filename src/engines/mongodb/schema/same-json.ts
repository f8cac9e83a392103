/** Equal whatever the order of the keys: those of a snapshot on disk are sorted, those of a spec are in its order. */
export const sameJson = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (key, each: unknown) => {
    // The names of required properties are a set.
    if (Array.isArray(each)) return key === "required" ? each.toSorted() : each;
    return typeof each === "object" && each !== null
      ? Object.fromEntries(Object.entries(each).toSorted(([x], [y]) => (x < y ? -1 : 1)))
      : each;
  });
