import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { alone } from "./required.ts";
import { alterTable, createTable, createTrigger, dropTable, tableComment } from "./render.ts";
import { needsTenantKey } from "../../families/sql/reference-succession.ts";
import type { ConstraintShape, TablePart, TableShape } from "./shape.ts";
import { partName, tablesOf } from "./snapshot.ts";
import { collationIs, noConstraint, tableIs, viewIs } from "./verify.ts";
import { referenceDraft, referenceOrder } from "./whole.ts";

/**
 * Tables that the spec does not have any more, those that refer to others first. References within a circle go before all, and those that hold
 * a tenant at once: the unique key that they lead to may go.
 */
export function droppedTables(parts: readonly TablePart[]): readonly Draft[] {
  const order = referenceOrder(parts).toReversed();
  const names = order.map(({ table }) => table.name);
  const released = order.flatMap(({ table }, at) =>
    table.constraints.flatMap((constraint): readonly Released[] => {
      const { target = "" } = constraint;
      if (names.includes(target))
        return names.indexOf(target) < at ? [{ table, constraint, phase: "contract" }] : [];
      return needsTenantKey(constraint) ? [{ table, constraint, phase: "expand" }] : [];
    }),
  );
  const kept = (table: TableShape): readonly ConstraintShape[] =>
    table.constraints.filter((own) => !released.some(({ constraint }) => constraint === own));
  return [
    ...released.map(releaseDraft),
    ...order.flatMap((part) =>
      tablesOf(part)
        .toReversed()
        .map((table) => dropDraft(part, table, kept(table))),
    ),
  ];
}

interface Released {
  readonly table: TableShape;
  readonly constraint: ConstraintShape;
  readonly phase: Draft["phase"];
}

function releaseDraft({ table, constraint, phase }: Released): Draft {
  const made = referenceDraft(table, constraint, "addReference");
  return {
    ...made,
    phase,
    rank: rank.dropReference,
    stem: `${table.name}-release-${constraint.name}`,
    title: `${table.name}: ${constraint.name} is no longer kept`,
    up: made.down,
    down: made.up,
    verify: noConstraint(table.name, constraint.name),
  };
}

/** Columns that are added to a table that was there before are compared as those of every other table; those that are there stay as they are. */
export function collationDrafts({ part, from, to }: TableChange): readonly Draft[] {
  if (from.collation === to.collation) return [];
  const set = ({ collation }: TableShape): string =>
    alterTable(from.name, [`collate = ${collation}`], "inplace");
  return [
    draft({
      ...alone,
      rank: rank.collation,
      stem: `${from.name}-collation`,
      title: `${from.name}: what is added from now on is compared under ${to.collation}`,
      up: [set(to)],
      down: [set(from)],
      verify: collationIs(from.name, to.collation),
      touches: [part],
    }),
  ];
}

function dropDraft(
  part: TablePart,
  table: TableShape,
  constraints: readonly ConstraintShape[],
): Draft {
  const triggers = table === part.table ? part.triggers : [];
  return draft({
    ...alone,
    phase: "contract",
    rank: rank.dropTable,
    stem: `drop-${table.name}`,
    title: `${table.name}: the table is dropped`,
    reversibility: "loses-data",
    risks: ["breaks-old-code"],
    up: [dropTable(table.name)],
    down: [createTable(table, constraints), ...triggers.map(createTrigger)],
    verify: tableIs(false, table.name),
    touches: [part.table.name],
    destroys: table.name,
  });
}

/**
 * A table takes its new name when no old code runs any more; until then a view of that name serves the new code. Both names change in one
 * statement, so nobody finds none.
 */
export function renameDrafts(change: TableChange): readonly Draft[] {
  const [from, to] = [change.from.name, change.to.name];
  if (from === to) return [];
  const aside = `${to}_view`;
  const touches = [...new Set([partName(from), change.part])];
  const common = { ...alone, touches } as const;
  const [before, after] = [identifier(from), identifier(to)];
  const view = `create or replace view ${after} as select * from ${before};`;
  if (change.mode === "direct")
    return [
      draft({
        ...common,
        phase: "contract",
        rank: rank.renameTable,
        stem: `rename-${from}`,
        title: `${from} becomes ${to}`,
        risks: ["breaks-old-code"],
        up: [`rename table ${before} to ${after};`],
        down: [`rename table ${after} to ${before};`],
        verify: tableIs(false, from),
      }),
    ];
  return [
    draft({
      ...common,
      rank: rank.view,
      stem: `view-${to}`,
      title: `${to}: a view serves the new code`,
      note: "Full text search and upserts go through it; it holds the columns that the table has now.",
      up: [view],
      down: [`drop view if exists ${after};`],
      verify: viewIs(to),
    }),
    draft({
      ...common,
      phase: "contract",
      rank: rank.renameTable - 1,
      stem: `restore-view-${to}`,
      title: `${to}: on the way back a view serves the new code again`,
      up: [],
      // A view that is renamed reads on from the name that it was made with: from itself.
      down: [`drop view if exists ${identifier(aside)};`, view],
    }),
    draft({
      ...common,
      phase: "contract",
      rank: rank.renameTable,
      stem: `rename-${from}`,
      title: `${from} becomes ${to}`,
      risks: ["breaks-old-code"],
      up: [`rename table ${after} to ${identifier(aside)}, ${before} to ${after};`],
      down: [`rename table ${after} to ${before};`],
      verify: tableIs(false, from),
    }),
    draft({
      ...common,
      phase: "contract",
      rank: rank.renameTable + 1,
      stem: `drop-view-${to}`,
      title: `${to}: the view is not needed any more`,
      up: [`drop view if exists ${identifier(aside)};`],
      down: [],
    }),
  ];
}

/** The words of a table. */
export function commentDrafts(change: TableChange): readonly Draft[] {
  const { from, to } = change;
  if (tableComment(from) === tableComment(to)) return [];
  return [
    draft({
      ...alone,
      phase: "contract",
      rank: rank.comment,
      stem: `${to.name}-comment`,
      title: `${to.name}: its comment`,
      up: [alterTable(to.name, [tableComment(to)], "inplace")],
      down: [alterTable(to.name, [tableComment(from)], "inplace")],
      touches: [change.part],
    }),
  ];
}
