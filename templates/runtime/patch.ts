import { programmingError } from "./errors.ts";
import { otherKeys } from "./other-keys.ts";

/**
 * What a patch changes, encoded. The patch names nothing else: a key that is misspelt, or that the method does not change, would be passed over,
 * and the rest applied without it. A key whose value is undefined names nothing. A patch of nothing is a touch: it raises the version and the
 * time of the last change.
 *
 * @param changes encoded values by the store's names, undefined where the patch gives none
 * @param fields the patch's names for those that have others in the store
 * @throws DataError programming, before anything is sent
 */
export function changesOf<C extends object>(
  patch: object,
  changes: C,
  fields: Readonly<Record<string, string>> = {},
): C {
  // Counted without a list of them: a patch is as cheap as it was.
  let [given, named] = [0, 0];
  for (const name in changes) if (changes[name] !== undefined) given += 1;
  for (const _name in patch) named += 1;
  if (named !== given)
    refuseOthers(
      patch,
      Object.keys(changes).map((name) => fields[name] ?? name),
    );
  return changes;
}

function refuseOthers(patch: object, allowed: readonly string[]): void {
  const others = otherKeys(patch, allowed);
  if (others.length === 0) return;
  throw programmingError(
    `the patch has ${others.join(", ")}, and this method changes ${allowed.join(", ")} only`,
    { hint: "leave out what is no change, or name it among the method's fields in the spec" },
  );
}
