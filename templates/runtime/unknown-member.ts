import { UnreadableValue } from "./unreadable.ts";

/** A name, as members of an enum are; anything else may be personal. */
const nameForm = /^[\w-]{1,50}$/;

/**
 * What is stored is no member of an enum that this code knows.
 *
 * @param known the members, for the message
 * @throws UnreadableValue
 */
export const unknownMember = (known: readonly string[], stored: string): never => {
  const what = nameForm.test(stored) ? `"${stored}"` : "a text";
  throw new UnreadableValue(
    `${what} is stored, which is no member of enum (${known.join(", ")})`,
    "code of a newer spec wrote it, or another writer: deploy the spec that has this member before anything writes it",
  );
};
