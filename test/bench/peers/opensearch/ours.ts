import type { OpenCalls } from "../../harness/contender-process.ts";
import {
  anyQuery,
  changeOf,
  commonQuery,
  type Item,
  itemOf,
  pageItems,
  prove,
  anyIndex,
  someItems,
} from "./items.ts";
import { openLayer, type Page } from "./layer.ts";

/** As a rebuild writes: a bulk on a loaded machine takes longer than a user's call may. */
const patienceMs = 60_000;

export const open: OpenCalls = async ({ dsn }) => {
  const { data, target, close } = await openLayer(String(dsn));
  const writer = target.live();
  const write = async (items: readonly Item[]): Promise<unknown> => {
    const outcomes = await writer.write(items.map(changeOf), { deadlineMs: patienceMs });
    if (outcomes.some(({ kind }) => kind === "failed")) throw new Error("a document was refused");
    return outcomes;
  };
  const find = (text: string, after?: string): Promise<Page> =>
    data.itemSearch.find(text, {}, { limit: pageItems, ...(after !== undefined && { after }) });
  const cursors = await cursorsOf(find);
  prove(await find(commonQuery));
  return {
    calls: {
      search: () => find(anyQuery()),
      page: () => find(commonQuery, cursors[Math.floor(Math.random() * cursors.length)]),
      upsert: () => write([itemOf(anyIndex())]),
      bulk: () => write(someItems()),
    },
    close,
  };
};

/** Cursors of the pages after the second: those that name a point in time. */
async function cursorsOf(
  find: (text: string, after?: string) => Promise<Page>,
): Promise<readonly string[]> {
  const cursors: string[] = [];
  let { next } = await find(commonQuery);
  for (let at = 0; at < 12; at += 1) {
    // The last page would give the point in time back.
    if (next === undefined) throw new Error("too few pages");
    ({ next } = await find(commonQuery, next));
    if (next !== undefined) cursors.push(next);
  }
  return cursors.slice(0, -1);
}
