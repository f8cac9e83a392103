import { identifier, identifiers } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { isForced, unrecordedOn } from "./owner.ts";
import { rank } from "./rank.ts";
import { switchSecurity } from "./render.ts";

/** What a backfill does to each row. */
export interface Backfill {
  readonly column: string;
  /** Expression over the table's columns. */
  readonly value: string;
  /** Rows that still need it. */
  readonly where: string;
  /** Whether few rows or none need it: the others are looked at in one go, and only these are walked. */
  readonly seldom?: boolean;
}

const size = 1_000;
const pauseMs = 20;

/** Fills a column of the rows that are there, some at a time in the order of the key; each batch is a transaction of its own. */
export function batchDrafts(
  change: TableChange,
  fill: Backfill,
  phase: "backfill" | "contract" = "backfill",
): readonly Draft[] {
  return [...ownerAccess(change, phase), { ...batchDraft(change, fill), phase }];
}

/** The batches alone, where no policy keeps the owner from rows or the way past it is opened elsewhere. */
export function batchDraft(change: TableChange, fill: Backfill): Draft {
  const table = change.to.name;
  return draft({
    rank: rank.batch,
    stem: `${table}-fill-${fill.column}`,
    title: `${table}: column ${fill.column} is filled in batches of ${size}`,
    up: [batchText(change, keyOf(change), fill)],
    down: [],
    transactional: false,
    batch: {
      keys: keyOf(change).length,
      size,
      pauseMs,
      estimate: `select count(*) from ${identifier(table)} where ${fill.where}`,
    },
    touches: [change.part],
  });
}

interface KeyColumn {
  readonly name: string;
  readonly type: string;
}

/** What the rows are walked by: the key, or their place for a table without one. */
function keyOf({ to }: TableChange): readonly KeyColumn[] {
  const key = to.constraints.find(({ kind }) => kind === "primary")?.columns ?? [];
  const typed = key.flatMap((name) => to.columns.filter((column) => column.name === name));
  return typed.length === 0 ? [{ name: "ctid", type: "tid" }] : typed;
}

function batchText(
  { to, recorded }: TableChange,
  key: readonly KeyColumn[],
  fill: Backfill,
): string {
  const name = identifier(to.name);
  const own = identifiers(key.map((each) => each.name));
  const last = key.map(({ type }, at) => `$${at + 1}::text::${type}`).join(", ");
  const beyond = `$1::text is null or (${own}) > (${last})`;
  // Under other names than the table's, so that an expression means the table's columns.
  const picked = key.map((each, at) => `${identifier(each.name)} as batch_key_${at + 1}`);
  const same = key.map((each, at) => `${name}.${identifier(each.name)} = batch_key_${at + 1}`);
  const keys = key.map((_, at) => `batch_key_${at + 1}::text`).join(", ");
  const latest = key.map((_, at) => `batch_key_${at + 1} desc`).join(", ");
  return `with picked as (
  select ${picked.join(", ")} from ${name}
  where ${fill.seldom === true ? `(${beyond}) and ${fill.where}` : beyond}
  order by ${own}
  limit $${key.length + 1}::bigint
), filled as (
  update ${name} set ${identifier(fill.column)} = ${fill.value}
  from picked
  where ${same.join(" and ")} and ${fill.where}
  returning 1
)${recorded ? `, unrecorded as materialized (\n  ${unrecordedOn}\n)` : ""}
select (select count(*) from picked) as done, ${keys}
from picked${recorded ? ", unrecorded" : ""} order by ${latest} limit 1;`;
}

/** Lets the owner past the forced policies while batches run, and binds it again after them. */
function ownerAccess(change: TableChange, phase: Draft["phase"]): readonly Draft[] {
  if (!isForced(change, phase === "contract" ? "to" : "meanwhile")) return [];
  const table = change.to.name;
  const common = { phase, risks: ["locks"], touches: [change.part] } as const;
  const [open, close] = [switchSecurity(table, "no force"), switchSecurity(table, "force")];
  return [
    draft({
      ...common,
      rank: rank.role,
      stem: `${table}-open-to-owner`,
      title: `${table}: its owner sees every row while they are filled`,
      up: [open],
      down: [close],
    }),
    draft({
      ...common,
      rank: rank.closeAccess,
      stem: `${table}-close-to-owner`,
      title: `${table}: its owner is bound by the policies again`,
      up: [close],
      down: [open],
    }),
  ];
}
