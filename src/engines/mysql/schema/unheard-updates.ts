import type { EntityIr } from "../../../ir/types.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { literal } from "../sql/quote.ts";
import { rank } from "./rank.ts";
import { refusal } from "./refusals.ts";
import { alone } from "./required.ts";

/** An entity that gets a history. */
export interface NewlyRecorded {
  readonly entity: EntityIr;
  readonly part: string;
  /** Its table, and those of its children that were there, as they are called before the change. */
  readonly table: string;
  readonly children: readonly string[];
}

/**
 * Foreign keys that change rows of an entity when the key they lead to changes: the server fires no trigger for it (MY-18), so that its history
 * would miss the change. None of the data layer does; one that was there before may. What a child gets with its owner's key is no such: the
 * root's own trigger records it.
 */
export function unheardUpdates({ entity, part, table, children }: NewlyRecorded): Draft {
  const ofChildren = children.map(
    (child) =>
      ` or (table_name = ${literal(child)} and referenced_table_name <> ${literal(table)})`,
  );
  return draft({
    ...alone,
    rank: rank.askRows,
    stem: `${table}-ask-on-update`,
    title: `${table}: stops where a foreign key changes its rows on update, which its history would miss`,
    risks: ["depends-on-data"],
    up: refusal(
      `${entity.name} is to be audited, and its history would miss what a foreign key changes on update, since the server fires no trigger for it: put one without on update in its place, or let ${entity.name} be without audit: in the spec`,
      "concat(table_name, '.', constraint_name)",
      `information_schema.referential_constraints where constraint_schema = database() and update_rule not in ('RESTRICT', 'NO ACTION') and (table_name = ${literal(table)}${ofChildren.join("")})`,
    ),
    down: [],
    touches: [part],
  });
}
