import { type Draft, draft } from "../../families/sql/draft.ts";
import type { Dialect } from "../dialect.ts";
import { identifier } from "../sql/quote.ts";
import { rank } from "./rank.ts";
import { createTrigger, dropTrigger } from "./render.ts";
import { alone } from "./required.ts";
import type { TablePart, TriggerShape } from "./shape.ts";
import { triggerIs } from "./verify.ts";

/** When triggers that record otherwise take the place of those of before. */
export type Exchange =
  /** While the table is locked, once every new column is there: no change goes unrecorded. */
  | "at-once"
  /** The ones go before columns take their names on the spot, the others come after. */
  | "around-columns"
  /** The same, where tables take their names. */
  | "after-tables";

interface Pair {
  readonly from: TablePart;
  readonly to: TablePart;
}

/** The triggers of a table that differ before and after. */
export function triggerDrafts(
  { from, to }: Pair,
  exchange: Exchange,
  dialect: Dialect,
): readonly Draft[] {
  const same = (a: TriggerShape, b: TriggerShape): boolean =>
    a.name === b.name && a.definition === b.definition;
  const gone = from.triggers.filter((each) => !to.triggers.some((other) => same(each, other)));
  const come = to.triggers.filter((each) => !from.triggers.some((other) => same(each, other)));
  const namesake = ({ name }: TriggerShape): TriggerShape | undefined =>
    exchange === "at-once" ? gone.find((each) => each.name === name) : undefined;
  const exchanged = come.flatMap((made) => {
    const was = namesake(made);
    return was === undefined ? [] : [{ was, made }];
  });
  const touches = [to.table.name];
  const phase = exchange === "after-tables" ? "contract" : "expand";
  const unrecorded = come.length > exchanged.length && gone.length > exchanged.length;
  return [
    ...exchanged.map(({ was, made }) =>
      draft({
        ...alone,
        rank: rank.createTrigger,
        stem: `exchange-${made.name}`,
        title: `${made.table}: trigger ${made.name} records what it has now`,
        risks: ["locks"],
        up: replaced(made, dialect),
        down: replaced(was, dialect),
        touches,
      }),
    ),
    ...gone
      .filter((each) => !exchanged.some(({ was }) => was === each))
      .map((each) =>
        draft({
          ...alone,
          phase,
          rank: rank.dropTrigger,
          stem: `drop-${each.name}`,
          title: `${each.table}: trigger ${each.name} is dropped${unrecorded ? "; changes are not recorded until its successor is made" : ""}`,
          ...(unrecorded && {
            risks: ["breaks-old-code"] as const,
            note: "Stop the writers for this migration, or their changes are missing in the history: names that a trigger uses change on the spot.",
          }),
          up: [dropTrigger(each.name)],
          down: [createTrigger(each)],
          verify: triggerIs(false, each.name),
          touches,
        }),
      ),
    ...come
      .filter((each) => !exchanged.some(({ made }) => made === each))
      .map((each) =>
        draft({
          ...alone,
          phase,
          rank: exchange === "after-tables" ? rank.recreateTrigger : rank.createTrigger,
          stem: `create-${each.name}`,
          title: `${each.table}: trigger ${each.name} records its changes`,
          up: [createTrigger(each)],
          down: [dropTrigger(each.name)],
          verify: triggerIs(true, each.name),
          touches,
        }),
      ),
  ];
}

/** Both have one name. Where the server cannot replace it, writers wait between its end and its successor. */
const replaced = (trigger: TriggerShape, { replacesTriggers }: Dialect): readonly string[] =>
  replacesTriggers
    ? [createTrigger(trigger).replace(/^create /, "create or replace ")]
    : [
        lock,
        `lock tables ${identifier(trigger.table)} write;`,
        together,
        dropTrigger(trigger.name),
        together,
        createTrigger(trigger),
        lock,
        together,
        "unlock tables;",
      ];

const allowed = (rule: string, reason: string): string =>
  `-- lint: allow ${rule} because ${reason}`;
const lock = allowed("explicit-lock", "no change may go unrecorded between two triggers");
const together = allowed("several-statements-in-step", "it can run again as a whole");
