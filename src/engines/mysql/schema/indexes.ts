import { type Draft, draft } from "../../families/sql/draft.ts";
import { topLevel } from "../../../../templates/runtime/bracketed-text.ts";
import { identifier } from "../sql/quote.ts";
import { mentions, only, substituted, type TableChange } from "./change.ts";
import { heldType } from "./copied.ts";
import { rank } from "./rank.ts";
import { holdsKey } from "./reference-change.ts";
import { refusal, rowName } from "./refusals.ts";
import { alterTable, indexText, type Online } from "./render.ts";
import { alone, told } from "./required.ts";
import type { IndexShape } from "./shape.ts";
import { indexIs, isComputed, noIndex } from "./verify.ts";

type Names = ReadonlyMap<string, string>;

/** Indexes that come, go, or take another name. @param columns new names, quoted, of those that are renamed on the spot */
export function indexDrafts(change: TableChange, columns: Names): readonly Draft[] {
  const before = change.from.indexes.map((own) => ({
    own,
    now: { ...own, body: substituted(own.body, columns) },
    hinders: hinders(change, own),
  }));
  const after = change.to.indexes;
  type Before = (typeof before)[number];
  const stays = ({ now, hinders }: Before, other: IndexShape): boolean =>
    !hinders && now.name === other.name && text(now) === text(other);
  const gone = before.filter((each) => !after.some((other) => stays(each, other)));
  const come = after.filter((each) => !before.some((other) => stays(other, each)));
  const done = new Set<Before>();
  const drafts = come.flatMap((to): readonly Draft[] => {
    const free = gone.filter((each) => !done.has(each));
    const namesake = free.find(({ now }) => now.name === to.name);
    const was = namesake ?? free.find(({ now, hinders }) => !hinders && text(now) === text(to));
    if (was === undefined) return [addIndex(change, to)];
    done.add(was);
    if (namesake === undefined) return [renameIndex(change, was.now, to)];
    return isApart(change, was, to)
      ? [dropIndex(change, was.own), { ...addIndex(change, to), phase: again(change, was.own, to) }]
      : [exchangeIndex(change, was.now, to)];
  });
  return [
    ...drafts,
    ...gone
      .filter((each) => !done.has(each))
      .map(({ own, now }) => {
        const drop = dropIndex(change, change.mode === "direct" || isComputed(own) ? own : now);
        return come.some((to) => isWidened(change, own, now, to))
          ? { ...drop, rank: rank.releaseIndex }
          : drop;
      }),
  ];
}

/** Whether it can stay until a unique one stands that compares all that it compares: there is no moment without either. */
const isWidened = (
  change: TableChange,
  own: IndexShape,
  now: IndexShape,
  to: IndexShape,
): boolean =>
  change.mode === "split" &&
  [now, to].every((each) => each.kind === "unique" && !isComputed(each)) &&
  now.columns.every((column) => to.columns.includes(column)) &&
  ![...only(change, "copied"), ...only(change, "dropped")].some(({ from }) =>
    holds(own, from.name),
  );

const text = ({ kind, body }: IndexShape): string => `${kind} ${body}`;

/** Whether a column of it stands in it. */
const holds = (index: IndexShape, column: string): boolean =>
  index.columns.includes(column) || (isComputed(index) && mentions(index.body, column));

/**
 * Whether the server takes a column of it away, or lets nobody take or rename one, as with a column that an expression mentions (3837): it
 * goes before, and comes again.
 */
const hinders = (change: TableChange, index: IndexShape): boolean =>
  only(change, "copied").some(
    ({ from, to }) => (isComputed(index) || from.name === to.name) && holds(index, from.name),
  ) || hindersRename(change, index);

const hindersRename = (change: TableChange, index: IndexShape): boolean =>
  isComputed(index) &&
  only(change, "kept").some(({ from, to }) => from.name !== to.name && holds(index, from.name));

/**
 * Whether the one goes before the other comes: where its columns ask for it; and with an expression, since the server takes no other change
 * beside such a one but in a copy of the table. A plain one is missed by readers only; a unique one is exchanged in that copy.
 */
function isApart(
  change: TableChange,
  { own, hinders }: { readonly own: IndexShape; readonly hinders: boolean },
  to: IndexShape,
): boolean {
  if (hinders) return true;
  if (!isComputed(own) && !isComputed(to)) return false;
  return !isThere(change, to) || (own.kind !== "unique" && to.kind !== "unique");
}

/** When one comes again: with its column, if that takes its name last of all, else where it went. */
function again(change: TableChange, from: IndexShape, to: IndexShape): Draft["phase"] {
  const last = only(change, "copied").some(
    (each) => each.name !== each.to.name && holds(to, each.to.name),
  );
  return last ? "contract" : phaseOfDrop(change, from);
}

/** What a store that stands still has no need of goes at once, and so does what lets no column take its name on the spot. */
const phaseOfDrop = (change: TableChange, index: IndexShape): Draft["phase"] =>
  change.mode === "direct" || hindersRename(change, index) ? "expand" : "contract";

/**
 * An index is built while readers and writers go on; the first full text index of a table, and a column for an expression, let writers wait.
 * Such a column is copied in where the index is unique, or another one's stands behind it: they lie in the order of their names (MY-21).
 */
function built(change: TableChange, index: IndexShape): Online {
  if (!isComputed(index)) return index.kind === "fulltext" ? "shared" : "inplace";
  const isLast = othersOf(change, index).every(({ name }) => isBefore(name, index.name));
  return isLast ? computed(index, "shared") : "copy";
}

/** What else over an expression may be there by then. */
const othersOf = ({ from, to }: TableChange, { name }: IndexShape): readonly IndexShape[] =>
  [...from.indexes, ...to.indexes].filter((each) => isComputed(each) && each.name !== name);

export const isBefore = (name: string, other: string): boolean =>
  name.toLowerCase() < other.toLowerCase();

const computed = ({ kind }: IndexShape, plain: Online): Online =>
  kind === "unique" ? "copy" : plain;

const dropped = (index: IndexShape): Online =>
  isComputed(index) ? computed(index, "inplace") : "inplace";

const dropText = (table: string, index: IndexShape): string =>
  alterTable(table, [`drop key ${identifier(index.name)}`], dropped(index));

const risksOf: Readonly<Record<Online, Draft["risks"]>> = {
  instant: [],
  inplace: [],
  shared: ["scans"],
  copy: ["rewrites"],
};

function addIndex(change: TableChange, index: IndexShape): Draft {
  const table = change.from.name;
  const free = holdsKey(change.to, index);
  const risks: Draft["risks"] = [
    ...risksOf[built(change, index)],
    ...(index.kind === "unique" && !free ? (["depends-on-data"] as const) : []),
  ];
  return draft({
    ...alone,
    ...told(built(change, index)),
    phase: phaseOfIndex(change, index, free),
    rank: rank.addIndex,
    stem: `${table}-add-${index.name}`,
    title: `${table}: index ${index.name} is built`,
    risks: risks.length === 0 ? ["none"] : risks,
    up: [
      ...(index.kind === "unique" ? duplicates(change, index) : []),
      alterTable(table, [`add ${indexText(index)}`], built(change, index)),
    ],
    down: [dropText(table, index)],
    verify: indexIs(table, index),
    touches: [change.part],
  });
}

/** One that new tables refer to comes before them; code of before may break one that refuses a row. */
function phaseOfIndex(change: TableChange, index: IndexShape, free: boolean): Draft["phase"] {
  if (free) return "expand";
  return index.kind === "unique" || isWider(change, index) ? "contract" : "backfill";
}

/** Whether one of its columns is of a wider type as yet, which an index may not hold. */
const isWider = (change: TableChange, index: IndexShape): boolean =>
  only(change, "copied").some(
    (copied) => heldType(copied) !== copied.to.type && holds(index, copied.to.name),
  );

function duplicates(change: TableChange, index: IndexShape): readonly string[] {
  const terms = isComputed(index) ? termsOf(index) : index.columns.map(identifier);
  const table = change.from.name;
  const given = terms.map((term) => `${term} is not null`).join(" and ");
  return refusal(
    `${table} holds (${isComputed(index) ? terms.join(", ") : index.columns.join(", ")}) twice, which ${index.name} forbids`,
    `min(${rowName(change)})`,
    `${identifier(table)} where ${given} group by ${terms.join(", ")} having count(*) > 1`,
  );
}

/** `(a(191), (lower(b)) desc)` → `a`, `(lower(b))` */
const termsOf = ({ body }: IndexShape): readonly string[] =>
  topLevel(body.slice(1, -1)).map((term) =>
    term
      .trim()
      .replace(/ (?:asc|desc)$/i, "")
      .replace(/^([^(].*)\(\d+\)$/, "$1"),
  );

function renameIndex(change: TableChange, from: IndexShape, to: IndexShape): Draft {
  const table = change.from.name;
  const others = othersOf(change, from).filter(({ name }) => name !== to.name);
  const online = isComputed(to) && (others.length > 0 || to.kind === "unique") ? "copy" : "inplace";
  const text = (a: string, b: string): string =>
    alterTable(table, [`rename key ${identifier(a)} to ${identifier(b)}`], online);
  return draft({
    ...alone,
    ...told(online),
    phase: "contract",
    rank: rank.addIndex,
    stem: `${table}-rename-${from.name}`,
    title: `${table}: index ${from.name} becomes ${to.name}`,
    risks: online === "copy" ? ["rewrites"] : ["none"],
    up: [text(from.name, to.name)],
    down: [text(to.name, from.name)],
    verify: noIndex(table, from.name),
    touches: [change.part],
  });
}

/** Both have one name: the one goes as the other comes. */
function exchangeIndex(change: TableChange, from: IndexShape, to: IndexShape): Draft {
  const table = change.from.name;
  const online = (made: IndexShape): Online =>
    [from, to].some(isComputed) ? "copy" : built(change, made);
  const text = (gone: IndexShape, made: IndexShape): string =>
    alterTable(
      table,
      [`drop key ${identifier(gone.name)}`, `add ${indexText(made)}`],
      online(made),
    );
  const unique = to.kind === "unique";
  const risks: Draft["risks"] = [
    ...(online(to) === "copy" ? (["rewrites"] as const) : []),
    ...(unique ? (["depends-on-data"] as const) : []),
  ];
  return draft({
    ...alone,
    ...told(online(to)),
    phase: change.mode === "direct" ? "expand" : "contract",
    rank: isThere(change, to) ? rank.dropIndex : rank.addIndex,
    stem: `${table}-exchange-${to.name}`,
    title: `${table}: index ${to.name} is built otherwise`,
    risks: risks.length === 0 ? ["none"] : risks,
    up: [...(unique ? duplicates(change, to) : []), text(from, to)],
    down: [text(to, from)],
    touches: [change.part],
  });
}

/** Whether its columns have their names already when the first ones go. */
const isThere = (change: TableChange, index: IndexShape): boolean =>
  !only(change, "copied").some(
    ({ to, name }) => (name !== to.name || change.mode === "direct") && holds(index, to.name),
  ) &&
  (change.mode === "split" || !only(change, "added").some(({ to }) => holds(index, to.name)));

function dropIndex(change: TableChange, index: IndexShape): Draft {
  const table = change.from.name;
  return draft({
    ...alone,
    ...told(dropped(index)),
    // In a store that stands still it goes before what it is about.
    phase: phaseOfDrop(change, index),
    rank: rank.dropIndex,
    stem: `${table}-drop-${index.name}`,
    title: `${table}: index ${index.name} is dropped`,
    up: [dropText(table, index)],
    down: [alterTable(table, [`add ${indexText(index)}`], built(change, index))],
    verify: noIndex(table, index.name),
    touches: [change.part],
  });
}
