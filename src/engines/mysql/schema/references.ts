import { fitted } from "../../../ir/names.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { isStricter } from "../../families/sql/reference-succession.ts";
import { identifier } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { exchanges, type Succession, successions } from "./reference-change.ts";
import { namedReference, untilRenamed } from "./reference-names.ts";
import { refusal, rowName } from "./refusals.ts";
import { alterTable, constraintText } from "./render.ts";
import { alone } from "./required.ts";
import type { ConstraintShape } from "./shape.ts";
import { constraintIs, noConstraint } from "./verify.ts";
import { referenceDraft } from "./whole.ts";

/**
 * References that come, go, or give way to another. One that has a successor stands until that does, while tables have their names of
 * before: code of before and of after is refused what it would break, at every moment.
 *
 * @param all every table that changes
 */
export function referenceDrafts(
  change: TableChange,
  all: readonly TableChange[],
): readonly Draft[] {
  const before = referencesOf(change.from.constraints).map((own) =>
    namedReference(change, own, all),
  );
  const after = referencesOf(change.to.constraints);
  const same = (one: ConstraintShape, other: ConstraintShape): boolean =>
    one.name === other.name && one.definition === other.definition;
  const gone = before.filter((each) => !after.some((other) => same(each.after, other)));
  const come = after.filter((each) => !before.some((other) => same(other.after, each)));
  const exchanged = exchanges(gone, come);
  const heirs = change.mode === "split" ? successions(gone, come) : [];
  const succeeded = [...exchanged, ...heirs];
  const standing = { ...change, to: { ...change.to, name: change.from.name } };
  const until = ({ from, to }: Succession): Succession => ({ from, to: untilRenamed(to, all) });
  return [
    ...gone
      .filter((each) => !succeeded.some(({ from }) => from === each))
      .map((each) => dropReference(standing, each.before)),
    ...come
      .filter((each) => !succeeded.some(({ to }) => to === each))
      .map((each) => addReference(change, each, "to nothing")),
    ...heirs.map(until).flatMap((each) => succeededReference(standing, each)),
    ...exchanged.map(until).flatMap((each) => exchangedReference(standing, each)),
  ];
}

const referencesOf = (constraints: readonly ConstraintShape[]): readonly ConstraintShape[] =>
  constraints.filter(({ kind }) => kind === "foreign");

/** What a table no longer keeps hinders nobody: that goes first, before a column takes its new name, and is back after it has the old one. */
function dropReference(change: TableChange, reference: ConstraintShape): Draft {
  const { name } = reference;
  const table = change.to.name;
  return draft({
    ...alone,
    rank: rank.dropReference,
    stem: `${table}-drop-${name}`,
    title: `${table}: ${name} is no longer kept`,
    up: [alterTable(table, [`drop foreign key ${identifier(name)}`], "inplace")],
    down: [alterTable(table, [`add ${constraintText(reference)}`], "copy")],
    verify: noConstraint(table, name),
    touches: [change.part],
  });
}

/** The one of before goes when the other stands: there is no moment without either. Old code may break one that holds the tenant. */
function succeededReference(change: TableChange, { from, to }: Succession): readonly Draft[] {
  const stricter = isStricter(from.after, to);
  const phase = stricter ? "contract" : "expand";
  const lead = stricter ? "to a row of another tenant" : "to nothing";
  return [
    { ...addReference(change, to, lead), phase, rank: rank.succeedReference },
    { ...dropReference(change, from.meanwhile), phase, rank: rank.releaseReference },
  ];
}

/**
 * One statement exchanges the key for its successor: there is no moment without a key. Where that has the same name, the first one gives way
 * to one of another name, and a second statement gives that its own, since none drops a name and adds it (1826 on MySQL, 121 on MariaDB).
 */
function exchangedReference(change: TableChange, { from, to }: Succession): readonly Draft[] {
  const { meanwhile } = from;
  const isOnlyNamed = meanwhile.onDelete === to.onDelete;
  const title = isOnlyNamed
    ? `reference ${meanwhile.name} becomes ${to.name}`
    : `reference ${to.name} is exchanged for one that deletes otherwise`;
  if (meanwhile.name !== to.name) return [exchange(change, meanwhile, to, title)];
  const next = { ...to, name: fitted(`${to.name}_next`) };
  return [exchange(change, meanwhile, next, title), exchange(change, next, to, title)];
}

function exchange(
  change: TableChange,
  gone: ConstraintShape,
  made: ConstraintShape,
  title: string,
): Draft {
  const table = change.to.name;
  const text = (from: ConstraintShape, to: ConstraintShape): string =>
    alterTable(
      table,
      [`drop foreign key ${identifier(from.name)}`, `add ${constraintText(to)}`],
      "copy",
    );
  return draft({
    ...alone,
    phase: "contract",
    note: copyNote,
    rank: rank.exchangeReference,
    stem: `${table}-exchange-${made.name}`,
    title: `${table}: ${title}`,
    risks: ["rewrites", "depends-on-data"],
    up: [...orphans(change, made, "to nothing"), text(gone, made)],
    down: [text(made, gone)],
    verify: constraintIs(table, made),
    touches: [change.part],
  });
}

/** On a table that has its new name, as all have then. */
function addReference(change: TableChange, constraint: ConstraintShape, lead: string): Draft {
  const reference = referenceDraft(change.to, constraint, "addReference");
  return {
    ...reference,
    ...alone,
    phase: "contract",
    note: copyNote,
    risks: ["rewrites", "depends-on-data"],
    up: [...orphans(change, constraint, lead), ...reference.up],
    touches: [change.part],
  };
}

export const copyNote =
  "The server copies the table and looks at every row: reads go on, writes wait. Before, it is asked whether a row does not fit.";

function orphans(
  change: TableChange,
  { name, columns = [], target = "", targetColumns = [] }: ConstraintShape,
  lead: string,
): readonly string[] {
  const same = columns.map(
    (column, at) => `held.${identifier(targetColumns[at] ?? column)} = own.${identifier(column)}`,
  );
  const given = columns.map((column) => `own.${identifier(column)} is not null`);
  const table = change.to.name;
  return refusal(
    `a row of ${table} refers ${lead} (${name})`,
    rowName(change, "own."),
    `${identifier(table)} own where ${given.join(" and ")} and not exists (select 1 from ${identifier(target)} held where ${same.join(" and ")})`,
  );
}
