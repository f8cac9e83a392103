import { type Attempt, callOp } from "../../runtime/call.ts";
import { nestedRuntime } from "../../runtime/op.ts";
import { hitsOf, part } from "./answer.ts";
import type { Answer } from "./client.ts";
import { typeOf } from "./errors.ts";
import type { Clause } from "./filter.ts";
import { scoredAlike } from "./search-body.ts";
import type { SearchConnection } from "./session.ts";

/**
 * Pages after the first come out of one point in time, so that documents that come and go neither repeat nor hide others. The first page
 * opens none: most readers never ask for a second, and a node keeps 300 of them at most (`search.max_open_pit_context`).
 */

/** Where a page begins, and in which point in time; null when that is still to be opened. */
export interface PitSearch {
  readonly score: string;
  readonly key: string;
  readonly pit: string | null;
}

/** From page to page; a reader who stays away for longer goes on in a new one. */
const keepAlive = "1m";

export async function openPit(
  { http }: SearchConnection,
  index: string,
  routing: Readonly<Record<string, string>>,
  attempt: Attempt,
): Promise<string> {
  const opened = await http.send(
    {
      method: "POST",
      path: `/${encodeURIComponent(index)}/_search/point_in_time`,
      query: { keep_alive: keepAlive, allow_partial_pit_creation: "false", ...routing },
    },
    attempt,
  );
  return String(part(opened, "pit_id"));
}

/** Errors that say that a point in time is no more: expired, its node restarted, its generation dropped. */
export const isOver = (error: unknown): boolean => {
  const type = typeOf(error);
  return (
    type === "search_context_missing_exception" ||
    type === "index_not_found_exception" ||
    type === "no_shard_available_action_exception"
  );
};

/** The page after a position in an open point in time; `moved`: the position was read in another one. */
export async function anchored(
  connection: SearchConnection,
  body: Clause,
  from: PitSearch & { readonly pit: string; readonly moved?: boolean },
  attempt: Attempt,
): Promise<{ readonly answer: Answer; readonly pit: string }> {
  const pit = { id: from.pit, keep_alive: keepAlive };
  const ask = (more: Clause): Promise<Answer> =>
    connection.http.send(
      {
        method: "POST",
        path: "/_search",
        query: scoredAlike,
        body: { ...body, ...more, pit },
      },
      attempt,
    );
  const given = [Number(from.score), from.key];
  const position = from.moved === true ? ((await moved(ask, from.key)) ?? given) : given;
  return { answer: await ask({ search_after: position }), pit: from.pit };
}

/** A document's score changes with the documents around it: where the last one of the page before stands now. */
async function moved(
  ask: (more: Clause) => Promise<Answer>,
  key: string,
): Promise<readonly unknown[] | undefined> {
  const [hit] = hitsOf(
    await ask({
      size: 1,
      _source: false,
      post_filter: { term: { key: { value: key } } },
      highlight: { fields: {} },
      aggs: {},
    }),
  );
  return hit?.sort;
}

/** Nobody waits for it; one that stays open ends by itself. */
export function closePit({ http, runtime }: SearchConnection, pit: string): void {
  const spec = { operation: `${runtime.store}.closePage`, effect: "read", collection: "" } as const;
  callOp(nestedRuntime(runtime), spec, { retry: "never" }, (attempt) =>
    http.send(
      { method: "DELETE", path: "/_search/point_in_time", body: { pit_id: [pit] } },
      attempt,
    ),
  ).catch(() => {});
}
