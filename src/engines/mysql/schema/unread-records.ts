import { type Copied, type Kept, only, type TableChange } from "./change.ts";
import { isGiven, type NarrowedValues, narrowedValues } from "./narrowed-values.ts";
import { unfitNumber } from "./recorded-numbers.ts";

/** Values of one column that code of after would not read in what was recorded of it. */
export interface UnreadRecords {
  readonly column: Kept | Copied;
  /** What they are: `'stuck'`. */
  readonly what: string;
  /** What the spec can say instead: `keep 'stuck' among its values`. */
  readonly kept: string;
  /** Condition of such a value. @param held JSON of it */
  readonly isUnread: (held: string) => string;
  /** Whether a column beside it is made from what was recorded under its name of before until the contract. */
  readonly madeFrom: boolean;
}

export const unreadRecords = (rows: TableChange): readonly UnreadRecords[] => [
  ...narrowedValues(rows).map((narrowed) => otherMembers(rows, narrowed)),
  ...[...only(rows, "kept"), ...only(rows, "copied")].flatMap(unfitNumbers),
];

function otherMembers({ part }: TableChange, narrowed: NarrowedValues): UnreadRecords {
  const { column, values, gone, made } = narrowed;
  const list = values.join(", ");
  const asText = (held: string): string =>
    `cast(json_unquote(${held}) as char) collate utf8mb4_bin`;
  return {
    column,
    what: gone.length > 0 ? gone.join(", ") : `what is none of ${list}`,
    kept: instead(`${part}.${column.to.name}`, narrowed),
    isUnread: (held) =>
      `cast(json_type(${held}) as binary) <> 'NULL' and ${asText(held)} not in (${list})`,
    madeFrom: made !== undefined && !isGiven(column),
  };
}

/** @param about `tickets.state` */
function instead(about: string, { column, gone, made }: NarrowedValues): string {
  if (gone.length > 0) return `keep ${gone.join(", ")} among its values`;
  if (made === undefined) return "let it stay a text";
  return isGiven(column)
    ? `give another --set ${about}=EXPRESSION, or list the value`
    : `say with --set ${about}=EXPRESSION what becomes of each, or ${stays(column)}`;
}

const stays = ({ from: { type } }: Kept | Copied): string => `let it stay ${type}`;

/** An expression of the user says itself what becomes of every value. */
function unfitNumbers(column: Kept | Copied): readonly UnreadRecords[] {
  const { from, to } = column;
  if (isGiven(column) || to.value?.kind === "generated") return [];
  if (unfitNumber(from.type, to.type, "") === undefined) return [];
  return [
    {
      column,
      what: `what does not fit ${to.type}`,
      kept: stays(column),
      isUnread: (held) => unfitNumber(from.type, to.type, held) ?? "false",
      madeFrom: true,
    },
  ];
}
