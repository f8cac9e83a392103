import type { ViewFeed, ViewRow } from "../../runtime/view.ts";
import { pagedFeed } from "../../runtime/view-feed.ts";
import type { ListDeclaration } from "./declaration.ts";
import type { MongoSession } from "./session.ts";

/** The documents of a collection in the order of their key, page by page, of every tenant: the declaration names none. */
export const viewFeed = <T>(
  session: MongoSession,
  rows: ListDeclaration<ViewRow<T>>,
): ViewFeed<T> => pagedFeed((request, options) => session.page(rows, {}, request, options));
