import type { AlterTableCmd, ColumnDef, Constraint, RangeVar } from "libpg-query";
import type { Statement } from "./parse.ts";
import { listItemEnd, tokensBetween } from "./sql-text.ts";
import { tableKey } from "./tree.ts";

/** One command of `alter table`: of `add column …, drop column …` there are two. */
export interface AlterCommand {
  readonly relation: RangeVar;
  /** Key of the table. */
  readonly table: string;
  readonly kind: NonNullable<AlterTableCmd["subtype"]>;
  /** Column or constraint, where the command names one. */
  readonly name: string;
  readonly column: ColumnDef | undefined;
  readonly constraint: Constraint | undefined;
  readonly command: AlterTableCmd;
  /** Its text without comma, and where it begins and ends. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The commands of an `alter table`; none for any other statement, or for an index, a view or a sequence. */
export function alterCommands(statement: Statement): readonly AlterCommand[] {
  if (!("AlterTableStmt" in statement.node)) return [];
  const { relation, cmds = [], objtype } = statement.node.AlterTableStmt;
  if (relation === undefined || objtype !== "OBJECT_TABLE") return [];
  const places = commandPlaces(statement, relation);
  return cmds.flatMap((node, index) => {
    if (!("AlterTableCmd" in node) || node.AlterTableCmd.subtype === undefined) return [];
    const { [index]: place = { from: statement.from, to: statement.to } } = places;
    return [described(statement, relation, node.AlterTableCmd, node.AlterTableCmd.subtype, place)];
  });
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function described(
  { source }: Statement,
  relation: RangeVar,
  command: AlterTableCmd,
  kind: AlterCommand["kind"],
  { from, to }: Place,
): AlterCommand {
  const { def } = command;
  return {
    relation,
    table: tableKey(relation),
    kind,
    name: command.name ?? "",
    column: def !== undefined && "ColumnDef" in def ? def.ColumnDef : undefined,
    constraint: def !== undefined && "Constraint" in def ? def.Constraint : undefined,
    command,
    text: source.slice(from, to),
    from,
    to,
  };
}

/** The tree has no position of a command; they are what stands between the commas behind the table's name. */
function commandPlaces({ source, to }: Statement, relation: RangeVar): readonly Place[] {
  const tokens = tokensBetween(source, relation.location ?? 0, to);
  const dotted = tokens[1]?.word === "." ? 3 : 1;
  const starred = tokens[dotted]?.word === "*" || tokens[dotted]?.word === ")" ? 1 : 0;
  const places: Place[] = [];
  let from = tokens[dotted + starred]?.start;
  while (from !== undefined && from < to) {
    const end = listItemEnd(source, from, to);
    places.push({ from, to: end });
    from = tokens.find(({ start }) => start > end)?.start;
  }
  return places;
}

/** A column that a statement adds to a table that exists already, with the command that does it. */
export function addedColumns(
  statement: Statement,
): readonly (AlterCommand & { readonly column: ColumnDef })[] {
  return alterCommands(statement).flatMap((command) =>
    command.kind === "AT_AddColumn" && command.column !== undefined
      ? [{ ...command, column: command.column }]
      : [],
  );
}

/** A constraint that a statement adds to a table that exists already, with the command that does it. */
export function addedConstraints(
  statement: Statement,
): readonly (AlterCommand & { readonly constraint: Constraint })[] {
  return alterCommands(statement).flatMap((command) =>
    command.kind === "AT_AddConstraint" && command.constraint !== undefined
      ? [{ ...command, constraint: command.constraint }]
      : [],
  );
}
