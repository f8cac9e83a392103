/** A name, as fields have them; anything else may be personal. */
const nameForm = /^[\w$-]{1,50}$/;

/** A key that a caller gave, as a message may show it. */
const shownKey = (key: string): string =>
  nameForm.test(key) ? `"${key}"` : "a key of another form";

/** Keys that an object names, inherited ones too, and that are none of `known`; one whose value is undefined names nothing. */
export function otherKeys(given: object, known: readonly string[]): readonly string[] {
  const others: string[] = [];
  for (const key in given)
    if (Reflect.get(given, key) !== undefined && !known.includes(key)) others.push(shownKey(key));
  return [...new Set(others)];
}
