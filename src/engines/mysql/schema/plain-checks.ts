import { tokens } from "../sql/tokens.ts";

/** What checks ask of one column, as far as they say it plainly; bounds are inclusive, literals as they stand in the text. */
export interface Asked {
  /** One of these. */
  readonly among?: readonly string[];
  readonly value: Bounds;
  /** Of characters, bytes or elements. */
  readonly length: Bounds;
}

export interface Bounds {
  readonly min?: string;
  readonly max?: string;
}

/**
 * Reads the checks that name a column. What is asked of a function of it (`char_length(code) >= 5`) is asked of no value.
 *
 * @param checks `check (…)`
 * @returns undefined when one of them says more than a value, a list, a bound or a length
 */
export function askedOf(column: string, checks: readonly string[]): Asked | undefined {
  let asked: Asked | undefined = { value: {}, length: {} };
  for (const check of checks) {
    const masked = maskedText(column, check);
    if (!masked.words.includes(own)) continue;
    for (const words of masked.words.some((word) => branching.has(word))
      ? [masked.words]
      : conjuncts(masked.words))
      asked = asked && withOne(asked, words, masked.literals);
  }
  return asked;
}

const own = ":column";
const branching: ReadonlySet<string> = new Set(["or", "||", "xor", "not", "!", "case"]);

interface Masked {
  /** The column is `:column`, each literal `:0`, `:1`, … */
  readonly words: readonly string[];
  readonly literals: readonly string[];
}

function maskedText(column: string, check: string): Masked {
  const literals: string[] = [];
  const words = tokens(check)
    .filter(({ kind }) => kind !== "comment")
    .map(({ kind, text }) => {
      if (kind === "number" || kind === "string") return `:${literals.push(text) - 1}`;
      const bare = kind === "quoted-name" ? text.slice(1, -1).replaceAll("``", "`") : text;
      return bare.toLowerCase() === column.toLowerCase() ? own : text.toLowerCase();
    });
  return { words: words[0] === "check" ? words.slice(1) : words, literals };
}

/** Conditions that all hold. */
function conjuncts(words: readonly string[]): readonly (readonly string[])[] {
  const inner = unwrapped(words);
  const parts: string[][] = [[]];
  let [depth, isRange] = [0, false];
  for (const word of inner) {
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    const splits = depth === 0 && word === "and" && !isRange;
    if (depth === 0 && word === "and") isRange = false;
    if (depth === 0 && word === "between") isRange = true;
    if (splits) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts.length === 1 ? [inner] : parts.flatMap(conjuncts);
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

const subject = String.raw`(?:(char_length|character_length|length|octet_length|json_length) \( :column \)|\(? ?:column(?: \))?)`;
const literalForm = String.raw`((?:- )?:\d+)`;
const forms = {
  list: new RegExp(String.raw`^${subject} in \( (.*) \)$`),
  range: new RegExp(`^${subject} between ${literalForm} and ${literalForm}$`),
  otherThan: new RegExp(`^${subject} (?:<>|!=) ${literalForm}$`),
  compared: new RegExp(`^${subject} (>=|<=|>|<|=) ${literalForm}$`),
} as const;

/** @returns undefined for what is not plain */
function withOne(
  asked: Asked,
  words: readonly string[],
  literals: readonly string[],
): Asked | undefined {
  if (!words.includes(own)) return asked;
  const text = words.join(" ");
  const literalOf = (masked = ""): string =>
    masked.replace(/^- /, "-").replace(/:(\d+)/, (_, at: string) => literals[Number(at)] ?? "");
  const list = forms.list.exec(text);
  if (list !== null) {
    const each = (list[2] ?? "").split(" , ");
    const plain = list[1] === undefined && each.every((one) => /^(?:- )?:\d+$/.test(one));
    return plain ? among(asked, each.map(literalOf)) : undefined;
  }
  const range = forms.range.exec(text);
  if (range !== null)
    return within(asked, range[1], { min: literalOf(range[2]), max: literalOf(range[3]) });
  const other = forms.otherThan.exec(text);
  if (other !== null)
    return other[1] === undefined && literalOf(other[2]) === "''"
      ? within(asked, "char_length", { min: "1" })
      : undefined;
  const [, measure, operator = "", value] = forms.compared.exec(text) ?? [];
  if (operator === "") return undefined;
  const bound = literalOf(value);
  if (operator !== "=") return within(asked, measure, inclusive(operator, bound));
  return measure === undefined
    ? among(asked, [bound])
    : within(asked, measure, { min: bound, max: bound });
}

const among = (asked: Asked, words: readonly string[]): Asked => ({
  ...asked,
  among: asked.among?.filter((word) => words.includes(word)) ?? words,
});

/** Two bounds of one side would have to be compared, which is plain of numbers only. */
function within(
  asked: Asked,
  measure: string | undefined,
  bounds: Bounds | undefined,
): Asked | undefined {
  const side = measure === undefined ? "value" : "length";
  const known = asked[side];
  if (bounds === undefined) return undefined;
  const twice =
    (bounds.min !== undefined && known.min !== undefined) ||
    (bounds.max !== undefined && known.max !== undefined);
  return twice ? undefined : { ...asked, [side]: { ...known, ...bounds } };
}

/** Beyond a whole number comes the next one; beyond anything else nothing is plain. */
function inclusive(operator: string, bound: string): Bounds | undefined {
  const side = operator.startsWith(">") ? "min" : "max";
  if (operator.endsWith("=")) return { [side]: bound };
  if (!/^-?\d{1,15}$/.test(bound)) return undefined;
  return { [side]: String(Number(bound) + (side === "min" ? 1 : -1)) };
}
