import { type Draft, draft } from "../../families/sql/draft.ts";
import { checkName, fitted } from "../ddl/naming.ts";
import { identifier } from "../sql/quote.ts";
import { mentions, only, substituted, type TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { refusal, rowName } from "./refusals.ts";
import { alterTable, constraintText } from "./render.ts";
import { alone } from "./required.ts";
import type { ConstraintShape } from "./shape.ts";
import { constraintIs, noConstraint } from "./verify.ts";

/** A check that takes the place of one of before. */
export interface CheckSuccession {
  readonly from: ConstraintShape;
  readonly to: ConstraintShape;
}

/** Checks of one name, or over one column that has another name now. */
export const checkSuccessions = (
  change: TableChange,
  dropped: readonly ConstraintShape[],
  added: readonly ConstraintShape[],
): readonly CheckSuccession[] => {
  const names = new Map(
    [...only(change, "copied"), ...only(change, "kept")].map((each) => [
      checkName(change.from.name, each.from.name),
      checkName(change.to.name, each.to.name),
    ]),
  );
  return dropped.flatMap((from) => {
    const to = added.find(({ name }) => name === from.name || name === names.get(from.name));
    return from.kind === "check" && to?.kind === "check" ? [{ from, to }] : [];
  });
};

/** While code of before and of after writes, what neither may write is refused: by a check of its own, which either of both passes. */
export function unionDrafts(change: TableChange, { from, to }: CheckSuccession): readonly Draft[] {
  const table = change.from.name;
  const either = `${now(change, from)} or ${meanwhile(change, to)}`;
  const union: ConstraintShape = {
    kind: "check",
    name: fitted(`${from.name}_either`),
    definition: `check (${either})`,
  };
  const add = alterTable(table, [`add ${constraintText(union)}`], "copy");
  const drop = alterTable(table, [`drop constraint ${identifier(union.name)}`], "instant");
  const common = { ...alone, touches: [change.part] } as const;
  return [
    draft({
      ...common,
      rank: rank.addObject,
      stem: `${table}-add-${union.name}`,
      title: `${table}: until the contract a row keeps ${from.name} of before or of after`,
      note: "The server copies the table and looks at every row: reads go on, writes wait. Before, it is asked whether a row does not fit.",
      risks: ["rewrites", "depends-on-data"],
      up: [
        ...refusal(
          `a row of ${table} keeps ${from.name} neither of before nor of after`,
          rowName(change),
          `${identifier(table)} where not (${either})`,
        ),
        add,
      ],
      down: [drop],
      verify: constraintIs(table, union),
    }),
    draft({
      ...common,
      phase: "contract",
      rank: isOfGoing(change, union) ? rank.dropObject : rank.addObject + 1,
      stem: `${table}-drop-${union.name}`,
      title: `${table}: ${union.name} is no longer kept`,
      up: [drop],
      down: [add],
      verify: noConstraint(table, union.name),
    }),
  ];
}

const condition = ({ definition }: ConstraintShape): string =>
  definition.replace(/^check \(([\s\S]*)\)$/, "($1)");

/** By the names that columns have taken on the spot. */
const now = (change: TableChange, check: ConstraintShape): string =>
  substituted(
    condition(check),
    new Map(only(change, "kept").map(({ from, to }) => [from.name, identifier(to.name)])),
  );

/** By the names of the columns that stand beside those of before. */
const meanwhile = (change: TableChange, check: ConstraintShape): string =>
  substituted(
    condition(check),
    new Map(only(change, "copied").map(({ to, name }) => [to.name, identifier(name)])),
  );

/** The server drops and renames no column that a check names. */
const isOfGoing = (change: TableChange, { definition }: ConstraintShape): boolean =>
  change.columns.some(
    (column) =>
      (column.kind === "dropped" && mentions(definition, column.from.name)) ||
      (column.kind === "copied" &&
        (mentions(definition, column.from.name) || mentions(definition, column.name))),
  );
