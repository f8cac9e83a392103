import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier } from "../sql/quote.ts";
import { only, substituted, type TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { refuses } from "./refusals.ts";
import { alone } from "./required.ts";

const leading = ({ up }: Draft): number => {
  let at = 0;
  while (up[at]?.startsWith(refuses) === true) at += 2;
  return at;
};

/**
 * The same steps, but all that rows may refuse is asked before anything is dropped, too. Until then second columns have their own names, and
 * tables those of before.
 *
 * @param all every table that changes
 */
export function refusalsFirst(
  change: TableChange,
  drafts: readonly Draft[],
  all: readonly TableChange[],
): readonly Draft[] {
  const contract = drafts.filter(({ phase }) => phase === "contract");
  const asking = contract.filter((each) => leading(each) > 0);
  if (asking.length === 0 || contract.length === 1) return drafts;
  const names = new Map([
    ...all.map(({ from, to }) => [to.name, identifier(from.name)] as const),
    ...only(change, "copied").map(({ to, name }) => [to.name, identifier(name)] as const),
  ]);
  const asked = asking.flatMap((each) =>
    each.up
      .slice(0, leading(each))
      .map((text) => (text.startsWith(refuses) ? text : substituted(text, names))),
  );
  const table = change.from.name;
  return [
    draft({
      ...alone,
      phase: "contract",
      rank: rank.askRows,
      stem: `${table}-ask-rows`,
      title: `${table}: no row hinders what follows`,
      risks: ["scans", "depends-on-data"],
      up: asked,
      down: [],
      touches: [change.part],
    }),
    ...drafts,
  ];
}
