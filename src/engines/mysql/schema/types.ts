/** How the values of one column type fit another. */
export type Fit =
  /** Every one does. */
  | "always"
  /** Those that do are kept; another fails the change. */
  | "perhaps"
  /** There is no conversion that means the same. */
  | "never";

interface Parsed {
  readonly name: string;
  readonly length: number;
  readonly scale: number;
}

function parsed(type: string): Parsed {
  const [, name = type, length = "0", scale = "0"] =
    /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(type) ?? [];
  return { name, length: Number(length), scale: Number(scale) };
}

const texts: ReadonlyMap<string, number> = new Map([
  ["char", 1],
  ["varchar", 1],
  ["longtext", Number.POSITIVE_INFINITY],
]);

const integers: ReadonlyMap<string, number> = new Map([
  ["boolean", 3],
  ["int", 10],
  ["bigint", 19],
]);

const capacity = (type: Parsed): number => {
  const unit = texts.get(type.name) ?? 0;
  return Number.isFinite(unit) ? type.length : unit;
};

export function fits(from: string, to: string): Fit {
  if (from === to) return "always";
  const [a, b] = [parsed(from), parsed(to)];
  if (texts.has(a.name) && texts.has(b.name))
    return capacity(a) <= capacity(b) ? "always" : "perhaps";
  const [digits, room] = [wholeDigits(a), wholeDigits(b)];
  if (digits !== undefined && room !== undefined)
    return digits <= room && a.scale <= b.scale ? "always" : "perhaps";
  if (a.name === "int" && b.name === "double") return "always";
  if (a.name === "date" && b.name === "datetime") return "always";
  if (integers.has(a.name) && texts.has(b.name)) return capacity(b) >= 20 ? "always" : "perhaps";
  if (a.name === "varbinary" && b.name === "longblob") return "always";
  return "never";
}

/**
 * Type of a column that code of before and after both write: of the two the one that holds more, since the narrower one would refuse, or
 * round, what the other code writes.
 */
export function meanwhileType(from: string, to: string): string {
  if (fits(from, to) !== "perhaps") return to;
  const [a, b] = [parsed(from), parsed(to)];
  if (texts.has(a.name) && texts.has(b.name)) return from;
  const [digits, room] = [wholeDigits(a), wholeDigits(b)];
  // The codec of a bigint reads no fraction.
  if (digits === undefined || room === undefined || (b.name === "bigint" && a.scale > 0)) return to;
  if (integers.has(a.name) && integers.has(b.name)) return from;
  const scale = Math.max(a.scale, b.scale);
  return `decimal(${Math.max(digits, room) + scale},${scale})`;
}

const ranges: ReadonlyMap<string, string> = new Map([
  ["boolean", "-128 and 127"],
  ["int", "-2147483648 and 2147483647"],
  ["bigint", "-9223372036854775808 and 9223372036854775807"],
]);

/** The condition of values that a type would refuse, round or cut; undefined where every one fits. @param column quoted */
export function unfit(from: string, to: string, column: string): string | undefined {
  if (fits(from, to) !== "perhaps") return undefined;
  const [a, b] = [parsed(from), parsed(to)];
  if (texts.has(b.name)) return `char_length(${column}) > ${b.length}`;
  if (b.name === "decimal") return `${column} <> cast(${column} as ${to})`;
  const outside = `${column} not between ${ranges.get(b.name)}`;
  return a.scale > 0 ? `(${column} <> round(${column}) or ${outside})` : outside;
}

/** Whether a fraction is rounded without a word. */
export const rounds = (from: string, to: string): boolean =>
  wholeDigits(parsed(to)) !== undefined && parsed(from).scale > parsed(to).scale;

const wholeDigits = (type: Parsed): number | undefined =>
  type.name === "decimal" ? type.length - type.scale : integers.get(type.name);

/** Whether a longer type is a change of the catalogue only: a `varchar` whose length takes as many bytes as before (MY-21). */
export function growsInPlace(from: string, to: string): boolean {
  const [a, b] = [parsed(from), parsed(to)];
  const wide = ({ length }: Parsed): boolean => length * 4 > 255;
  return (
    a.name === "varchar" && b.name === "varchar" && a.length <= b.length && wide(a) === wide(b)
  );
}

/** A value that stands for one which is gone, so that a required column can be brought back. */
export function placeholderOf(type: string): string | undefined {
  const { name } = parsed(type);
  if (texts.has(name)) return "''";
  if (integers.has(name) || name === "decimal" || name === "double") return "0";
  if (name === "date" || name === "datetime") return "'1970-01-01'";
  return name === "json" ? "'{}'" : undefined;
}
