import { duration } from "../engines/families/record/describe.ts";
import type { CacheViewIr, EntityIr, SearchViewIr, VectorViewIr } from "../ir/types.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { fieldPairs } from "./renames.ts";
import { sameJson } from "./type-change.ts";

const views = noteOf("views");

const rebuild = "the index is built anew; until then answers follow the old one";

/** Differences in what a text index holds and how it ranks. */
export function searchChanges(before: SearchViewIr, after: SearchViewIr): readonly SpecChange[] {
  const subject = `data.${after.property}`;
  const fields = currentNames(before.entity, after.entity);
  const old = before.fields.map(({ field, weight }) => [fields(field.name), weight] as const);
  const now = after.fields.map(({ field, weight }) => [field.name, weight] as const);
  const gone = old.filter(([name]) => !now.some(([other]) => other === name));
  const fresh = now.filter(([name]) => !old.some(([other]) => other === name));
  const weights = now.some(([name, weight]) =>
    old.some(([other, was]) => other === name && was !== weight),
  );
  const names = (list: readonly (readonly [string, number])[]): string =>
    list.map(([name]) => name).join(", ");
  return [
    ...(gone.length === 0
      ? []
      : [
          views(
            "breaking",
            subject,
            `no longer over ${names(gone)}`,
            `words there are not found any more; ${rebuild}`,
          ),
        ]),
    ...(fresh.length === 0
      ? []
      : [views("additive", subject, `over ${names(fresh)} too`, rebuild)]),
    ...(weights
      ? [views("internal", subject, "weights changed", `the order of hits changes; ${rebuild}`)]
      : []),
    ...(before.language === after.language
      ? []
      : [
          views(
            "internal",
            subject,
            `language ${before.language} → ${after.language}`,
            `other forms of a word are found; ${rebuild}`,
          ),
        ]),
  ];
}

/** The name that a field of before has now. */
function currentNames(before: EntityIr, after: EntityIr): (name: string) => string {
  const names = new Map(
    fieldPairs(before, after).kept.map((pair) => [pair.before.name, pair.after.name]),
  );
  return (name) => names.get(name) ?? name;
}

/** Differences in which vectors are compared, and how. */
export function vectorChanges(before: VectorViewIr, after: VectorViewIr): readonly SpecChange[] {
  const subject = `data.${after.property}`;
  const same = currentNames(before.entity, after.entity)(before.field.name) === after.field.name;
  return [
    ...(same
      ? []
      : [
          views(
            "breaking",
            subject,
            `field ${before.field.name} → ${after.field.name}`,
            "its neighbours are those of other vectors",
          ),
        ]),
    ...(before.dimensions === after.dimensions
      ? []
      : [
          views(
            "breaking",
            subject,
            `dimensions ${before.dimensions} → ${after.dimensions}`,
            `vectors of before are refused, and every row needs a new one; ${rebuild}`,
          ),
        ]),
    ...(before.metric === after.metric
      ? []
      : [
          views(
            "breaking",
            subject,
            `metric ${before.metric} → ${after.metric}`,
            `distances mean something else; ${rebuild}`,
          ),
        ]),
  ];
}

/** Differences in how long a cache keeps what. */
export function cacheChanges(before: CacheViewIr, after: CacheViewIr): readonly SpecChange[] {
  const subject = `data.${after.property}`;
  const settings = ({ memoryBytes, eviction }: CacheViewIr): unknown => ({ memoryBytes, eviction });
  return [
    ...(before.ttlMs === after.ttlMs
      ? []
      : [
          views(
            after.ttlMs > before.ttlMs && after.entity !== undefined ? "breaking" : "internal",
            subject,
            `ttl ${duration(before.ttlMs)} → ${duration(after.ttlMs)}`,
            after.entity === undefined
              ? "what is set without a ttl of its own lives by the new one"
              : `what others change behind the data layer shows after at most ${duration(after.ttlMs)}`,
          ),
        ]),
    ...(sameJson(settings(before), settings(after))
      ? []
      : [
          views("internal", subject, "memory or eviction changed", "what is missing is read again"),
        ]),
  ];
}
