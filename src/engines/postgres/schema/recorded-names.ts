import { literal } from "../sql/quote.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import type { RecordedRows } from "./recorded-rows.ts";
import { rank } from "./rank.ts";
import { historyTrigger, triggerStatements } from "./sync.ts";

/**
 * The rows of a child that gets another name, as its root records them: under both names for as long as code of before reads them by the
 * former one.
 */
export function childNamesDrafts({ rows, history, column }: RecordedRows): readonly Draft[] {
  const { was, to, mode } = rows;
  if (column !== "children" || mode === "direct" || was === to.name) return [];
  const [name, former] = [literal(to.name), literal(was)];
  const trigger = historyTrigger(
    history,
    was,
    `if tg_op = 'INSERT' and new.children ? ${name} then
  new.children := new.children || jsonb_build_object(${former}, new.children -> ${name});
end if;`,
  );
  const common = { risks: ["locks"], touches: [history.part] } as const;
  return [
    draft({
      ...common,
      rank: rank.sync,
      stem: trigger.name,
      title: `${history.to.name}: rows of ${to.name} are recorded as ${was}, too`,
      up: triggerStatements(trigger),
      down: trigger.drop,
    }),
    draft({
      ...common,
      rank: rank.swap,
      phase: "contract",
      stem: `${trigger.name}-no-more`,
      title: `${history.to.name}: rows of ${to.name} are recorded as ${was} no more`,
      up: trigger.drop,
      down: triggerStatements(trigger),
    }),
  ];
}
