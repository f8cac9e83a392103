import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { only, substituted, type TableChange } from "./change.ts";
import { checkSuccessions, unionDrafts } from "./check-succession.ts";
import { indexDrafts } from "./indexes.ts";
import { onlineOf } from "./online.ts";
import { rank } from "./rank.ts";
import { copyNote, referenceDrafts } from "./references.ts";
import { refusal, rowName } from "./refusals.ts";
import { alone } from "./required.ts";
import { alterTable, constraintText } from "./render.ts";
import type { ConstraintShape } from "./shape.ts";
import { constraintIs, noConstraint } from "./verify.ts";

type Names = ReadonlyMap<string, string>;

/** Constraints and indexes that come, go, or take another name. @param all every table that changes */
export function objectDrafts(change: TableChange, all: readonly TableChange[]): readonly Draft[] {
  const columns = new Map(
    only(change, "kept").flatMap(({ from, to }) =>
      from.name === to.name ? [] : [[from.name, identifier(to.name)] as const],
    ),
  );
  const before = change.from.constraints.map((own) => ({ own, now: renamed(own, columns) }));
  const after = change.to.constraints;
  // The server renames no column that a check names: that one goes before, and comes again.
  const hinders = ({ own, now }: (typeof before)[number]): boolean =>
    own.kind === "check" && own.definition !== now.definition;
  const same = (each: (typeof before)[number], other: ConstraintShape): boolean =>
    each.now.name === other.name && each.now.definition === other.definition && !hinders(each);
  const dropped = before.filter((each) => !after.some((other) => same(each, other)));
  const added = after.filter((each) => !before.some((other) => same(other, each)));
  const isCheck = ({ kind }: ConstraintShape): boolean => kind === "check";
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
  return [
    ...keyDrafts(
      change,
      dropped.map(({ now }) => now),
      added,
    ),
    // Gone before a column takes its new name, and back after it has the old one again.
    ...dropped.flatMap((each): readonly Draft[] => {
      if (!isCheck(each.own)) return [];
      const draft = dropCheck(change, each.own);
      return [late(each) ? { ...draft, rank: rank.addObject + 1 } : draft];
    }),
    ...checks.flatMap((each) => unionDrafts(change, each)),
    ...added.filter(isCheck).map((each) => addCheck(change, each)),
    ...referenceDrafts(change, all),
    ...indexDrafts(change, columns),
  ];
}

const renamed = (constraint: ConstraintShape, columns: Names): ConstraintShape => ({
  ...constraint,
  definition: substituted(constraint.definition, columns),
});

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
function dropCheck(change: TableChange, constraint: ConstraintShape): Draft {
  const table = change.from.name;
  const { name } = constraint;
  return draft({
    ...alone,
    rank: rank.dropObject,
    stem: `${table}-drop-${name}`,
    title: `${table}: ${name} is no longer kept`,
    up: [alterTable(table, [`drop constraint ${identifier(name)}`], "instant")],
    down: [alterTable(table, [`add ${constraintText(constraint)}`], "copy")],
    verify: noConstraint(table, name),
    touches: [change.part],
  });
}

/** What old code may break comes when it runs no more, and after a look at the rows. */
function addCheck(change: TableChange, constraint: ConstraintShape): Draft {
  const { name, definition } = constraint;
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
