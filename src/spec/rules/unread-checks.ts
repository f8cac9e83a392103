import { checksAre, unreadChecks as unread } from "../../ir/checks/unread.ts";
import type { Entity } from "../model.ts";
import type { Problem } from "../issues.ts";
import { warning, type Context } from "./context.ts";

/** Checks for which nobody knows which values hold them: rows that the tool makes up may be refused. One warning per entity. */
export function unreadChecks({ entities, authorityOf }: Context): readonly Problem[] {
  return [...entities.values()].flatMap((entity): readonly Problem[] => {
    const names = unread(entity.fields, namedChecks(entity));
    if (names.length === 0 || !authorityOf.has(entity.owner ?? entity.name)) return [];
    const path = ["entities", entity.name, "checks"];
    return [warning(path, messageOf(entity, names), mend, "key")];
  });
}

const namedChecks = ({ checks }: Entity): Parameters<typeof unread>[1] =>
  Object.entries(checks).map(([name, condition]) => ({ name, condition }));

const messageOf = ({ name, owner }: Entity, checks: readonly string[]): string =>
  `${checksAre(name, checks)} not read for values that hold ${checks.length === 1 ? "it" : "them"}: the tests of ${owner ?? name}, and of what cannot be stored without it, are not generated, and rows of src/example.ts and of migrate rehearse may be refused`;

const mend =
  "say such a thing in comparisons of fields and values joined by and; or test it by hand, and give src/example.ts, which is yours, values that hold it";
