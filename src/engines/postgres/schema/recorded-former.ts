import { batchDraft } from "./batch.ts";
import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import {
  type InHistory,
  newNames,
  type RecordedRows,
  updateOf,
  updateOfRows,
} from "./recorded-rows.ts";
import { type RecordedUpdate, withoutNames } from "./recorded-update.ts";

/**
 * What was recorded under a name that the change uses anew is no value of it. It goes before anything can be recorded under that name, and
 * so once: what either code records from then on stays.
 */
export function withoutFormer(recorded: RecordedRows): readonly Draft[] {
  const { rows, freed } = recorded;
  const gone = newNames(rows).filter((name) => freed.has(name));
  const moves = recorded.column === "children" && rows.was !== rows.to.name;
  const drop = moves && freed.has(rows.to.name) ? [rows.to.name] : [];
  const update = updateOf(recorded, { read: [rows.was], write: [rows.was], drop }, { gone });
  return update === undefined ? [] : [formerDraft(recorded, update, [...gone, ...drop])];
}

/** The same of children whose tables come. @param names of these tables */
export const withoutFormerChildren = (
  history: TableChange,
  names: readonly string[],
): readonly Draft[] =>
  names.length === 0
    ? []
    : [formerDraft({ history, column: "children" }, withoutNames(names), names)];

function formerDraft(
  { history: later, column }: InHistory,
  update: RecordedUpdate,
  names: readonly string[],
): Draft {
  const history = underFormerName(later);
  const fill = { column, ...update, seldom: true };
  const common = {
    rank: rank.dropFormer,
    stem: `${later.to.name}-${column}-of-before`,
    title: `${later.to.name}: what was recorded as ${names.join(", ")} before is none of what has that name from now on`,
  };
  return history.mode === "split"
    ? { ...batchDraft(history, fill), ...common }
    : draft({
        ...common,
        up: asOwner(history, "from", [updateOfRows(history, fill)]),
        down: [],
        risks: ["rewrites"],
        touches: [history.part],
      });
}

const underFormerName = (history: TableChange): TableChange => ({
  ...history,
  to: { ...history.to, name: history.was },
});
