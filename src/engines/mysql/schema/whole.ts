import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { alone } from "./required.ts";
import {
  alterTable,
  constraintText,
  createTable,
  createTrigger,
  dropTable,
  dropTrigger,
} from "./render.ts";
import { identifier } from "../sql/quote.ts";
import type { ConstraintShape, StorePart, TablePart, TableShape, TriggerShape } from "./shape.ts";
import { tablesOf } from "./snapshot.ts";
import { constraintIs, tableIs, triggerIs } from "./verify.ts";

/**
 * Tables that are not there yet, with their histories and triggers.
 *
 * @param there tables that they may refer to at once
 * @param late when those can be referred to that are not
 */
export function tableDrafts(
  parts: readonly TablePart[],
  there: readonly string[],
  late: "createTable" | "addReference" = "createTable",
): readonly Draft[] {
  const made = new Set(there);
  const ordered = referenceOrder(parts);
  const tables = ordered.flatMap((part) => {
    const later: Draft[] = [];
    const drafts = tablesOf(part).map((table) => {
      const known = (constraint: ConstraintShape): boolean =>
        constraint.target === undefined ||
        constraint.target === table.name ||
        made.has(constraint.target);
      later.push(
        ...table.constraints
          .filter((each) => !known(each))
          .map((each) => referenceDraft(table, each, late)),
      );
      made.add(table.name);
      return createDraft(table, part, table.constraints.filter(known));
    });
    return [{ drafts, later }];
  });
  return [
    ...tables.flatMap(({ drafts }) => drafts),
    // Where references form a circle.
    ...tables.flatMap(({ later }) => later),
    ...ordered.flatMap((part) => part.triggers.map((trigger) => triggerDraft(trigger, part))),
  ];
}

export const operationDraft = ({ operation }: StorePart): Draft =>
  draft({
    ...alone,
    rank: rank.createTable,
    stem: "create-operation",
    title: "operation ids are kept",
    up: [createTable(operation)],
    down: [dropTable(operation.name)],
    verify: tableIs(true, operation.name),
    touches: ["store"],
    removes: operation.name,
  });

function createDraft(
  table: TableShape,
  { table: own }: TablePart,
  constraints: readonly ConstraintShape[],
): Draft {
  return draft({
    ...alone,
    rank: rank.createTable,
    stem: `create-${table.name}`,
    title: `${table.name}: the table is made`,
    up: [createTable(table, constraints)],
    down: [dropTable(table.name)],
    verify: tableIs(true, table.name),
    touches: [own.name],
    removes: table.name,
  });
}

/** A foreign key over rows that are there. */
export const referenceDraft = (
  table: TableShape,
  constraint: ConstraintShape,
  at: "createTable" | "addReference",
): Draft =>
  draft({
    ...alone,
    rank: at === "createTable" ? rank.createTable + 1 : rank.addReference,
    stem: `${table.name}-add-${constraint.name}`,
    title: `${table.name}: reference ${constraint.name} is enforced`,
    up: [alterTable(table.name, [`add ${constraintText(constraint)}`], "copy")],
    down: [alterTable(table.name, [`drop foreign key ${identifier(constraint.name)}`], "inplace")],
    verify: constraintIs(table.name, constraint),
    touches: [table.name],
  });

export const triggerDraft = (trigger: TriggerShape, part: TablePart): Draft =>
  draft({
    ...alone,
    rank: rank.createTrigger,
    stem: `create-${trigger.name}`,
    title: `${trigger.table}: trigger ${trigger.name} records its changes`,
    up: [createTrigger(trigger)],
    down: [dropTrigger(trigger.name)],
    verify: triggerIs(trigger.table, trigger.name),
    touches: [part.table.name],
  });

/** Tables in an order in which each refers to earlier ones only, as far as there is one. */
export function referenceOrder(parts: readonly TablePart[]): readonly TablePart[] {
  const byName = new Map(parts.map((part) => [part.table.name, part]));
  const ordered = new Set<TablePart>();
  const seen = new Set<TablePart>();
  const visit = (part: TablePart): void => {
    if (seen.has(part)) return;
    seen.add(part);
    for (const { target = "" } of part.table.constraints) {
      const next = byName.get(target);
      if (next !== undefined) visit(next);
    }
    ordered.add(part);
  };
  for (const part of parts) visit(part);
  return [...ordered];
}
