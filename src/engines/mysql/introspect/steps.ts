import { type Draft, draft, ordered } from "../../families/sql/draft.ts";
import type { Step } from "../../../migrate/step.ts";
import { refuses } from "../schema/refusals.ts";
import { alone } from "../schema/required.ts";
import { constraintIs, tableIs, triggerIs } from "../schema/verify.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { MysqlCatalogue, MysqlObject, MysqlTable } from "./catalogue.ts";

/** What the ledger of an adopted store says of itself: there the baseline is never taken back. */
export const adoptedMark =
  "Adopted: what was there before its first migration is never taken back.";

/** Marks the store that was adopted; a fresh one, which the baseline made, has no such mark. */
export const markAdopted = (ledger: string): string =>
  `alter table ${identifier(ledger)} comment = ${literal(adoptedMark)}`;

const rank = { sequence: 0, table: 1, reference: 2, object: 3, trigger: 4 } as const;

/**
 * Makes the same on a fresh store, a statement a step: each is there whole or not at all (MY-21). The last one's way back, which comes
 * first, refuses to on the store that was adopted.
 *
 * @param ledger table that bears the mark
 */
export function baselineSteps(
  { tables, objects }: MysqlCatalogue,
  ledger: string,
): readonly Step[] {
  const steps = ordered([
    ...tables.map(tableStep),
    ...tables.flatMap(referenceSteps),
    ...objects.filter(({ definition }) => definition !== "").map(objectStep),
    ...tables.flatMap(triggerSteps),
  ]);
  const last = steps.at(-1);
  return last === undefined
    ? []
    : [...steps.slice(0, -1), { ...last, down: `${guard(ledger)}\n${last.down}` }];
}

const guard = (ledger: string): string =>
  [
    `${refuses}this store was adopted: what was there before its first migration is not taken back`,
    `select table_name from information_schema.tables where table_schema = database() and table_name = ${literal(ledger)} and table_comment = ${literal(adoptedMark)};`,
  ].join("\n");

const tableStep = ({ name, definition }: MysqlTable): Draft =>
  draft({
    ...alone,
    rank: rank.table,
    stem: `baseline-${name}`,
    title: `${name}: the table`,
    up: [`${definition};`],
    down: [`drop table ${identifier(name)};`],
    verify: tableIs(true, name),
    touches: [],
    removes: name,
  });

const referenceSteps = ({ name, foreignKeys }: MysqlTable): readonly Draft[] =>
  Object.entries(foreignKeys).map(([constraint, definition]) =>
    draft({
      ...alone,
      rank: rank.reference,
      stem: `baseline-${name}-${constraint}`,
      title: `${name}: reference ${constraint}`,
      up: [`alter table ${identifier(name)} add ${definition};`],
      down: [`alter table ${identifier(name)} drop foreign key ${identifier(constraint)};`],
      verify: constraintIs(name, { name: constraint, kind: "foreign" }),
      touches: [],
    }),
  );

const objectStep = ({ kind, name, definition }: MysqlObject): Draft =>
  draft({
    ...alone,
    rank: kind === "sequence" ? rank.sequence : rank.object,
    stem: `baseline-${kind}-${name}`,
    title: `${kind} ${name}`,
    up: [delimited(definition)],
    down: [`drop ${kind} ${identifier(name)};`],
    verify: objectIs(kind, name),
    touches: [],
  });

const triggerSteps = ({ name: table, triggers }: MysqlTable): readonly Draft[] =>
  triggers.map(({ name, definition }) =>
    draft({
      ...alone,
      rank: rank.trigger,
      stem: `baseline-trigger-${name}`,
      title: `trigger ${name}`,
      up: [delimited(definition)],
      down: [`drop trigger ${identifier(name)};`],
      verify: triggerIs(table, name),
      touches: [],
    }),
  );

/** A body of several statements ends where the mysql client is told that it does. */
const delimited = (text: string): string =>
  text.includes(";") ? `delimiter $$\n${text}\n$$\ndelimiter ;` : `${text};`;

const kept: Readonly<Record<MysqlObject["kind"], readonly [string, string, string]>> = {
  view: ["views", "table_schema", "table_name"],
  sequence: ["tables", "table_schema", "table_name"],
  procedure: ["routines", "routine_schema", "routine_name"],
  function: ["routines", "routine_schema", "routine_name"],
  event: ["events", "event_schema", "event_name"],
};

const objectIs = (kind: MysqlObject["kind"], name: string): string => {
  const [table, schema, column] = kept[kind];
  return `select count(*) > 0 from information_schema.${table} where ${schema} = database() and ${column} = ${literal(name)}`;
};
