import type { Field } from "../../spec/model.ts";
import { sampleRooms } from "./sample-rooms.ts";

/** A condition with its name in the spec. */
export interface NamedCheck {
  readonly name: string;
  readonly condition: string;
}

/** The names of checks for which nobody knows which values hold them: rows that the tool makes up may be refused. */
export function unreadChecks(
  fields: readonly Field[],
  checks: readonly NamedCheck[],
): readonly string[] {
  if (checks.length === 0) return [];
  const { unread } = sampleRooms(
    fields,
    checks.map(({ condition }) => condition),
  );
  return checks.flatMap(({ name, condition }) =>
    unread.includes(condition) && !asksForText.test(condition) ? [name] : [],
  );
}

/** `check nights of Booking is` */
export const checksAre = (entity: string, names: readonly string[]): string =>
  names.length === 1
    ? `check ${names.join("")} of ${entity} is`
    : `checks ${names.join(", ")} of ${entity} are`;

/** No text that is made up is empty. */
const asksForText =
  /^\s*(?:["\w]+\s*(?:<>|!=)\s*''|(?:char_|character_)?length\s*\(\s*(?:b?trim\s*\(\s*)?["\w]+[\s)]*(?:>\s*0|>=\s*1))\s*$/i;
