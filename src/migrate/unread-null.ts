import type { Risk } from "./step.ts";

/**
 * Of what may be empty from now on. The step itself ends no code; the first null that code of after writes does, for code of before was
 * made for a value.
 */
export const nullRisk: Risk = "null-breaks-old-code";

/** The way through it, written beside the step. */
export const nullNote =
  "Code of before cannot read an empty value: first deploy code that reads it everywhere, then what writes it.";
