import type { ColumnChange, TableChange } from "./change.ts";
import { identifier } from "../sql/quote.ts";
import { conversion, isWidening, mayNarrow } from "./convert.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { placeholder } from "./fill.ts";
import { lossOf } from "./loss.ts";
import { rank } from "./rank.ts";
import { valueClause } from "./render.ts";
import type { ColumnShape } from "./shape.ts";
import { alterColumn } from "./statement.ts";

/** A column that changes its type where it stands: in the catalogue alone where that is enough, else by writing every row again. */
export function retypedColumn(
  change: TableChange,
  column: Extract<ColumnChange, { readonly kind: "kept" }>,
): readonly Draft[] {
  const { from, to, converted, given } = column;
  const table = change.to.name;
  const widening = given === undefined && isWidening(from.type, to.type);
  const narrows = mayNarrow(from.type, to.type);
  return [
    draft({
      rank: rank.alterColumn,
      stem: `${table}-type-of-${to.name}`,
      title: `${table}: column ${to.name} becomes ${to.type}`,
      up: typeActions(table, to.name, from, to, widening ? undefined : converted),
      down: typeActions(
        table,
        to.name,
        to,
        from,
        isWidening(to.type, from.type) ? undefined : backwards(change, from, to),
      ),
      ...lossOf(`${change.part}.${to.name}`, column),
      risks: [
        widening ? "locks" : "rewrites",
        ...(narrows ? (["depends-on-data"] as const) : []),
        ...(widening ? [] : (["breaks-old-code"] as const)),
      ],
      ...(change.mode === "split" &&
        !widening && {
          note: "A key, or what refers to one, cannot have two types: deploy the new code at once.",
        }),
      touches: [change.part],
    }),
  ];
}

/** The old type's value for what the column holds, or one that stands for it. */
function backwards(change: TableChange, from: ColumnShape, to: ColumnShape): string {
  const known = conversion(to.type, from.type, identifier(to.name));
  if (known !== undefined) return known;
  const none = from.nullable ? "null" : (placeholder(from, change.from) ?? "null");
  return `${none}::${from.type}`;
}

/** The default is of the old type, so it goes before and comes back after. */
function typeActions(
  table: string,
  column: string,
  from: ColumnShape,
  to: ColumnShape,
  converted: string | undefined,
): readonly string[] {
  const using = converted === undefined ? "" : ` using ${converted}`;
  const [before, after] = [from.value, to.value];
  return [
    ...(before?.kind === "default" ? [alterColumn(table, column, "drop default")] : []),
    ...(before?.kind === "identity" && after?.kind !== "identity"
      ? [alterColumn(table, column, "drop identity")]
      : []),
    alterColumn(table, column, `type ${to.type}${using}`),
    ...(after?.kind === "default" ? [alterColumn(table, column, `set ${valueClause(after)}`)] : []),
    ...(after?.kind === "identity" && before?.kind !== "identity"
      ? [alterColumn(table, column, `add ${valueClause(after)}`)]
      : []),
  ];
}
