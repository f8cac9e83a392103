/** Limits of a spec, checked before a parser sees a byte of it. */

/** Bytes of the spec and everything it includes, in all. */
export const maxSpecBytes = 16 * 1024 * 1024;
/** Collections inside one another. */
export const maxDepth = 64;
/** YAML aliases in one file. */
export const maxAliases = 50;
/** Values that following the aliases of a file may add: fifty aliases could still double fifty times. */
export const maxAliasedValues = 100_000;
/** Above this size a syntax error is reported as the fast parser sees it: the exact one takes seconds. */
export const maxExactBytes = 32 * 1024;
/** Problems printed before "and N more". */
export const maxPrinted = 50;
