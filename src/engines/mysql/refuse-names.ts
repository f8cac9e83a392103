import type { StoreIr } from "../../ir/types.ts";
import { tableShape } from "./ddl/table.ts";
import type { Dialect } from "./dialect.ts";
import type { Refusal } from "./refuse.ts";
import type { ConstraintShape } from "./schema/shape.ts";

const words = { check: "check", foreign: "foreign key" } as const;

/**
 * Two tables with a constraint of one name, which the server keeps once in a database, whatever its case (1826, 3822; MariaDB 1005 with
 * errno 121). Of checks only MySQL does; both do of foreign keys.
 */
export function sharedConstraintNames(store: StoreIr, dialect: Dialect): readonly Refusal[] {
  const kinds = dialect.columnChecks ? (["foreign"] as const) : (["check", "foreign"] as const);
  const made = store.entities.flatMap((entity) =>
    tableShape(entity, store, dialect).constraints.map((constraint) => ({ entity, constraint })),
  );
  return kinds.flatMap((kind) => {
    const holders = new Map<string, (typeof made)[number]>();
    return made.flatMap((each): readonly Refusal[] => {
      const { entity, constraint } = each;
      if (constraint.kind !== kind) return [];
      const name = constraint.name.toLowerCase();
      const first = holders.get(name);
      holders.set(name, first ?? each);
      if (first === undefined) return [];
      return [
        {
          path: `entities.${entity.name}`,
          text: `${words[kind]} ${constraint.name} of table ${entity.table}${over(constraint)} has the name of one of table ${first.entity.table}${over(first.constraint)}, and a database of this engine holds a name once`,
          hint: "name the table (table:), or a column of one of them (column:), otherwise",
        },
      ];
    });
  });
}

const over = ({ columns = [] }: ConstraintShape): string =>
  columns.length === 0 ? "" : ` (${columns.join(", ")})`;
