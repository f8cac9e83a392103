import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { columnName } from "../../../ir/names.ts";
import { columnsOf } from "./codec.ts";

/** A field that records of before have under another name. */
export interface FormerName {
  readonly field: FieldIr;
  /** Their name of it in the hash. */
  readonly former: string;
  /** The field that has this name now: the text of a record may be of either, so that it says nothing of both. */
  readonly takenBy?: FieldIr;
}

/** What records of before are read and renamed by. A field with a `column:` of its own keeps its name in the hash. */
export function formerNames(entity: EntityIr): readonly FormerName[] {
  const { given, managed } = columnsOf(entity);
  const owners = new Map([...given, ...managed].map((field) => [field.column, field]));
  return given.flatMap((field): readonly FormerName[] => {
    const { was, column: mapped } = field.source;
    if (was === undefined || mapped !== undefined) return [];
    const former = columnName(was);
    if (former === field.column) return [];
    const takenBy = owners.get(former);
    return [{ field, former, ...(takenBy !== undefined && { takenBy }) }];
  });
}
