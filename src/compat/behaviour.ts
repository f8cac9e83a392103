import { duration } from "../engines/families/record/describe.ts";
import type { Method, OrderTerm } from "../spec/model.ts";
import { noteOf, type SpecChange } from "./change.ts";
import type { Renames } from "./renames.ts";

const api = noteOf("api");

/** What a method of one signature does otherwise than before. */
export function behaviourChanges(
  before: Method,
  after: Method,
  subject: string,
  fields: Renames,
): readonly SpecChange[] {
  if (before.op !== after.op) {
    const why = "calls compile as before and do something else";
    return [api("breaking", subject, `op ${before.op} → ${after.op}`, why)];
  }
  if (before.op === "list" && after.op === "list")
    return orderChange(before.orderBy, after.orderBy, subject, fields);
  if (before.op === "upsert" && after.op === "upsert" && before.ttlMs !== after.ttlMs) {
    const why = "rows end at another time";
    return [api("breaking", subject, `ttl ${shown(before.ttlMs)} → ${shown(after.ttlMs)}`, why)];
  }
  if (before.op === "increment" && after.op === "increment")
    return incrementChanges(before, after, subject);
  return [];
}

const shown = (ms: number | undefined): string => (ms === undefined ? "none" : duration(ms));

function orderChange(
  before: readonly OrderTerm[],
  after: readonly OrderTerm[],
  subject: string,
  fields: Renames,
): readonly SpecChange[] {
  const [old, now] = [before, after].map((terms, at) =>
    terms
      .map(({ field, direction }) => {
        const name = at === 0 ? (fields.get(field) ?? field) : field;
        return direction === "desc" ? `-${name}` : name;
      })
      .join(", "),
  );
  if (old === now) return [];
  const why = "items come in another order, and a cursor of before is refused";
  return [api("breaking", subject, `orderBy [${old}] → [${now}]`, why)];
}

type Increment = Extract<Method, { readonly op: "increment" }>;

function incrementChanges(
  before: Increment,
  after: Increment,
  subject: string,
): readonly SpecChange[] {
  const changes: SpecChange[] = [];
  const judge = (what: string, narrower: boolean): void => {
    changes.push(
      narrower
        ? api("breaking", subject, what, "amounts that were accepted are refused")
        : api("additive", subject, what, "what was accepted is accepted"),
    );
  };
  if (before.field !== after.field)
    judge(`increments ${after.field} instead of ${before.field}`, true);
  if (before.by !== after.by) judge(`by ${before.by} → ${after.by}`, after.by !== "any");
  const { floor = -Infinity, ceiling = Infinity } = before;
  const next = { floor: after.floor ?? -Infinity, ceiling: after.ceiling ?? Infinity };
  if (floor !== next.floor) judge(`floor ${floor} → ${next.floor}`, next.floor > floor);
  if (ceiling !== next.ceiling)
    judge(`ceiling ${ceiling} → ${next.ceiling}`, next.ceiling < ceiling);
  return changes;
}
