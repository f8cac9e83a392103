import { sampleRooms } from "../../ir/checks/sample-rooms.ts";
import type { Entity } from "../model.ts";
import type { Problem } from "../issues.ts";
import { warning, type Context } from "./context.ts";

/** Checks for which nobody knows which values hold them: rows that the tool makes up may be refused. One warning per entity. */
export function unreadChecks({ entities, authorityOf }: Context): readonly Problem[] {
  return [...entities.values()].flatMap((entity): readonly Problem[] => {
    const names = unread(entity);
    if (names.length === 0 || !authorityOf.has(entity.owner ?? entity.name)) return [];
    const path = ["entities", entity.name, "checks"];
    return [warning(path, messageOf(entity, names), mendOf(entity), "key")];
  });
}

function unread({ fields, checks }: Entity): readonly string[] {
  const conditions = Object.values(checks);
  if (conditions.length === 0) return [];
  const found = sampleRooms(fields, conditions).unread;
  return Object.entries(checks).flatMap(([name, condition]) =>
    found.includes(condition) && !asksForText.test(condition) ? [name] : [],
  );
}

/** No text that is made up is empty. */
const asksForText =
  /^\s*(?:["\w]+\s*(?:<>|!=)\s*''|(?:char_|character_)?length\s*\(\s*(?:b?trim\s*\(\s*)?["\w]+[\s)]*(?:>\s*0|>=\s*1))\s*$/i;

const messageOf = ({ name }: Entity, checks: readonly string[]): string =>
  `${checks.length === 1 ? "check" : "checks"} ${checks.join(", ")} of ${name} ${checks.length === 1 ? "is" : "are"} not read for values that hold ${checks.length === 1 ? "it" : "them"}: rows of the generated tests, of src/example.ts and of migrate rehearse may be refused`;

const mendOf = ({ name }: Entity): string =>
  `say such a thing in comparisons of fields and values joined by and; or give src/example.ts, which is yours, values that hold it: the tests of ${name} cannot store theirs then`;
