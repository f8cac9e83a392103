import type { Dialect } from "../dialect.ts";
import { isBefore } from "../schema/indexes.ts";
import { growsInPlace } from "../schema/types.ts";
import type { Action } from "./alter.ts";
import type { TableFacts } from "./catalogue.ts";
import { type ColumnSpec, typeText } from "./column.ts";
import { indexedColumns, type IndexSpec } from "./index-spec.ts";

/** How a server changes a table, from the gentlest: its catalogue alone, beside the writers, with readers only, by a copy. */
export const ways = ["instant", "inplace", "shared", "copy"] as const;

export type Way = (typeof ways)[number];

/** The clauses that ask for a way, so that the server fails rather than being slower. */
export const clausesOf: Readonly<Record<Way, readonly string[]>> = {
  instant: ["algorithm=instant"],
  inplace: ["algorithm=inplace", "lock=none"],
  shared: ["algorithm=inplace", "lock=shared"],
  copy: ["algorithm=copy", "lock=shared"],
};

/**
 * The gentlest way that a server takes a change in; undefined where that depends on what is not known. Tried on MySQL 9.7.4 and MariaDB
 * 10.11.19 by `test/engines/mysql/lint-live.test.ts`.
 */
export function needOf(
  actions: readonly Action[],
  facts: TableFacts | undefined,
  dialect: Dialect,
): Way | undefined {
  if (mixesComputed(actions, facts)) return "copy";
  const swaps = actions.some(({ kind }) => kind === "add-primary");
  let most = 0;
  for (const action of actions) {
    const way =
      action.kind === "drop-primary" && swaps ? "inplace" : actionNeed(action, facts, dialect);
    if (way === undefined) return undefined;
    most = Math.max(most, ways.indexOf(way));
  }
  return ways[most];
}

function actionNeed(
  action: Action,
  facts: TableFacts | undefined,
  dialect: Dialect,
): Way | undefined {
  const searched = [...(facts?.indexes.values() ?? [])].some(({ kind }) => kind === "fulltext");
  const around: Around = {
    searched,
    held: !dialect.indexedVirtualOnline && holdsVirtual(facts),
    stores: computes(facts, "stored"),
    dialect,
  };
  switch (action.kind) {
    case "add-column":
      return addedNeed(action.column, around);
    case "modify-column":
      return modifiedNeed(facts?.columns.get(action.from), action.column, around);
    case "drop-column":
      return droppedNeed(action.name, facts, around);
    case "add-index":
      return indexNeed(action.index, facts);
    case "drop-index": {
      const index = facts?.indexes.get(action.name);
      return index !== undefined && isComputed(index) && index.kind === "unique"
        ? "copy"
        : "inplace";
    }
    case "rename-index":
      return computedOf(facts).some(({ name }) => name === action.name) ? undefined : "inplace";
    case "add-reference":
    case "add-check":
    case "drop-primary":
      return "copy";
    case "drop-check":
      return facts?.checks.has(action.name) === true ? "instant" : undefined;
    case "rename-column":
    case "column-default":
    case "rename-table":
      return "instant";
    case "add-primary":
    case "force":
      return rebuiltNeed(around);
    case "convert":
    case "partition":
    case "unknown":
      return undefined;
    default:
      return "inplace";
  }
}

/** An index over an expression has a column for it; these lie in the order of their names. */
function indexNeed(index: IndexSpec, facts: TableFacts | undefined): Way {
  if (index.kind === "fulltext" || index.kind === "spatial") return "shared";
  if (!isComputed(index)) return "inplace";
  if (index.kind === "unique") return "copy";
  return computedOf(facts).every(({ name }) => isBefore(name, index.name)) ? "shared" : "copy";
}

const isComputed = ({ parts }: IndexSpec): boolean =>
  parts.some(({ column }) => column === undefined);

const computedOf = (facts: TableFacts | undefined): readonly IndexSpec[] =>
  [...(facts?.indexes.values() ?? [])].filter(isComputed);

/** The column of an expression comes and goes by itself: a change beside it that adds or drops a column, or such an index, asks for a copy. */
function mixesComputed(actions: readonly Action[], facts: TableFacts | undefined): boolean {
  const known = computedOf(facts).map(({ name }) => name);
  const adds = actions.some((each) => each.kind === "add-index" && isComputed(each.index));
  const drops = actions.some((each) => each.kind === "drop-index" && known.includes(each.name));
  const columns = actions.some(({ kind }) => kind === "add-column" || kind === "drop-column");
  return (adds && drops) || ((adds || drops) && columns);
}

const computes = (
  facts: TableFacts | undefined,
  generated: NonNullable<ColumnSpec["generated"]>,
): boolean => [...(facts?.columns.values() ?? [])].some((column) => column.generated === generated);

/** Whether an index holds a column that is computed when it is read. */
const holdsVirtual = (facts: TableFacts | undefined): boolean =>
  [...(facts?.indexes.values() ?? [])].some((index) =>
    indexedColumns(index).some((name) => facts?.columns.get(name)?.generated === "virtual"),
  );

/** The table is made anew. */
function rebuiltNeed({ searched, held, dialect }: Around): Way {
  if (searched) return dialect.name === "mysql" ? "copy" : "shared";
  return held ? "shared" : "inplace";
}

function addedNeed(column: ColumnSpec, { searched, held, dialect }: Around): Way {
  if (column.generated === "virtual") return "instant";
  if (column.generated === "stored" || column.default === "volatile") return "copy";
  if (column.check) return "copy";
  if (column.references !== undefined && dialect.name === "mariadb") return "copy";
  if (column.default === "expression" && dialect.name === "mysql") return "copy";
  if (searched) return dialect.name === "mysql" ? "copy" : "shared";
  if (column.autoIncrement || held) return "shared";
  return column.key === undefined ? "instant" : "inplace";
}

function droppedNeed(
  name: string,
  facts: TableFacts | undefined,
  { searched, held, stores, dialect }: Around,
): Way | undefined {
  const column = facts?.columns.get(name);
  if (facts === undefined || column === undefined) return undefined;
  const indexed = [...facts.indexes.values()].some((index) => indexedColumns(index).includes(name));
  if (column.generated === "virtual") return indexed ? "copy" : "instant";
  if (held) return "copy";
  if (searched)
    return dialect.name === "mysql" || stores || computes(facts, "virtual") ? "copy" : "shared";
  return indexed || column.key !== undefined ? "inplace" : "instant";
}

interface Around {
  /** The table has a full text index. */
  readonly searched: boolean;
  /** An index of it holds a virtual column, which writers would have to keep: MA-11. */
  readonly held: boolean;
  /** It has a stored generated column. */
  readonly stores: boolean;
  readonly dialect: Dialect;
}

function modifiedNeed(
  from: ColumnSpec | undefined,
  to: ColumnSpec,
  around: Around,
): Way | undefined {
  const { searched, dialect } = around;
  if (from === undefined) return undefined;
  if (from.generated !== to.generated || from.autoIncrement !== to.autoIncrement) return undefined;
  if (from.generated !== undefined) return undefined;
  if (to.charset !== undefined && to.charset !== from.charset) return "copy";
  const retyped = retypedNeed(from, to, dialect);
  if (retyped === "copy") return "copy";
  if (from.nullable !== to.nullable) return nullNeed(to, around);
  if (to.placed) return dialect.name === "mysql" ? (searched ? "copy" : "inplace") : undefined;
  return retyped;
}

function nullNeed({ nullable }: ColumnSpec, { searched, held, stores, dialect }: Around): Way {
  if (dialect.name === "mysql") return searched ? "copy" : "inplace";
  if (!nullable && (stores || held)) return "copy";
  return searched || held ? "shared" : "inplace";
}

function retypedNeed(from: ColumnSpec, to: ColumnSpec, dialect: Dialect): Way {
  const [a, b] = [typeText(from), typeText(to)];
  if (a === b || sameInteger(from, to)) return "instant";
  if (from.type === to.type && (from.type === "enum" || from.type === "set"))
    return from.args.every((value, at) => to.args[at] === value) && sameBytes(from, to)
      ? "instant"
      : "copy";
  if (dialect.name === "mariadb" && from.type === "varchar" && to.type === "varchar")
    return lengthOf(from) <= lengthOf(to) ? "instant" : "copy";
  return growsInPlace(a, b) ? "inplace" : "copy";
}

const lengthOf = ({ args }: ColumnSpec): number => Number(args[0] ?? 0);

/** `int(11)` and `int` are the same: the width is for display. */
const sameInteger = (a: ColumnSpec, b: ColumnSpec): boolean =>
  a.type === b.type && a.unsigned === b.unsigned && a.type.endsWith("int");

/** An enum of more than 255 values takes a second byte; a set one for each eight. */
const sameBytes = (a: ColumnSpec, b: ColumnSpec): boolean =>
  a.type === "enum"
    ? a.args.length > 255 === b.args.length > 255
    : Math.ceil(a.args.length / 8) === Math.ceil(b.args.length / 8);
