import type { Page, PageRequest, ReadOptions } from "./options.ts";
import type { ViewFeed, ViewRow } from "./view.ts";

/** A feed over a store's keyset pages of its rows in the order of their key. */
export const pagedFeed = <T>(
  page: (request: PageRequest, options: ReadOptions | undefined) => Promise<Page<ViewRow<T>>>,
): ViewFeed<T> => ({
  page: async (after, limit, options) => {
    const { items, next } = await page({ limit, ...(after !== undefined && { after }) }, options);
    return { rows: items, ...(next !== undefined && { next }) };
  },
});
