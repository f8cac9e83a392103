import type { ViewFeed, ViewRow } from "../../runtime/view.ts";
import { pagedFeed } from "../../runtime/view-feed.ts";
import type { MysqlSession } from "./session.ts";
import type { DynamicRead } from "./statement.ts";

/** The rows of a statement in the order of its key, page by page. */
export const viewFeed = <T>(
  session: MysqlSession,
  statement: DynamicRead<ViewRow<T>>,
): ViewFeed<T> =>
  pagedFeed((request, options) => session.page(statement, { fixed: [] }, request, options));
