/** What MongoDB does not serve by its nature, by method of the record port's suites; whoever needs it is planned another engine. */
export const unserved: Readonly<Record<string, string>> = {
  reference: "MongoDB enforces no references",
  "reference within a tenant": "MongoDB enforces no references",
  "emptied reference within a tenant": "MongoDB enforces no references",
  "tenant in the database": "MongoDB has no row policies, and its transactions run no SQL",
  "transaction, rerunnable": "MongoDB has no serializable isolation; its type does not offer it",
};

/** The same aggregates as documents: without enforced references, whose wish is no requirement of this kind. */
export const carried = (spec: string): string =>
  spec.replace("kind: transactional", "kind: document");
