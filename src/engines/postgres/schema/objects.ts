import { isWider } from "./bounds.ts";
import { isWidening } from "./convert.ts";
import { only, type TableChange } from "./change.ts";
import { isSameReference } from "../../families/sql/reference-succession.ts";
import { holdsKey } from "./reference-change.ts";
import type { Names } from "./renamed.ts";
import { renamedConstraint } from "./renamed.ts";
import {
  type ConstraintShape,
  type IndexShape,
  isEmptyUnlessGiven,
  type TableShape,
} from "./shape.ts";
import { mentionsAny, substituted } from "./tokens.ts";
import { withWidened } from "./widened-unique.ts";

/** A constraint or an index: what hangs on columns and has a name and a definition. */
export type TableObject =
  | {
      readonly kind: "constraint";
      readonly name: string;
      readonly text: string;
      readonly shape: ConstraintShape;
    }
  | {
      readonly kind: "index";
      readonly name: string;
      readonly text: string;
      readonly shape: IndexShape;
    };

export type CopiedRule = "known" | "new" | false;

/** What happens to one of them. */
export type ObjectChange =
  | { readonly kind: "renamed"; readonly from: TableObject; readonly to: TableObject }
  /**
   * @property on as it is made: on the second columns of copies, perhaps under a name of its own
   * @property copied whether it stands on second columns: its rule may be one that code of before keeps already, or a new one
   */
  | {
      readonly kind: "added";
      readonly to: TableObject;
      readonly on: TableObject;
      readonly copied: CopiedRule;
    }
  | { readonly kind: "replaced"; readonly from: TableObject; readonly to: TableObject }
  /** A unique one goes, and what it refuses comprises all that those refuse which come. */
  | { readonly kind: "widened"; readonly from: TableObject; readonly to: readonly TableObject[] }
  /** @property until it goes before its columns change, beside what else happens, when its columns are exchanged or dropped, or when nobody uses it any more */
  | {
      readonly kind: "dropped";
      readonly from: TableObject;
      readonly until: "now" | "beside" | "exchange" | "column" | "contract";
    }
  /** Its columns change on the spot, so it goes before and comes back after. */
  | { readonly kind: "remade"; readonly from: TableObject; readonly to: TableObject };

const constraintObject = (shape: ConstraintShape): TableObject => ({
  kind: "constraint",
  name: shape.name,
  text: shape.definition,
  shape,
});
const indexObject = (shape: IndexShape): TableObject => ({
  kind: "index",
  name: shape.name,
  text: `${shape.unique ? "unique " : ""}index ${shape.body}`,
  shape,
});

/** Constraints but the key, and indexes but those of generated columns that are made anew. */
const objectsOf = (table: TableShape, generated: ReadonlySet<string>): readonly TableObject[] => [
  ...table.constraints.filter(({ kind }) => kind !== "primary").map(constraintObject),
  ...table.indexes.filter(({ body }) => !mentionsAny(body, generated)).map(indexObject),
];

/** Columns of each fate, by the name that a definition calls them. */
interface Fates {
  readonly copiedFrom: ReadonlySet<string>;
  readonly copiedTo: ReadonlySet<string>;
  readonly second: Names;
  readonly forward: Names;
  readonly dropped: ReadonlySet<string>;
  readonly retyped: ReadonlySet<string>;
}

function fatesOf(change: TableChange): Fates {
  const copies = only(change, "copied");
  return {
    copiedFrom: new Set(copies.map(({ from }) => from.name)),
    copiedTo: new Set(copies.map(({ to }) => to.name)),
    second: new Map(
      copies.flatMap(({ to, name }) => (name === to.name ? [] : [[to.name, name] as const])),
    ),
    forward: new Map(copies.map(({ from, to }) => [from.name, to.name])),
    dropped: new Set(only(change, "dropped").map(({ from }) => from.name)),
    retyped: new Set(
      only(change, "kept").flatMap(({ from, to }) =>
        from.type === to.type || isWidening(from.type, to.type) ? [] : [to.name],
      ),
    ),
  };
}

/** @param generated columns whose indexes go and come with them */
export function objectChanges(
  change: TableChange,
  generated: ReadonlySet<string>,
): readonly ObjectChange[] {
  const fates = fatesOf(change);
  const before = objectsOf(change.from, generated);
  const after = objectsOf(change.to, generated);
  const free = new Set(before);
  const found = after.flatMap((to): readonly ObjectChange[] => {
    const from = counterpart(to, before, after, free, fates);
    if (from !== undefined) free.delete(from);
    return changeOf(from, to, { change, fates, free });
  });
  const gone = [...free].map((from) => droppedObject(from, after, { change, fates }));
  const changing = [...fates.copiedFrom, ...fates.dropped, ...fates.retyped];
  return withWidened([...gone, ...found], ({ text }) => !mentionsAny(text, changing));
}

const sameKind = (a: TableObject, b: TableObject): boolean =>
  a.kind === b.kind &&
  (a.kind !== "constraint" || b.kind !== "constraint" || a.shape.kind === b.shape.kind);

/** The object of before that becomes this one: that of its name, else one of its text whose name nobody needs. */
function counterpart(
  to: TableObject,
  before: readonly TableObject[],
  after: readonly TableObject[],
  free: ReadonlySet<TableObject>,
  fates: Fates,
): TableObject | undefined {
  // Objects on a copied column are made on the second one; those on the first stay as long as it does.
  if (mentionsAny(to.text, fates.copiedTo)) return undefined;
  const named = before.find((each) => each.name === to.name && free.has(each));
  if (named !== undefined) return named;
  const unnamed = before.filter(
    (each) => free.has(each) && sameKind(each, to) && !after.some(({ name }) => name === each.name),
  );
  return (
    unnamed.find((each) => each.text === to.text) ??
    unnamed.find(
      (each) =>
        each.kind === "constraint" &&
        to.kind === "constraint" &&
        isSameReference(each.shape, to.shape) &&
        !mentionsAny(each.text, fates.copiedFrom),
    )
  );
}

interface Around {
  readonly change: TableChange;
  readonly fates: Fates;
  readonly free?: ReadonlySet<TableObject>;
}

function changeOf(
  from: TableObject | undefined,
  to: TableObject,
  { change, fates, free = new Set() }: Around,
): readonly ObjectChange[] {
  if (from === undefined) return [addedObject(to, change, fates, free)];
  const shaken = isShaken(from, change, fates) || isShaken(to, change, fates);
  if (sameKind(from, to) && from.text === to.text) {
    if (shaken) return [{ kind: "remade", from, to }];
    return from.name === to.name ? [] : [{ kind: "renamed", from, to }];
  }
  if (shaken || change.mode === "direct") return [{ kind: "remade", from, to }];
  return [{ kind: "replaced", from, to }];
}

/** Whether it cannot stand while a column or a key below it changes; the server builds plain indexes anew by itself. */
function isShaken(object: TableObject, { rekeyed }: TableChange, { retyped }: Fates): boolean {
  if (object.kind === "constraint" && object.shape.kind === "foreign")
    return rekeyed.has(object.shape.target ?? "") || mentionsAny(object.text, retyped);
  if (!mentionsAny(object.text, retyped)) return false;
  if (object.kind === "constraint") return object.shape.kind === "check";
  return /\bwhere\b|\(\(|\w\(/.test(object.text);
}

function addedObject(
  to: TableObject,
  change: TableChange,
  fates: Fates,
  free: ReadonlySet<TableObject>,
): ObjectChange {
  if (!mentionsAny(to.text, fates.copiedTo)) return { kind: "added", to, on: to, copied: false };
  const taken = [...free].some(({ name }) => name === to.name);
  const name = taken ? change.temporary(to.name, "next") : to.name;
  const copied = [...free].some((from) => implies(from, to, fates, change)) ? "known" : "new";
  return { kind: "added", to, on: onSecond(to, name, fates.second), copied };
}

/** Whether what keeps to the one keeps to the other, once its columns are exchanged. */
function implies(from: TableObject, to: TableObject, fates: Fates, change: TableChange): boolean {
  if (!sameKind(from, to)) return false;
  if (forwarded(from, fates) === to.text) return true;
  if (from.kind !== "constraint" || to.kind !== "constraint" || from.name !== to.name) return false;
  // Bounds of values of two types, or of a length, say nothing of each other.
  const sameTypes = only(change, "copied").every((column) => column.from.type === column.to.type);
  return sameTypes && isWider(from.shape.bounds, to.shape.bounds);
}

function onSecond(object: TableObject, name: string, second: Names): TableObject {
  if (object.kind === "index") {
    return indexObject({ ...object.shape, name, body: substituted(object.shape.body, second) });
  }
  const renames = { tables: new Map<string, string>(), columns: new Map<string, Names>() };
  return constraintObject(renamedConstraint({ ...object.shape, name }, second, renames));
}

function droppedObject(
  from: TableObject,
  after: readonly TableObject[],
  { change, fates }: Around,
): ObjectChange {
  if (
    change.mode === "direct" ||
    isShaken(from, change, fates) ||
    mentionsAny(from.text, fates.retyped)
  )
    return { kind: "dropped", from, until: "now" };
  if (mentionsAny(from.text, fates.copiedFrom)) {
    const carried = after.some((to) => sameKind(from, to) && to.text === forwarded(from, fates));
    // A rule that no longer holds would refuse what new code writes into both columns.
    return { kind: "dropped", from, until: carried || !isRule(from) ? "exchange" : "beside" };
  }
  if (from.kind === "constraint" && holdsKey(change.from, from.shape))
    return { kind: "dropped", from, until: isRekeyed(change) ? "now" : "column" };
  if (isRule(from))
    return { kind: "dropped", from, until: letsNullPass(from, change) ? "column" : "beside" };
  return {
    kind: "dropped",
    from,
    until: mentionsAny(from.text, fates.dropped) ? "column" : "contract",
  };
}

/** Whether the table's own key changes, which happens at once. */
export const isRekeyed = ({ to, rekeyed }: TableChange): boolean => rekeyed.has(to.name);

/**
 * Whether it refuses nothing that code of after writes, which leaves a dropped column out: then it stays with the column, and code of before
 * can go on relying on it.
 */
function letsNullPass(from: TableObject, change: TableChange): boolean {
  if (from.kind === "index") return false;
  const columns = new Set(only(change, "dropped").map((column) => column.from));
  const left = [...columns].filter(({ name }) => mentionsAny(from.text, [name]));
  if (left.length === 0) return false;
  if (from.shape.kind === "check") return from.shape.bounds !== undefined;
  const listed = left.filter(({ name }) => from.shape.columns?.includes(name) === true);
  return from.shape.kind === "unique" && listed.some(isEmptyUnlessGiven);
}

/** What it would say of the columns of after. */
function forwarded(from: TableObject, { forward }: Fates): string {
  if (from.kind === "index") return substituted(from.text, forward);
  const renames = { tables: new Map<string, string>(), columns: new Map<string, Names>() };
  return renamedConstraint(from.shape, forward, renames).definition;
}

/** Whether it refuses rows. */
const isRule = (object: TableObject): boolean =>
  object.kind === "constraint" || object.shape.unique;
