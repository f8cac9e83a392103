/** Of a column that rows may hold null in and that is required from now on, when nothing was given that fills it. */
export const unfilledNote = (part: string, column: string): string =>
  `It fails while a row holds null in ${column}; a migration made with --set ${part}.${column}=EXPRESSION fills those rows first.`;
