import type { ChangeContext } from "../../../migrate/step.ts";
import { type Draft, draft } from "../../families/sql/draft.ts";
import { remark } from "../../families/sql/remark.ts";
import { identifier, literal } from "../sql/quote.ts";
import { matched } from "../../families/sql/match.ts";
import { rank } from "./rank.ts";
import {
  createDomain,
  createFunction,
  createTrigger,
  dropDomain,
  dropFunction,
  dropTrigger,
  replaceFunction,
} from "./render.ts";
import type { DomainShape, FunctionShape, TablePart } from "./shape.ts";

/** Things found by their name alone: functions, domains, and the trigger that records changes. */

interface Where {
  readonly part: string;
  readonly mode: ChangeContext["mode"];
}

const sameName = (a: { readonly name: string }, b: { readonly name: string }): boolean =>
  a.name === b.name;
const text = (value: unknown): string => JSON.stringify(value);

/** Functions that statements call: a dropped one goes when no code of before runs. */
export function functionDrafts(
  from: readonly FunctionShape[],
  to: readonly FunctionShape[],
  { part, mode }: Where,
): readonly Draft[] {
  const { kept, added, dropped } = matched(from, to, [sameName]);
  const made = (name: string, up: readonly string[], down: readonly string[]): Draft =>
    draft({
      rank: rank.storeFunction,
      stem: `function-${name}`,
      title: `function ${name}`,
      up,
      down,
      touches: [part],
    });
  return [
    ...added.map((each) => made(each.name, createFunction(each), [dropFunction(each)])),
    ...kept.flatMap((each) =>
      text(each.from) === text(each.to)
        ? []
        : [made(each.to.name, replaceFunction(each.to), replaceFunction(each.from))],
    ),
    ...dropped.map((each) => ({
      ...made(each.name, [dropFunction(each)], createFunction(each)),
      rank: rank.dropRest + 2,
      phase: mode === "split" ? ("contract" as const) : ("expand" as const),
    })),
  ];
}

/** Limits that statements cast to by name. */
export function domainDrafts(
  from: readonly DomainShape[],
  to: readonly DomainShape[],
  { part, mode }: Where,
): readonly Draft[] {
  const { kept, added, dropped } = matched(from, to, [sameName]);
  const made = (name: string, up: readonly string[], down: readonly string[]): Draft =>
    draft({
      rank: rank.domain,
      stem: `limit-${name}`,
      title: `limit ${name} of an increment`,
      up,
      down,
      touches: [part],
    });
  return [
    ...added.map((each) => made(each.name, createDomain(each), [dropDomain(each)])),
    ...kept.flatMap((each) =>
      text(each.from) === text(each.to)
        ? []
        : [
            made(
              each.to.name,
              changedDomain(each.from, each.to),
              changedDomain(each.to, each.from),
            ),
          ],
    ),
    ...dropped.map((each) => ({
      ...made(each.name, [dropDomain(each)], createDomain(each)),
      rank: mode === "split" ? rank.dropRest : rank.domain,
      phase: mode === "split" ? ("contract" as const) : ("expand" as const),
    })),
  ];
}

function changedDomain(from: DomainShape, to: DomainShape): readonly string[] {
  if (from.type !== to.type) return [dropDomain(from), ...createDomain(to)];
  const domain = `alter domain ${identifier(to.name)}`;
  return [
    `${domain} drop constraint ${identifier(from.constraint)};`,
    // Only statements cast to it, so no row is looked at.
    remark("lint: allow add-domain-constraint because no column is of this domain"),
    `${domain} add constraint ${identifier(to.constraint)} check (${to.condition});`,
    `comment on domain ${identifier(to.name)} is ${literal(to.comment)};`,
  ];
}

/** Function and trigger that record the changes of a table. */
export const recordingOf = (part: TablePart, table: string) => ({
  make: [
    ...part.functions.flatMap(createFunction),
    ...part.triggers.flatMap((trigger) => createTrigger(table, trigger)),
  ],
  drop: [
    ...part.triggers.map((trigger) => dropTrigger(table, trigger)),
    ...part.functions.map(dropFunction),
  ],
});
