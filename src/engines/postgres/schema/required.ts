import { identifier } from "../sql/quote.ts";
import { isHeld, type TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { batchDrafts } from "./batch.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { addConstraint, columnLine, commentOnColumn } from "./render.ts";
import type { ColumnShape, ConstraintShape } from "./shape.ts";
import {
  alterColumn,
  alterTable,
  dropColumn,
  isValidated,
  updateRows,
  validate,
} from "./statement.ts";
import { dropConstraint } from "./render.ts";
import { unfilledNote } from "../../families/sql/unfilled-note.ts";
import { fillTrigger, type SyncTrigger, triggerStatements } from "./sync.ts";

/** A new column whose rows get a value that is no default. */
export function filledColumn(
  change: TableChange,
  to: ColumnShape,
  value: string,
): readonly Draft[] {
  const table = change.to.name;
  const open = { ...to, nullable: true };
  const add = [alterTable(table, `add column ${columnLine(open)}`), commentOnColumn(table, to)];
  const atOnce = change.mode === "direct" || isHeld(change.to, to, "primary");
  if (!atOnce) {
    const added = draft({
      rank: rank.addColumn,
      stem: `${table}-add-${to.name}`,
      title: `${table}: column ${to.name} is added, empty as yet`,
      up: add,
      down: [dropColumn(table, to.name)],
      removes: `${change.part}.${to.name}`,
      touches: [change.part],
    });
    return [
      added,
      ...(to.nullable ? filledOnce(change, to, value) : requiredLater(change, to.name, value)),
    ];
  }
  return [
    draft({
      rank: rank.addColumn,
      stem: `${table}-add-${to.name}`,
      title: `${table}: column ${to.name} is added and filled`,
      up: [
        ...add,
        ...asOwner(change, "from", [updateRows(table, to.name, value)]),
        ...(to.nullable ? [] : [alterColumn(table, to.name, "set not null")]),
      ],
      down: [dropColumn(table, to.name)],
      removes: `${change.part}.${to.name}`,
      risks: ["rewrites", ...(to.nullable ? [] : (["breaks-old-code"] as const))],
      touches: [change.part],
    }),
  ];
}

const filledOnce = (change: TableChange, to: ColumnShape, value: string): readonly Draft[] =>
  batchDrafts(change, { column: to.name, value, where: isEmpty(to.name) });

const isEmpty = (column: string): string => `${identifier(column)} is null`;

/**
 * A column that has to have a value once no code of before runs: a trigger fills what that code leaves empty, batches fill the rows that
 * are there, and the constraint is checked before it is made to hold, so that nobody waits for a scan.
 *
 * @param value expression over the table's columns; without one the rows have to fit
 */
export function requiredLater(
  change: TableChange,
  column: string,
  value: string | undefined,
): readonly Draft[] {
  const table = change.to.name;
  const trigger = value === undefined ? undefined : fillTrigger(change, column, value);
  return [
    ...(trigger === undefined || value === undefined
      ? []
      : [
          triggerDraft(change, trigger, `${table}: what leaves ${column} empty is filled`),
          ...batchDrafts(change, { column, value, where: isEmpty(column) }),
          // The trigger sees nothing of a root that came with its child in one statement.
          ...(/\bselect\b/i.test(value)
            ? batchDrafts(change, { column, value, where: isEmpty(column) }, "contract")
            : []),
        ]),
    ...checkedNotNull(change, column, "contract", value === undefined ? column : undefined),
    draft({
      rank: rank.swap,
      phase: "contract",
      stem: `${table}-require-${column}`,
      title: `${table}: column ${column} is required`,
      up: [...(trigger === undefined ? [] : trigger.drop), ...requireStatements(change, column)],
      down: [
        ...optionalStatements(change, column),
        ...(trigger === undefined ? [] : triggerStatements(trigger)),
      ],
      risks: ["locks"],
      touches: [change.part],
    }),
  ];
}

export const triggerDraft = (change: TableChange, trigger: SyncTrigger, title: string): Draft =>
  draft({
    rank: rank.sync,
    stem: trigger.name,
    title,
    up: triggerStatements(trigger),
    down: trigger.drop,
    risks: ["locks"],
    touches: [change.part],
  });

const helper = (change: TableChange, column: string): ConstraintShape => ({
  name: change.temporary(`${change.to.name}_${column}`, "required"),
  kind: "check",
  definition: `check (${identifier(column)} is not null)`,
});

/**
 * The check that lets `set not null` do without a scan, made and validated while others read and write.
 *
 * @param unfilled what `--set` calls it, where rows may be empty there and no step before fills them
 */
export function checkedNotNull(
  change: TableChange,
  column: string,
  phase: Draft["phase"] = "contract",
  unfilled?: string,
): readonly Draft[] {
  const table = change.to.name;
  const check = helper(change, column);
  const common = { phase, touches: [change.part] } as const;
  return [
    draft({
      ...common,
      rank: rank.addObject,
      stem: `${table}-check-${column}`,
      title: `${table}: column ${column} takes no empty value any more`,
      up: [addConstraint(table, { ...check, definition: `${check.definition} not valid` })],
      down: [dropConstraint(table, check.name)],
      risks: ["locks"],
    }),
    draft({
      ...common,
      rank: rank.validate,
      stem: `${table}-validate-${column}`,
      title: `${table}: every row has a value in ${column}`,
      up: [validate(table, check.name)],
      down: [],
      risks: ["depends-on-data"],
      ...(unfilled !== undefined && { note: unfilledNote(change.part, unfilled) }),
      transactional: false,
      verify: isValidated(table, check.name),
    }),
  ];
}

/** Takes the checked constraint over into the column. */
export const requireStatements = (change: TableChange, column: string): readonly string[] => [
  alterColumn(change.to.name, column, "set not null"),
  dropConstraint(change.to.name, helper(change, column).name),
];

export const optionalStatements = (change: TableChange, column: string): readonly string[] => [
  addConstraint(change.to.name, helper(change, column)),
  alterColumn(change.to.name, column, "drop not null"),
];
