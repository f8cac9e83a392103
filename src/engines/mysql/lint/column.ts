import { isVolatile } from "../sql/volatile.ts";
import { Reader } from "./reader.ts";

/** Where a column gets its value from when a statement gives none. */
export type DefaultSpec = "none" | "null" | "constant" | "expression" | "volatile";

/** A column as a statement writes it, as far as rules need it. */
export interface ColumnSpec {
  readonly name: string;
  /** In lower case: `varchar`. */
  readonly type: string;
  /** What stands in the brackets behind the type. */
  readonly args: readonly string[];
  readonly unsigned: boolean;
  /** Character set or collation, where one is named. */
  readonly charset: string | undefined;
  readonly nullable: boolean;
  readonly default: DefaultSpec;
  readonly autoIncrement: boolean;
  readonly generated: "stored" | "virtual" | undefined;
  readonly key: "primary" | "unique" | undefined;
  /** Table that it refers to. MySQL reads over this form, MariaDB keeps it. */
  readonly references: string | undefined;
  readonly check: boolean;
  /** `first` or `after`: another place among the columns. */
  readonly placed: boolean;
  /** The definition as it is written, the name left out. */
  readonly text: string;
  /** The literal of its default, as it is written. */
  readonly defaultText: string | undefined;
}

type Mutable = { -readonly [K in keyof ColumnSpec]: ColumnSpec[K] };

/** Reads `name type …`. */
export function readColumn(text: string): ColumnSpec {
  const reader = new Reader(text);
  const name = reader.name();
  const rest = text.slice(reader.place);
  const type = reader.take().toLowerCase();
  if (type === "double") reader.accept("precision");
  const column: Mutable = {
    name,
    type: synonyms.get(type) ?? type,
    args: reader.brackets() ?? [],
    unsigned: false,
    charset: undefined,
    nullable: true,
    default: "none",
    autoIncrement: type === "serial",
    generated: undefined,
    key: undefined,
    references: undefined,
    check: false,
    placed: false,
    text: rest,
    defaultText: undefined,
  };
  while (!reader.ended) readAttribute(reader, column);
  return column.key === "primary" || type === "serial" ? { ...column, nullable: false } : column;
}

const synonyms: ReadonlyMap<string, string> = new Map([
  ["integer", "int"],
  ["bool", "tinyint"],
  ["boolean", "tinyint"],
  ["numeric", "decimal"],
  ["dec", "decimal"],
  ["real", "double"],
  ["serial", "bigint"],
]);

function readAttribute(reader: Reader, column: Mutable): void {
  if (reader.accept("unsigned")) column.unsigned = true;
  else if (reader.accept("not", "null")) column.nullable = false;
  else if (reader.accept("null")) column.nullable = true;
  else if (reader.accept("auto_increment")) column.autoIncrement = true;
  else if (reader.accept("primary", "key")) column.key = "primary";
  else if (reader.acceptAny("unique") !== undefined) column.key = "unique";
  else if (reader.accept("default")) readDefault(reader, column);
  else if (reader.accept("character", "set") || reader.acceptAny("charset", "collate"))
    column.charset = reader.take().toLowerCase().replaceAll(/['"`]/g, "");
  else if (reader.accept("as")) readGenerated(reader, column);
  else if (reader.acceptAny("stored", "persistent")) column.generated = "stored";
  else if (reader.accept("references")) column.references = reader.name();
  else if (reader.accept("check")) {
    column.check = true;
    reader.brackets();
  } else if (reader.accept("on", "update")) reader.take();
  else if (reader.acceptAny("first", "after")) column.placed = true;
  else if (reader.brackets() === undefined) reader.take();
}

function readGenerated(reader: Reader, column: Mutable): void {
  reader.brackets();
  column.generated = "virtual";
}

function readDefault(reader: Reader, column: Mutable): void {
  const from = reader.place;
  const inBrackets = reader.peek() === "(";
  if (inBrackets) reader.brackets();
  else {
    const word = reader.peek();
    reader.take();
    if (word === "-" || word === "+") reader.take();
    const called = reader.brackets() !== undefined;
    column.default = word === "null" ? "null" : called && !isMoment(word) ? "volatile" : "constant";
  }
  const text = reader.text.slice(from, reader.place).trim();
  column.defaultText = text;
  if (inBrackets) column.default = isVolatile(text) ? "volatile" : "expression";
}

/** The moment of the statement is one value for all rows. */
const isMoment = (word: string): boolean =>
  ["current_timestamp", "now", "localtime", "localtimestamp"].includes(word);

/** The type as it is written, for comparisons and recipes: `decimal(10,2) unsigned`. */
export const typeText = ({ type, args, unsigned }: ColumnSpec): string =>
  `${type}${args.length === 0 ? "" : `(${args.join(",")})`}${unsigned ? " unsigned" : ""}`;
