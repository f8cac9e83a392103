import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { only, substituted, type TableChange } from "./change.ts";
import { checkSuccessions, unionDrafts } from "./check-succession.ts";
import { indexDrafts } from "./indexes.ts";
import { onlineOf } from "./online.ts";
import { rank } from "./rank.ts";
import { refusal, rowName } from "./refusals.ts";
import { alone } from "./required.ts";
import { fitted } from "../../../ir/names.ts";
import { isStricter } from "../../families/sql/reference-succession.ts";
import { otherwiseDeleting, type Succession, successions } from "./reference-change.ts";
import { alterTable, constraintText, type Online } from "./render.ts";
import type { ConstraintShape } from "./shape.ts";
import { constraintIs, noConstraint } from "./verify.ts";
import { referenceDraft } from "./whole.ts";

type Names = ReadonlyMap<string, string>;

/** Constraints and indexes that come, go, or take another name. @param tables new names of tables by the old ones */
export function objectDrafts(change: TableChange, tables: Names): readonly Draft[] {
  const columns = new Map(
    only(change, "kept").flatMap(({ from, to }) =>
      from.name === to.name ? [] : [[from.name, identifier(to.name)] as const],
    ),
  );
  const before = change.from.constraints.map((own) => ({
    own,
    now: renamed(own, columns, tables),
  }));
  const after = change.to.constraints;
  // The server renames no column that a check names: that one goes before, and comes again.
  const hinders = ({ own, now }: (typeof before)[number]): boolean =>
    own.kind === "check" && own.definition !== now.definition;
  const same = (each: (typeof before)[number], other: ConstraintShape): boolean =>
    each.now.name === other.name && each.now.definition === other.definition && !hinders(each);
  const dropped = before.filter((each) => !after.some((other) => same(each, other)));
  const added = after.filter((each) => !before.some((other) => same(other, each)));
  const isKey = ({ kind }: ConstraintShape): boolean => kind === "primary";
  const heirs = change.mode === "split" ? successions(dropped, added) : [];
  const exchanges = otherwiseDeleting(dropped, added);
  const checks =
    change.mode === "split"
      ? checkSuccessions(
          change,
          dropped.map(({ own }) => own),
          added,
        )
      : [];
  // It stands until the one of both does, unless a column that it names takes its name on the spot.
  const late = (each: (typeof before)[number]): boolean =>
    checks.some(({ from }) => from === each.own) && !hinders(each);
  const isHeir = (own: ConstraintShape): boolean =>
    [...heirs, ...exchanges].some(({ from, to }) => from === own || to === own);
  return [
    ...keyDrafts(
      change,
      dropped.map(({ now }) => now),
      added,
    ),
    // Gone before a column takes its new name, and back after it has the old one again.
    ...dropped.flatMap((each): readonly Draft[] => {
      if (isKey(each.own) || isHeir(each.own)) return [];
      const draft = dropConstraint(change, each.own);
      return [late(each) ? { ...draft, rank: rank.addObject + 1 } : draft];
    }),
    ...checks.flatMap((each) => unionDrafts(change, each)),
    ...added
      .filter((each) => !isKey(each) && !isHeir(each))
      .map((each) => addConstraint(change, each)),
    ...heirs.flatMap((each) => succeededReference(change, each)),
    ...exchanges.flatMap((each) => exchangedReference(change, each)),
    ...indexDrafts(change, columns),
  ];
}

const renamed = (constraint: ConstraintShape, columns: Names, tables: Names): ConstraintShape => {
  const target = constraint.target === undefined ? undefined : tables.get(constraint.target);
  const names = new Map(columns);
  if (constraint.target !== undefined && target !== undefined)
    names.set(constraint.target, identifier(target));
  return { ...constraint, definition: substituted(constraint.definition, names) };
};

function keyDrafts(
  change: TableChange,
  dropped: readonly ConstraintShape[],
  added: readonly ConstraintShape[],
): readonly Draft[] {
  const [from, to] = [dropped, added].map((each) => each.find(({ kind }) => kind === "primary"));
  const table = change.from.name;
  if (from === undefined && to === undefined) return [];
  // A column that comes into the key has to be required first; one that leaves it is dropped after.
  const gains = only(change, "added").some((column) => to?.columns?.includes(column.to.name));
  const exchange = (gone: typeof from, made: typeof to): readonly string[] => [
    alterTable(
      table,
      [
        ...(gone === undefined ? [] : ["drop primary key"]),
        ...(made === undefined ? [] : [`add ${made.definition}`]),
      ],
      gone !== undefined && made === undefined
        ? "copy"
        : onlineOf(change, "contract", "key", "inplace"),
    ),
  ];
  return [
    draft({
      ...alone,
      phase: "contract",
      rank: gains ? rank.require + 1 : rank.exchangeKey,
      stem: `${table}-key`,
      title: `${table}: another key`,
      risks: ["rewrites", "breaks-old-code", "depends-on-data"],
      up: exchange(from, to),
      down: exchange(to, from),
      touches: [change.part],
    }),
  ];
}

/** What a table no longer keeps hinders nobody: that goes first. */
function dropConstraint(change: TableChange, constraint: ConstraintShape): Draft {
  const table = change.from.name;
  const isReference = constraint.kind === "foreign";
  const [what, online]: [string, Online] = isReference
    ? ["foreign key", "inplace"]
    : ["constraint", "instant"];
  const back = alterTable(table, [`add ${constraintText(constraint)}`], "copy");
  return draft({
    ...alone,
    rank: isReference ? rank.dropReference : rank.dropObject,
    stem: `${table}-drop-${constraint.name}`,
    title: `${table}: ${constraint.name} is no longer kept`,
    up: [alterTable(table, [`drop ${what} ${identifier(constraint.name)}`], online)],
    down: [back],
    verify: noConstraint(table, constraint.name),
    touches: [change.part],
  });
}

const copyNote =
  "The server copies the table and looks at every row: reads go on, writes wait. Before, it is asked whether a row does not fit.";

/** What old code may break comes when it runs no more, and after a look at the rows. */
function addConstraint(change: TableChange, constraint: ConstraintShape): Draft {
  const { name, kind, definition } = constraint;
  if (kind === "foreign") return addReference(change, constraint, "to nothing");
  const table = change.from.name;
  const condition = definition.replace(/^check \(([\s\S]*)\)$/, "$1");
  return draft({
    ...alone,
    phase: "contract",
    note: copyNote,
    rank: rank.addObject,
    stem: `${table}-add-${name}`,
    title: `${table}: ${name} is kept`,
    risks: ["rewrites", "depends-on-data"],
    up: [
      ...refusal(
        `a row of ${table} does not keep ${name}`,
        rowName(change),
        `${identifier(table)} where not (${condition})`,
      ),
      alterTable(table, [`add ${constraintText(constraint)}`], "copy"),
    ],
    down: [alterTable(table, [`drop constraint ${identifier(name)}`], "instant")],
    verify: constraintIs(table, constraint),
    touches: [change.part],
  });
}

/** The one of before goes when the other stands: there is no moment without either. Old code may break one that holds the tenant. */
function succeededReference(change: TableChange, succession: Succession): readonly Draft[] {
  const { from, to } = succession;
  const table = change.to.name;
  const stricter = isStricter(from, to);
  const phase = stricter ? "contract" : "expand";
  const lead = stricter ? "to a row of another tenant" : "to nothing";
  return [
    { ...addReference(change, to, lead), phase },
    {
      ...dropConstraint({ ...change, from: { ...change.from, name: table } }, from),
      phase,
      rank: rank.releaseReference,
    },
  ];
}

/**
 * Another `onDelete`: one statement exchanges the key for one of another name, and a second one gives it its own again, since no statement
 * drops a name and adds it (1826 on MySQL, 121 on MariaDB). There is no moment without a key.
 */
function exchangedReference(change: TableChange, { from, to }: Succession): readonly Draft[] {
  const table = change.to.name;
  const meanwhile = { ...to, name: fitted(`${to.name}_next`) };
  const text = (gone: ConstraintShape, made: ConstraintShape): string =>
    alterTable(
      table,
      [`drop foreign key ${identifier(gone.name)}`, `add ${constraintText(made)}`],
      "copy",
    );
  const exchange = (gone: ConstraintShape, made: ConstraintShape, at: number): Draft =>
    draft({
      ...alone,
      phase: "contract",
      note: copyNote,
      rank: at,
      stem: `${table}-exchange-${made.name}`,
      title: `${table}: reference ${to.name} is exchanged for one that deletes otherwise`,
      risks: ["rewrites", "depends-on-data"],
      up: [...orphans(change, made, "to nothing"), text(gone, made)],
      down: [text(made, gone)],
      verify: constraintIs(table, made),
      touches: [change.part],
    });
  return [
    exchange(from, meanwhile, rank.addReference),
    exchange(meanwhile, to, rank.releaseReference),
  ];
}

function addReference(change: TableChange, constraint: ConstraintShape, lead: string): Draft {
  // References come when every table has its new name.
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
