import { type Draft, draft } from "../../families/sql/draft.ts";
import { triggerName } from "../ddl/naming.ts";
import { identifier, literal, qualified } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { dropTrigger } from "./render.ts";
import { alone } from "./required.ts";
import { rounds, unfit } from "./types.ts";
import { noTrigger, triggerIs } from "./verify.ts";

/** A column that gets a type with fewer digits. */
interface Narrowed {
  readonly column: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The step that narrows a column between two that refuse what it would round without a word: nobody writes such a value after the rows
 * were looked through. Every other value that does not fit is refused by the server itself.
 */
export function fitting(change: TableChange, narrowed: Narrowed, step: Draft): readonly Draft[] {
  const { column, from, to } = narrowed;
  const table = change.from.name;
  const condition = unfit(from, to, qualified("new", column));
  if (change.mode === "direct" || condition === undefined || !rounds(from, to)) return [step];
  const message = literal(`a value of ${column} of ${table} does not fit ${to}`.slice(0, 128));
  const common = { ...alone, phase: step.phase, touches: step.touches } as const;
  const guards = (["insert", "update"] as const).map((event) => ({
    event,
    name: triggerName(table, `fits_${column}_${event}`),
  }));
  return [
    ...guards.map(({ event, name }) =>
      draft({
        ...common,
        rank: step.rank - 0.5,
        stem: `${table}-fits-${column}-${event}`,
        title: `${table}: ${event} refuses values of ${column} that ${to} would round`,
        risks: ["locks"],
        up: [
          [
            "delimiter $$",
            `create trigger ${identifier(name)} before ${event} on ${identifier(table)} for each row`,
            `if ${condition} then signal sqlstate '45000' set message_text = ${message}; end if`,
            "$$",
            "delimiter ;",
          ].join("\n"),
        ],
        down: [dropTrigger(name)],
        verify: triggerIs(table, name),
      }),
    ),
    step,
    ...guards.map(({ event, name }) =>
      draft({
        ...common,
        rank: step.rank + 0.5,
        stem: `${table}-fitted-${column}-${event}`,
        title: `${table}: ${column} is ${to}, ${event} need not refuse anything`,
        up: [dropTrigger(name)],
        down: [],
        verify: noTrigger(name),
      }),
    ),
  ];
}
