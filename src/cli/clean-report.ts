/** What `check` says of a tree that is what spec and lock say; apart, so that it can be said without the pipeline. */
export const cleanLine = "clean: the tree is what the spec and the lock say";

/** The same as the document of `--json`. */
export const cleanDocument = {
  clean: true,
  changes: [],
  conflicts: [],
  findings: [],
  notes: [],
  decisions: [],
  outdated: [],
  diff: "",
} as const;
