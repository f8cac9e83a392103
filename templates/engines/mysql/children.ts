/**
 * Owned children in the order of their key: the JSON array they come in has none.
 *
 * @param keys properties of the children's own key
 */
export const inOrder = <T>(children: readonly T[], ...keys: readonly (keyof T)[]): readonly T[] =>
  children.toSorted((a, b) => {
    for (const key of keys) {
      if (a[key] < b[key]) return -1;
      if (a[key] > b[key]) return 1;
    }
    return 0;
  });
