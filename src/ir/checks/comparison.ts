/** A side of a comparison: a field, by the name under which it is known, or a value, in the unit of the field on the other side. */
export type Side = { readonly field: string } | { readonly value: string };

export type Operator = "<" | "<=" | "=" | ">=" | ">" | "<>";

export interface Comparison {
  readonly left: Side;
  readonly operator: Operator;
  readonly right: Side;
}

/**
 * What a check asks for: comparisons of which all must hold, in each of several ways. `departure > arrival`, `price > 10`,
 * `beds between 1 and 8`, joined by `and` or `or`, as people write them and as servers print them (`((price > (10)::numeric) AND …)`).
 *
 * @param fieldOf the field that a bare name stands for
 * @returns no way when it says anything else; of what `or` joins, the ways that are understood
 */
export function comparisonsOf(
  condition: string,
  fieldOf: (name: string) => string | undefined,
): readonly (readonly Comparison[])[] {
  const words = wordsOf(condition);
  return words === undefined || words.length > mostWords ? [] : waysOf(words, fieldOf);
}

/** What is longer than that is not simple. */
const mostWords = 400;

type FieldOf = (name: string) => string | undefined;

const wordForm =
  /\s+|"(?:[^"]|"")+"|`[^`]+`|'(?:[^']|'')*'|<>|!=|<=|>=|::|[<>=(),.+-]|\d+(?:\.\d+)?(?![\w.])|[a-z_][\w$]*/iy;

/** @returns undefined for a character that no plain comparison has */
function wordsOf(condition: string): readonly string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < condition.length; at = wordForm.lastIndex) {
    wordForm.lastIndex = at;
    const word = wordForm.exec(condition)?.[0];
    if (word === undefined) return undefined;
    if (word.trim() !== "") words.push(word);
  }
  return words[0]?.toLowerCase() === "check" ? words.slice(1) : words;
}

function waysOf(
  bracketed: readonly string[],
  fieldOf: FieldOf,
): readonly (readonly Comparison[])[] {
  const words = unwrapped(bracketed);
  const choices = splitAt("or", words);
  if (choices.length > 1) return choices.flatMap((choice) => waysOf(choice, fieldOf));
  const parts = splitAt("and", words);
  if (parts.length === 1) {
    const read = range(words, fieldOf) ?? comparison(words, fieldOf);
    return read === undefined ? [] : [read];
  }
  return parts
    .map((part) => waysOf(part, fieldOf))
    .reduce<readonly (readonly Comparison[])[]>(
      (all, ways) => all.flatMap((one) => ways.map((way) => [...one, ...way])).slice(0, mostWays),
      [[]],
    );
}

/** Alternatives of alternatives are soon too many to be tried. */
const mostWays = 64;

/** The parts that a word joins; the `and` of a `between` joins nothing. */
function splitAt(joint: "and" | "or", words: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let [depth, inRange] = [0, false];
  for (const word of words) {
    const lower = word.toLowerCase();
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    const splits = depth === 0 && lower === joint && !inRange;
    if (depth === 0 && (lower === "and" || lower === "between")) inRange = lower === "between";
    if (splits) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

/** Without brackets around the whole. */
function unwrapped(words: readonly string[]): readonly string[] {
  if (words[0] !== "(") return words;
  let depth = 0;
  const end = words.findIndex((word) => {
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    return depth === 0;
  });
  return end === words.length - 1 ? unwrapped(words.slice(1, -1)) : words;
}

function range(words: readonly string[], fieldOf: FieldOf): readonly Comparison[] | undefined {
  const lower = words.map((word) => word.toLowerCase());
  const between = lower.indexOf("between");
  const and = lower.indexOf("and", between);
  if (between < 0 || and < 0) return undefined;
  const [value, low, high] = [
    words.slice(0, between),
    words.slice(between + 1, and),
    words.slice(and + 1),
  ].map((side) => sideOf(side, fieldOf));
  return value === undefined || low === undefined || high === undefined
    ? undefined
    : [
        { left: value, operator: ">=", right: low },
        { left: value, operator: "<=", right: high },
      ];
}

const operators: ReadonlyMap<string, Operator> = new Map([
  ["<", "<"],
  ["<=", "<="],
  ["=", "="],
  [">=", ">="],
  [">", ">"],
  ["<>", "<>"],
  ["!=", "<>"],
]);

function comparison(words: readonly string[], fieldOf: FieldOf): readonly Comparison[] | undefined {
  const at = words.findIndex((word) => operators.has(word));
  const operator = operators.get(words[at] ?? "");
  const left = sideOf(words.slice(0, at), fieldOf);
  const right = sideOf(words.slice(at + 1), fieldOf);
  return operator === undefined || left === undefined || right === undefined
    ? undefined
    : [{ left, operator, right }];
}

/** A name or a literal, in brackets or not, whatever it is cast to. */
function sideOf(cast: readonly string[], fieldOf: FieldOf): Side | undefined {
  const words = unwrapped(cast);
  const end = words.lastIndexOf("::");
  if (end > 0)
    return isTypeName(words.slice(end + 1)) ? sideOf(words.slice(0, end), fieldOf) : undefined;
  const [first = "", second, ...rest] = words;
  if (rest.length > 0) return undefined;
  if (second === undefined) return literal(first) ?? named(first, fieldOf);
  if (first === "-" && /^\d/.test(second)) return { value: `-${second}` };
  return /^(?:date|timestamp|timestamptz)$/i.test(first) ? literal(second) : undefined;
}

const isTypeName = (words: readonly string[]): boolean =>
  /^[a-z][a-z ]*(?:\( ?\d+(?: , \d+)? ?\)[a-z ]*)?$/i.test(words.join(" "));

function literal(word: string): Side | undefined {
  if (word.startsWith("'")) return { value: word.slice(1, -1).replaceAll("''", "'") };
  return /^\d/.test(word) ? { value: word } : undefined;
}

function named(word: string, fieldOf: FieldOf): Side | undefined {
  const bare = /^["`]/.test(word) ? word.slice(1, -1) : word;
  const field = fieldOf(bare);
  return field === undefined ? undefined : { field };
}
