import { identifier, literal, qualified } from "../sql/quote.ts";
import { batchDrafts } from "./batch.ts";
import { only, type TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { asOwner } from "./owner.ts";
import { rank } from "./rank.ts";
import { withoutFormerChildren } from "./recorded-former.ts";
import { updateOfRows } from "./recorded-rows.ts";
import { withoutNames } from "./recorded-update.ts";
import type { TablePart, TableShape } from "./shape.ts";
import { historyTrigger, triggerStatements } from "./sync.ts";

/** An audited root, whose history holds the rows that it owns. */
export interface RecordedRoot {
  readonly rows: TableChange;
  readonly history: TableChange;
  /** Names that earlier changes freed: what an earlier version of the tool recorded may still have them. */
  readonly freed: ReadonlySet<string>;
}

/** What becomes of recorded children whose tables go, and of what has the names of those that come. */
export function childTablesDrafts(
  { rows, history, freed }: RecordedRoot,
  { dropped, added }: Readonly<Record<"dropped" | "added", readonly TablePart[]>>,
): readonly Draft[] {
  const holds = (table: TableShape): boolean =>
    table.columns.some(({ name }) => name === "children");
  const gone = owned(dropped, rows.was);
  const reused = owned(added, rows.to.name).filter(({ name }) => freed.has(name));
  return [
    ...(holds(history.from)
      ? withoutFormerChildren(
          history,
          reused.map(({ name }) => name),
        )
      : []),
    ...(rows.mode === "split" && !rows.rekeyed.has(rows.to.name)
      ? gone.flatMap((child) => recordedOn(rows, history, child))
      : []),
    ...(holds(history.to) ? gone.flatMap(({ name }) => forgotten(history, name)) : []),
  ];
}

const owned = (parts: readonly TablePart[], owner: string): readonly TableShape[] =>
  parts.map(({ table }) => table).filter((table) => ownerReference(table, owner) !== undefined);

/** By which a table's rows are those of an owner. */
const ownerReference = (table: TableShape, owner: string) =>
  table.constraints.find(
    ({ kind, target, columns = [] }) =>
      kind === "foreign" && target === owner && columns.some((name) => isOwnerKey(table, name)),
  );

const isOwnerKey = ({ columns }: TableShape, name: string): boolean =>
  columns.some((column) => column.name === name && column.role === "ownerKey");

/** The root's own trigger knows the child no more once code of after may run; code of before writes and reads it until the contract. */
function recordedOn(rows: TableChange, history: TableChange, child: TableShape): readonly Draft[] {
  const trigger = historyTrigger(history, child.name, recordingText(rows, history, child));
  const common = { risks: ["locks"], touches: [history.part] } as const;
  return [
    draft({
      ...common,
      rank: rank.sync,
      stem: trigger.name,
      title: `${history.to.name}: rows of ${child.name} are recorded as long as code of before has them`,
      up: triggerStatements(trigger),
      down: trigger.drop,
    }),
    draft({
      ...common,
      rank: rank.swap,
      phase: "contract",
      stem: `${trigger.name}-no-more`,
      title: `${history.to.name}: rows of ${child.name} are recorded no more`,
      up: trigger.drop,
      down: triggerStatements(trigger),
    }),
  ];
}

/** Of a root that is gone, its children may be gone as well: it keeps those of its last change. */
function recordingText(rows: TableChange, history: TableChange, child: TableShape): string {
  const [table, own] = [literal(child.name), identifier(child.name)];
  const key = ownerKey(rows, child);
  const found = (alias: string, columns: readonly string[]): string =>
    key
      .map(
        ({ target }, at) =>
          `${qualified(alias, columns[at] ?? target)} = ${qualified("new", target)}`,
      )
      .join(" and ");
  const targets = key.map(({ target }) => target);
  const columns = key.map(({ column }) => column);
  return `if tg_op = 'INSERT' and not coalesce(new.children, '{}') ? ${table} then
  new.children := coalesce(new.children, '{}') || jsonb_build_object(${table}, case
    when exists (select from ${identifier(rows.to.name)} root where ${found("root", targets)}) then (
      select coalesce(jsonb_agg(to_jsonb(child)), '[]') from ${own} child where ${found("child", columns)}
    )
    else coalesce((
      select past.children -> ${table} from ${identifier(history.to.name)} past
      where ${found("past", targets)} order by past.revision desc limit 1
    ), '[]')
  end);
end if;`;
}

interface OwnerColumn {
  readonly column: string;
  /** Of the root's key, as it is called now. */
  readonly target: string;
}

function ownerKey(rows: TableChange, child: TableShape): readonly OwnerColumn[] {
  const { columns = [], targetColumns = [] } = ownerReference(child, rows.was) ?? {};
  const names = new Map(only(rows, "kept").map(({ from, to }) => [from.name, to.name]));
  return columns.flatMap((column, at) => {
    const target = targetColumns[at] ?? column;
    return isOwnerKey(child, column) ? [{ column, target: names.get(target) ?? target }] : [];
  });
}

/** What was recorded of a child goes with its table: a table of that name that comes later has none of it. */
function forgotten(history: TableChange, child: string): readonly Draft[] {
  const update = { column: "children", ...withoutNames([child]) };
  const told = {
    stem: `${history.to.name}-children-without-${child}`,
    title: `${history.to.name}: what was recorded of ${child} goes with it`,
    reversibility: "loses-data",
    destroys: `${history.to.name}.children`,
  } as const;
  if (history.mode === "direct")
    return [
      draft({
        ...told,
        rank: rank.fill,
        up: asOwner(history, "from", [updateOfRows(history, update)]),
        down: [],
        risks: ["rewrites"],
        touches: [history.part],
      }),
    ];
  return batchDrafts(history, update, "contract").map((each) =>
    each.batch === undefined ? each : { ...each, ...told, rank: rank.settle },
  );
}
