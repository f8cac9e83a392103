import { remark } from "../../families/sql/remark.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { only } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { rank } from "./rank.ts";
import { grant } from "./render.ts";
import type { TableShape } from "./shape.ts";
import { partName } from "./snapshot.ts";
import { alterTable, renameSequence } from "./statement.ts";

/** A table under another name. Code of before finds it under the old one through a view that writes through, with the reader's own rights. */
export function renameDrafts(change: TableChange, before: TableShape): readonly Draft[] {
  const table = change.to.name;
  if (change.was === table) return [];
  const viewed = change.mode === "split";
  return [
    draft({
      rank: rank.renameTable,
      stem: `${change.was}-rename-to-${table}`,
      title: `${change.was} is now called ${table}`,
      up: [
        alterTable(change.was, `rename to ${identifier(table)}`),
        ...sequences(change, before, "up"),
        ...parts(change).flatMap(([from, to]) => [
          remark("lint: allow rename-table because no code names a partition"),
          alterTable(from, `rename to ${identifier(to)}`),
        ]),
      ],
      down: [
        ...parts(change).map(([from, to]) => alterTable(to, `rename to ${identifier(from)}`)),
        ...sequences(change, before, "down"),
        alterTable(table, `rename to ${identifier(change.was)}`),
      ],
      risks: viewed ? ["locks"] : ["locks", "breaks-old-code"],
      touches: touched(change),
    }),
    ...(viewed ? viewDrafts(change, before) : []),
  ];
}

const touched = ({ was, part }: TableChange): readonly string[] => [
  ...new Set([partName(was), part]),
];

function viewDrafts(change: TableChange, before: TableShape): readonly Draft[] {
  const { create, drop } = viewStatements(change, before);
  const common = { touches: touched(change), risks: ["locks"] } as const;
  return [
    draft({
      ...common,
      rank: rank.view,
      stem: `${change.was}-view`,
      title: `${change.was}: a view for code of before`,
      up: create,
      down: [drop],
    }),
    draft({
      ...common,
      rank: rank.dropView,
      phase: "contract",
      stem: `${change.was}-drop-view`,
      title: `${change.was}: the view for code of before goes`,
      up: [drop],
      down: create,
    }),
  ];
}

function viewStatements(
  change: TableChange,
  before: TableShape,
): { readonly create: readonly string[]; readonly drop: string } {
  const [view, table] = [identifier(change.was), identifier(change.to.name)];
  const names = new Map(only(change, "kept").map(({ from, to }) => [from.name, to.name]));
  const columns = before.columns.map(({ name }) => {
    const now = names.get(name) ?? name;
    return now === name ? identifier(name) : `${identifier(now)} as ${identifier(name)}`;
  });
  const comment = `${change.to.name} under its former name, for code of before; it goes when none runs any more.`;
  return {
    create: [
      // The row's system column, too: an upsert of an aggregate asks for it.
      `create view ${view} with (security_invoker = true) as\n  select ${[...columns, "xmin"].join(", ")} from ${table};`,
      `comment on view ${view} is ${literal(comment)};`,
      ...before.grants.flatMap((each) => grant(change.was, { ...each, sequences: [] })),
    ],
    drop: `drop view ${view};`,
  };
}

/** Partitions that a migration made, by both of their names; those of periods keep the names that they have. */
const parts = ({ from, to }: TableChange): readonly (readonly [string, string])[] =>
  (from.partition?.parts ?? []).flatMap(({ name }, at) => {
    const next = to.partition?.parts[at]?.name;
    return next === undefined || next === name ? [] : [[name, next] as const];
  });

/** The sequence of an identity column is called after its table. */
function sequences(
  change: TableChange,
  before: TableShape,
  direction: "up" | "down",
): readonly string[] {
  return before.columns.flatMap(({ name: column, value }) => {
    if (value?.kind !== "identity") return [];
    const [from, to] = [change.was, change.to.name].map((table) => ({ table, column }));
    if (from === undefined || to === undefined) return [];
    return direction === "up" ? renameSequence(from, to) : renameSequence(to, from);
  });
}
