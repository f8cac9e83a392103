import type { StoredMigration } from "./folder.ts";
import { ancestorsOf } from "./lint.ts";

/** Two changes of two branches that do not make together what each made on its own. */
export interface Crossing {
  /** Id of the change to which it happens: it builds on `name`, or adds it once more. */
  readonly change: string;
  /** Id of the change that takes `name` away, or has another thing under it, or adds it as well. */
  readonly other: string;
  /** The last migration of {@link other}. */
  readonly last: string;
  readonly kind: "displaced" | "twice";
  /** `notes`, `chapters.words` */
  readonly name: string;
}

type Change = readonly [StoredMigration, ...StoredMigration[]];

/**
 * Changes of one store neither of which stands on the other, one of which displaces what the other touches or names in its statements, or
 * both of which add the same. Git merges their snapshots without a conflict, yet applied in either order their statements make something
 * else, or fail. Told from the records and texts of the migrations alone; a record that does not say what it displaces is judged by what
 * its steps destroy.
 */
export function crossingsOf(all: readonly StoredMigration[]): readonly Crossing[] {
  const changes = changesOf(all);
  const found: Crossing[] = [];
  for (const [at, one] of changes.entries())
    for (const two of changes.slice(at + 1)) {
      const crossing = crossingOf(one, two) ?? crossingOf(two, one) ?? addedTwice(one, two);
      if (crossing !== undefined && !areOrdered(one, two, all)) found.push(crossing);
    }
  return found;
}

function changesOf(all: readonly StoredMigration[]): readonly Change[] {
  const changes = new Map<string, [StoredMigration, ...StoredMigration[]]>();
  for (const migration of all.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const own = changes.get(migration.change);
    if (own === undefined) changes.set(migration.change, [migration]);
    else own.push(migration);
  }
  return [...changes.values()];
}

/** Where {@link one} displaces what {@link two} builds on. */
function crossingOf(one: Change, two: Change): Crossing | undefined {
  const name = displacedBy(one).find((each) => buildsOn(two, each));
  return name === undefined ? undefined : crossing(two, one, "displaced", name);
}

/** The later id is the one to be written anew. */
function addedTwice(one: Change, two: Change): Crossing | undefined {
  const added = new Set(one.flatMap(({ adds = [] }) => adds));
  const name = two.flatMap(({ adds = [] }) => adds).find((each) => added.has(each));
  return name === undefined ? undefined : crossing(two, one, "twice", name);
}

const crossing = (to: Change, by: Change, kind: Crossing["kind"], name: string): Crossing => ({
  change: to[0].change,
  other: by[0].change,
  last: (by.at(-1) ?? by[0]).id,
  kind,
  name,
});

const displacedBy = (change: Change): readonly string[] => [
  ...new Set(
    change.flatMap(({ displaces, steps }) => [
      ...(displaces ?? []),
      ...steps.flatMap(({ destroys }) => destroys ?? []),
    ]),
  ),
];

function buildsOn(change: Change, name: string): boolean {
  const touches = (part: string): boolean =>
    change.some((migration) => migration.touches?.includes(part) ?? true);
  const at = name.indexOf(".");
  if (at < 0) return touches(name) || change.some(({ up }) => refersTo(up, name));
  const own = name.slice(at + 1);
  return touches(name.slice(0, at)) && change.some(({ up }) => names(up, own));
}

/** A statement over a table that is no part of what the change touches: a reference to it, a trigger that writes to it. */
const refersTo = (text: string, table: string): boolean =>
  wordPattern(`(?:references|on|table|from|into|update|join)\\s+"?${escaped(table)}`).test(
    statementsOf(text),
  );

const names = (text: string, name: string): boolean =>
  wordPattern(escaped(name)).test(statementsOf(text));

const wordPattern = (pattern: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${pattern}(?![\\p{L}\\p{N}_])`, "iu");

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const statementsOf = (text: string): string => text.replaceAll(/^\s*--.*$/gm, "");

function areOrdered(one: Change, two: Change, all: readonly StoredMigration[]): boolean {
  const standsOn = (change: Change, base: Change): boolean =>
    change.some((migration) => ancestorsOf(migration, all).some((each) => base.includes(each)));
  return standsOn(one, two) || standsOn(two, one);
}
