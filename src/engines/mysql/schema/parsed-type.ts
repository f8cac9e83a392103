/** A column type as the server writes it, taken apart. */
export interface ParsedType {
  readonly name: string;
  /** Characters, bytes, digits, or digits of a second. */
  readonly length: number;
  readonly scale: number;
  readonly unsigned: boolean;
  /** Of an enum or a set. */
  readonly words: readonly string[];
  /** `utf8mb4`, where none is named. */
  readonly characters: string;
  /** ` character set … collate …`, where one is named. */
  readonly collated: string;
}

export function parsed(type: string): ParsedType {
  const [, name = type, limits = ""] =
    /^(\w+)(?:\(((?:[^')]|'(?:[^']|'')*')*)\))?/.exec(type) ?? [];
  const [, collated = "", characters = "utf8mb4"] =
    /( character set (\w+) collate \w+)$/.exec(type) ?? [];
  const isList = name === "enum" || name === "set";
  const [length = 0, scale = 0] = isList || limits === "" ? [] : limits.split(",").map(Number);
  return {
    name,
    length,
    scale,
    unsigned: / unsigned\b/.test(type),
    words: isList
      ? [...limits.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = ""]) => word.replaceAll("''", "'"))
      : [],
    characters,
    collated,
  };
}

/** Bytes that lie apart from their row, by the name of the type; a character takes up to four of them. */
const bytes: ReadonlyMap<string, number> = new Map([
  ["tiny", 255],
  ["", 65_535],
  ["medium", 16_777_215],
  ["long", Number.POSITIVE_INFINITY],
]);

/** Least and most characters that a type of text may end with: what surely fits into it, and what it may hold. */
export interface Room {
  readonly surely: number;
  readonly perhaps: number;
}

export function textRoom({ name, length, words }: ParsedType): Room | undefined {
  if (name === "char" || name === "varchar") return { surely: length, perhaps: length };
  if (name === "uuid") return { surely: 0, perhaps: 36 };
  const own = name.endsWith("text") ? bytes.get(name.slice(0, -4)) : undefined;
  if (own !== undefined) return { surely: Math.floor(own / 4), perhaps: own };
  if (words.length === 0) return undefined;
  const longest = words.map((word) => word.length);
  const all = longest.reduce((sum, each) => sum + each + 1, -1);
  return { surely: 0, perhaps: name === "set" ? all : Math.max(...longest) };
}

export function byteRoom({ name, length }: ParsedType): number | undefined {
  if (name === "binary" || name === "varbinary") return length;
  return name.endsWith("blob") ? bytes.get(name.slice(0, -4)) : undefined;
}

const bits: ReadonlyMap<string, bigint> = new Map([
  ["boolean", 8n],
  ["tinyint", 8n],
  ["smallint", 16n],
  ["mediumint", 24n],
  ["int", 32n],
  ["bigint", 64n],
]);

export const isInteger = ({ name }: ParsedType): boolean => bits.has(name);

/** `tinyint(1)` is how the server writes it. */
export function isTruth({ name, length }: ParsedType): boolean {
  return name === "boolean" || (name === "tinyint" && length === 1);
}

/** Whole numbers from and to which a type holds every one. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export function rangeOf({ name, length, scale, unsigned }: ParsedType): Range | undefined {
  if (name === "year") return { min: 1901n, max: 2155n };
  const size = bits.get(name);
  if (size !== undefined)
    return unsigned
      ? { min: 0n, max: 2n ** size - 1n }
      : { min: -(2n ** (size - 1n)), max: 2n ** (size - 1n) - 1n };
  if (name !== "decimal") return undefined;
  const max = 10n ** BigInt(length - scale) - 1n;
  return { min: unsigned ? 0n : -max, max };
}

const kinds: readonly (readonly [kind: string, holds: (type: ParsedType) => boolean])[] = [
  ["truth", isTruth],
  ["whole", ({ name }) => bits.has(name) || name === "year"],
  ["fraction", ({ name }) => name === "float" || name === "double"],
  ["text", (type) => textRoom(type) !== undefined],
  ["moment", (type) => secondDigits(type) !== undefined],
  ["bytes", (type) => byteRoom(type) !== undefined],
];

/** What the values of a type are to code, whatever their size. */
export const kindOf = (type: ParsedType): string =>
  kinds.find(([, holds]) => holds(type))?.[0] ?? type.name;

/** Digits before the point. */
export const wholeDigits = (type: ParsedType): number => {
  const { min = 0n, max = 0n } = rangeOf(type) ?? {};
  return String(max > -min ? max : -min).length;
};

/** Digits of a second that a moment keeps. */
export function secondDigits({ name, length }: ParsedType): number | undefined {
  return name === "datetime" || name === "timestamp" ? length : undefined;
}
