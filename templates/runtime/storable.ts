/** Whether every store keeps a text: without NUL, which PostgreSQL refuses, and without half a surrogate pair, which UTF-8 cannot hold. */
export const isStorable = (text: string): boolean =>
  !text.includes("\u0000") && text.isWellFormed();

/** The same for JSON text, where either is an escape; after an even number of backslashes it is one. */
export const isStorableJson = (text: string): boolean => !refusedEscape.test(text);

const refusedEscape = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
