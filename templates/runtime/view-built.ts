import { DataError } from "./errors.ts";

/** What hides an answer: a view that was never built, or whose items are of another version. */
export const notBuilt = (view: string, what: string): DataError =>
  new DataError({
    kind: "unavailable",
    message: `the view ${view} ${what}`,
    hint: `npm run db -- views rebuild ${view}`,
  });

/** Why items that lack a property are no answer. */
export const otherVersion = (lacking: string): string =>
  `was built by another version of this code: its items lack ${lacking}`;
