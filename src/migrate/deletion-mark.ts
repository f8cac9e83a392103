/** Names by which a column says that its row is deleted: that of `softDelete`, and what others use. */
const mark = /^(?:is_)?(?:deleted|removed)(?:_?at|_?on)?$/i;

/** Whether rows are likely to be hidden by this column alone, so that they would be seen again without it. */
export const isDeletionMark = (column: string): boolean => mark.test(column);

/** What the linter says of a drop of such a column. */
export const seenAgain = (table: string, column: string): string =>
  `rows of ${table} that ${column} marks as deleted are seen again once it is gone, and nobody can tell them any more: delete them for good, or bring them back, and ask before`;

/** Why a migration stops. */
export const deletedReason = (table: string, column: string): string =>
  `rows of ${table} that were deleted would be seen again: delete them for good, or bring them back by setting ${column} to null`;
