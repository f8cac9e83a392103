import { type Draft, draft } from "../../families/sql/draft.ts";
import { unfilledNote } from "../../families/sql/unfilled-note.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { refuseLostCheck } from "./hanging.ts";
import { onlineOf } from "./online.ts";
import { rank } from "./rank.ts";
import { refusal, rowName, unfitRefusal } from "./refusals.ts";
import { alterTable, columnText, type Online } from "./render.ts";
import type { ColumnShape } from "./shape.ts";
import { unrecorded } from "./unrecorded.ts";
import { growsInPlace } from "./types.ts";

/** No transaction holds DDL here: each statement commits by itself, whole or not at all (MY-21). */
export const alone = { transactional: false } as const;

export const slow = (online: Online): Draft["risks"] =>
  online === "instant" || online === "inplace" ? ["none"] : ["rewrites"];

const otherTools = "For a large table take gh-ost or pt-online-schema-change.";

const notes: Readonly<Partial<Record<Online, string>>> = {
  shared: `The server goes through the table: reads go on, writes wait. ${otherTools}`,
  copy: `The server copies the table: reads go on, writes wait. ${otherTools}`,
};

export const told = (online: Online): Pick<Draft, "note"> | undefined => noted(notes[online]);

/** What there is to say, in one note. */
export function noted(
  ...remarks: readonly (string | undefined)[]
): Pick<Draft, "note"> | undefined {
  const all = remarks.filter((remark) => remark !== undefined);
  return all.length === 0 ? undefined : { note: all.join(" ") };
}

/**
 * Makes a column required once every row has a value.
 *
 * @param was how it is until then
 * @param unfilled whether rows may be empty there, and nothing fills them
 */
export function requireDraft(
  change: TableChange,
  column: ColumnShape,
  was: ColumnShape,
  fill: string | undefined,
  unfilled = fill === undefined,
): Draft {
  const table = change.from.name;
  const retyped = was.type !== column.type && !growsInPlace(was.type, column.type);
  const online = retyped ? "copy" : onlineOf(change, "contract", "require", "inplace");
  const back = retyped ? "copy" : onlineOf(change, "contract", "relax", "inplace");
  const name = identifier(column.name);
  const rest =
    fill === undefined
      ? []
      : unrecorded(change, [
          `update ${identifier(table)} set ${name} = ${fill} where ${name} is null;`,
        ]);
  return draft({
    ...alone,
    ...noted(unfilled ? unfilledNote(change.part, column.name) : undefined, told(online)?.note),
    phase: "contract",
    rank: rank.require,
    stem: `${table}-require-${column.name}`,
    title: `${table}: column ${column.name} is required`,
    risks: [...slow(online).filter((risk) => risk !== "none"), "depends-on-data"],
    up: [
      ...refuseLostCheck(change, column.name),
      ...unfitRefusal(change, column.name, was.type, column.type),
      ...rest,
      ...refusal(
        `column ${column.name} of ${table} is empty in a row`,
        rowName(change),
        `${identifier(table)} where ${name} is null`,
      ),
      alterTable(table, [`modify column ${columnText(column)}`], online),
    ],
    down: [alterTable(table, [`modify column ${columnText({ ...was, nullable: true })}`], back)],
    verify: `select count(*) > 0 from information_schema.columns where table_schema = database() and table_name = ${literal(table)} and column_name = ${literal(column.name)} and is_nullable = 'NO'`,
    touches: [change.part],
  });
}

/** Of a column that goes. */
export const noWayBack =
  "Nothing can stand for its values: the column comes back empty, and is required again once each row has been given one.";

const stopsBack =
  "Nothing could stand for a value: taken back, it stops while a row has none; give each row one, and take it back again.";

/**
 * So that new code, which does not know the column, can insert.
 *
 * @param fill what rows of new code get when it is taken back; without one it stops at such rows
 */
export function relaxed(change: TableChange, column: ColumnShape, fill: string | undefined): Draft {
  const table = change.from.name;
  const online = onlineOf(change, "expand", "relax", "inplace");
  return draft({
    ...alone,
    ...noted(told(online)?.note, fill === undefined ? stopsBack : undefined),
    rank: rank.alterColumn,
    stem: `${table}-relax-${column.name}`,
    title: `${table}: column ${column.name} may be left out`,
    risks: slow(online),
    up: [
      ...refuseLostCheck(change, column.name),
      alterTable(table, [`modify column ${columnText({ ...column, nullable: true })}`], online),
    ],
    down: restored(change, column, fill, "expand"),
    touches: [change.part],
  });
}

/**
 * The column as it was, when every row has a value.
 *
 * @param fill what rows without one get
 * @param phase of the step that is taken back
 * @param fillsAll whether it has a value for each; one that is left without is a reason to stop
 */
export function restored(
  change: TableChange,
  column: ColumnShape,
  fill: string | undefined,
  phase: Draft["phase"],
  fillsAll = fill !== undefined,
): readonly string[] {
  const { from } = change;
  const [table, name] = [identifier(from.name), identifier(column.name)];
  return [
    ...(fill === undefined
      ? []
      : unrecorded(change, [`update ${table} set ${name} = ${fill} where ${name} is null;`])),
    ...(fillsAll
      ? []
      : refusal(
          `column ${column.name} of ${from.name} is empty in a row, and nothing could stand for its value: give each row one`,
          rowName(change),
          `${table} where ${name} is null`,
        )),
    alterTable(
      from.name,
      [`modify column ${columnText(column)}`],
      onlineOf(change, phase, "require", "inplace"),
    ),
  ];
}
