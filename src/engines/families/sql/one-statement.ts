/** Of a step that gives what a history recorded its form of before, when a change is taken back; the way there goes in batches. */
export const inOneStatement =
  "in one statement, not in batches: whoever changes an audited row may wait as long";
