import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier, literal } from "../sql/quote.ts";
import { askText } from "./ask-text.ts";
import { isForced } from "./owner.ts";
import { rank } from "./rank.ts";
import type { RecordedRows } from "./recorded-rows.ts";
import { switchSecurity } from "./render.ts";
import { elements, type UnreadRecords, unreadRecords } from "./unread-records.ts";

/** Names at the beginning of a phase. */
interface Names {
  readonly history: string;
  readonly table: string;
  readonly property: string;
}

/** A value that a mend gives recorded rows. */
interface Given {
  readonly name: string;
  readonly type: string;
}

interface Question {
  readonly names: Names;
  readonly where: string;
  /** History whose own policies would keep its owner from what it recorded. */
  readonly past: readonly string[];
}

/**
 * What a history recorded with a value that code of after does not read, which would fail whole histories: asked before that code runs, and
 * once more when no code of before writes it any more.
 */
export const recordedDrafts = (recorded: RecordedRows): readonly Draft[] =>
  unreadRecords(recorded.rows).flatMap((unread) => {
    const asked = (phase: "expand" | "contract"): Draft => askDraft(recorded, unread, phase);
    if (recorded.rows.mode === "direct") return isMadeLater(unread) ? [] : [asked("expand")];
    return isMadeLater(unread) ? [asked("contract")] : [asked("expand"), asked("contract")];
  });

/** What an expression of the user makes of it is there once the batches have run. */
const isMadeLater = ({ column }: UnreadRecords): boolean => column.given !== undefined;

function askDraft(
  recorded: RecordedRows,
  unread: UnreadRecords,
  phase: "expand" | "contract",
): Draft {
  const { history, column } = recorded;
  const names = namesAt(recorded, unread, phase);
  const where =
    column === "content"
      ? unread.inRow("content", names.property)
      : unread.inChildren(names.table, names.property);
  const past = isForced(history, phase === "expand" ? "from" : "to") ? [names.history] : [];
  const reason = `${names.history} recorded ${unread.what} as ${names.property} of ${names.table}, which code of after does not read`;
  const mend = mendOf(recorded, unread, phase, { names, where, past });
  return draft({
    phase,
    rank: rank.ask,
    stem: `${names.history}-ask-${column}-${names.table}-${unread.column.to.name}`,
    title: `${names.history}: stops where ${reason}`,
    up: [
      askText({
        table: names.history,
        key: ["revision"],
        shown: [column],
        where,
        reason,
        past,
        mend,
      }),
    ],
    down: [],
    risks: ["depends-on-data"],
    // The policies are switched, and that committed, so that nobody waits for the question.
    ...(past.length > 0 && { transactional: false }),
    touches: [history.part],
  });
}

function namesAt(
  { rows, history }: RecordedRows,
  { column, madeFrom }: UnreadRecords,
  phase: "expand" | "contract",
): Names {
  if (phase === "expand")
    return { history: history.was, table: rows.was, property: column.from.name };
  const beside = column.kind === "copied" && !madeFrom ? column.name : column.to.name;
  const property = column.kind === "copied" && madeFrom ? column.from.name : beside;
  return { history: history.to.name, table: rows.to.name, property };
}

/** A statement that gives recorded rows a value that stays, and what else would do. */
function mendOf(
  { column }: RecordedRows,
  unread: UnreadRecords,
  phase: "expand" | "contract",
  { names, where, past }: Question,
): string {
  const { table, property } = names;
  const given = givenBy(unread, phase, property);
  const value =
    column === "content"
      ? `content || ${given}`
      : `jsonb_set(children, array[${literal(table)}], (select jsonb_agg(case when ${unread.inRow("recorded", property)} then recorded || ${given} else recorded end) from ${elements(table)}))`;
  const update = `update ${identifier(names.history)} set ${column} = ${value} where ${where}`;
  const bound = (how: "no force" | "force"): string => switchSecurity(names.history, how);
  const statement =
    past.length === 0 ? update : `begin; ${bound("no force")} ${update}; ${bound("force")} commit`;
  return `whoever owns ${names.history} gives those rows a value that stays, in place of '...': ${statement}; or ${unread.kept} in the spec`;
}

/** A value under its name, and where a second column was made from that one, under its name, too. */
function givenBy(
  { column, madeFrom }: UnreadRecords,
  phase: "expand" | "contract",
  property: string,
): string {
  const { from, to, given } = column;
  const own: Given = { name: property, type: given === undefined ? from.type : to.type };
  const all =
    phase === "contract" && madeFrom && column.kind === "copied"
      ? [own, { name: column.name, type: to.type }]
      : [own];
  const pairs = all.map(({ name, type }) => `${literal(name)}, '...'::${type}`);
  return `jsonb_build_object(${pairs.join(", ")})`;
}
