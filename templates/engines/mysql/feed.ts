import type { ViewFeed, ViewRow } from "../../runtime/view.ts";
import type { MysqlSession } from "./session.ts";
import type { DynamicRead } from "./statement.ts";

/** The rows of a statement in the order of its key, page by page. */
export const viewFeed = <T>(
  session: MysqlSession,
  statement: DynamicRead<ViewRow<T>>,
): ViewFeed<T> => ({
  page: async (after, limit, options) => {
    const request = { limit, ...(after !== undefined && { after }) };
    const { items, next } = await session.page(statement, { fixed: [] }, request, options);
    return { rows: items, ...(next !== undefined && { next }) };
  },
});
