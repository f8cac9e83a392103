import { DataError, isDataError } from "./errors.ts";
import { FaultError } from "./fault-error.ts";
import { decodersOf } from "./guarded.ts";

/** Raised by a decoder: what is stored is no value of its type. Its message holds no value of a user. */
export class UnreadableValue extends TypeError {
  /** What to do about it. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const writerHint = "another writer left it so: mend the row";

/** Raises that nothing is stored where a value is required. @throws UnreadableValue */
export const absentValue = (): never => {
  throw new UnreadableValue(
    "null is stored, and the field is required",
    "a row of before has no value: give it one, or let migrate up finish the step that does (npm run db -- migrate status); or make the field nullable in the spec",
  );
};

/** Raises that what is stored is no value of its type. @param type `int (32 bit)` @throws UnreadableValue */
export const otherValue = (type: string): never => {
  throw new UnreadableValue(`what is stored is no ${type}`, writerHint);
};

/** Whose rows a statement gives. */
export interface RowSource<V> {
  readonly entity?: string;
  /** Columns of a row that are the entity's key. */
  readonly key?: readonly number[];
  readonly row: (row: readonly V[]) => unknown;
}

/** What became of the statement whose rows cannot be read. */
export type Unread = "read" | "applied" | "undone";

/**
 * The error of a call whose rows a decoder refused; any other error as it is. The rows are read once more to find the first such, so that
 * reading pays nothing for it.
 */
export const unreadable = <V>(
  error: unknown,
  rows: readonly (readonly V[])[],
  source: RowSource<V>,
  became: Unread,
): unknown => {
  if (isDataError(error) || error instanceof FaultError) return error;
  const row = rows.find((one) => refuses(source.row, one));
  const where = row === undefined ? "" : placeOf(source, row);
  const told = error instanceof UnreadableValue ? error : undefined;
  const what = `${where}${told?.message ?? "what is stored cannot be read"}`;
  return new DataError({
    kind: became === "applied" ? "outcome-unknown" : "programming",
    message: `${before[became]}${what}`,
    hint: `${became === "applied" ? appliedHint : ""}${told?.hint ?? writerHint}`,
    cause: told,
  });
};

const before: Readonly<Record<Unread, string>> = {
  read: "",
  applied: "it was applied, and its result cannot be read: ",
  undone: "it is rolled back, because its result cannot be read: ",
};
const appliedHint = "do not repeat the write; ";

const refuses = <V>(read: (value: V) => unknown, value: V): boolean => {
  try {
    read(value);
    return false;
  } catch {
    return true;
  }
};

/** `Guest.mobile of 0190…: `. The codecs of an entity are in the order of its columns; what comes after them are its children. */
const placeOf = <V>({ entity, key = [] }: RowSource<V>, row: readonly V[]): string => {
  if (entity === undefined) return "";
  const decoders = decodersOf(entity);
  const found = decoders.find(([, decode], at) => refuses(decode, row[at]));
  const named = rowName(
    found === undefined ? entity : `${entity}.${found[0]}`,
    key.map((at) => row[at]),
    " of ",
  );
  return `${named}: `;
};

// A generated key tells nothing of anybody; a text may.
const plainKey = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d+)$/;

/** What a row is called in a message: its key, too, where that was generated. */
export const rowName = (what: string, key: readonly unknown[], joint = " "): string => {
  const texts = key.map(String);
  const plain = texts.length > 0 && texts.every((text) => plainKey.test(text));
  return plain ? `${what}${joint}${texts.join(", ")}` : what;
};
