import { closing, topLevel } from "../../../../templates/runtime/bracketed-text.ts";
import type { ObjectChange, TableObject } from "./objects.ts";

export const isUnique = (object: TableObject): boolean =>
  object.kind === "index" ? object.shape.unique : object.shape.kind === "unique";

/** What a unique constraint or an index is about: `(region, code)`. */
export const bodyOf = (object: TableObject): string =>
  object.kind === "index" ? object.shape.body : object.shape.definition.replace(/^unique /, "");

/** What one compares, and among which rows. */
interface Kept {
  readonly terms: readonly string[];
  /** `where …`; empty for every row. */
  readonly among: string;
}

/**
 * Whether rows that keep the one keep the other: it compares all that the one compares, and among no other rows. An empty value is like no
 * other in both, so one that may be empty makes the second one say less, never more. Source: CREATE TABLE, UNIQUE.
 */
export function isWidened(from: TableObject, to: TableObject): boolean {
  const [before, after] = [kept(from), kept(to)];
  return (
    before !== undefined &&
    after !== undefined &&
    before.terms.every((term) => after.terms.includes(term)) &&
    (before.among === "" || before.among === after.among)
  );
}

function kept(object: TableObject): Kept | undefined {
  const body = bodyOf(object);
  if (!isUnique(object) || !body.startsWith("(")) return undefined;
  const end = closing(body, 0);
  const terms = topLevel(body.slice(1, end)).map((term) => term.replace(/ desc$/, ""));
  const among = body.slice(end + 1).trim();
  return among === "" || among.startsWith("where ") ? { terms, among } : undefined;
}

type Of<K extends ObjectChange["kind"]> = Extract<ObjectChange, { readonly kind: K }>;

/**
 * The changes with each unique one that goes beside wider ones that come told as one change.
 *
 * @param stays whether what it is about keeps its meaning
 */
export function withWidened(
  objects: readonly ObjectChange[],
  stays: (object: TableObject) => boolean,
): readonly ObjectChange[] {
  const added = objects.filter((each): each is Of<"added"> => each.kind === "added");
  const taken = new Set<ObjectChange>();
  const widened = objects.flatMap((each): readonly ObjectChange[] => {
    if (each.kind !== "dropped" || each.until !== "beside" || !stays(each.from)) return [];
    const wider = added.filter(
      (other) => !taken.has(other) && other.copied === false && isWidened(each.from, other.to),
    );
    if (wider.length === 0) return [];
    for (const one of [each, ...wider]) taken.add(one);
    return [{ kind: "widened", from: each.from, to: wider.map(({ to }) => to) }];
  });
  return [...objects.filter((each) => !taken.has(each)), ...widened];
}
