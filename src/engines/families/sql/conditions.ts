import type { ValueBounds } from "./rehearse/column-plan.ts";

/**
 * Reads what a check says plainly: bounds of a value and lists of words. As servers print conditions; what is more complicated is left
 * to them. Source: PostgreSQL's `ruleutils.c`, which always prints a list as `= ANY (ARRAY[…])`.
 */
const number = String.raw`'?\(?(-?\d+(?:\.\d+)?)\)?'?(?![\w.-]|:\d| [-+*/%])`;
const cast = String.raw`(?:::[a-z ]+(?:\(\d+(?:,\d+)?\))?)?`;

/** Not the argument of a function, another table's, or the end of a longer expression. */
const begins = String.raw`(?<![\w"$.]|(?!\bcheck\b)\b\w+\(|[-+*/%|] ?\(?)`;

/** The least and the greatest value that conditions joined by `and` allow; exclusive bounds of whole numbers count as the next one. */
export function boundsOf(subject: string, conditions: readonly string[]): ValueBounds {
  const found: { min?: number; max?: number } = {};
  const name = subject.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const whole = `(?:${name}|\\(${name}${cast}\\))`;
  const pattern = new RegExp(`${begins}${whole}${cast} (>=|<=|>|<) ${number}`, "gi");
  for (const condition of conditions) {
    if (/\b(?:or|not|case)\b/i.test(condition)) continue;
    for (const [, operator, text] of condition.matchAll(pattern)) {
      const value = Number(text);
      const step = Number.isInteger(value) ? 1 : 0;
      if (operator === ">=" || operator === ">")
        found.min = Math.max(found.min ?? -Infinity, operator === ">" ? value + step : value);
      else found.max = Math.min(found.max ?? Infinity, operator === "<" ? value - step : value);
    }
  }
  return found;
}

/** Every text literal of a condition, in order and once. */
export function literalsOf(condition: string): readonly string[] {
  const found = [...condition.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) =>
    text.replaceAll("''", "'"),
  );
  return [...new Set(found)];
}

/** What every one of several lists has. */
export const inEach = (lists: readonly (readonly string[])[]): readonly string[] =>
  (lists[0] ?? []).filter((word) => lists.every((list) => list.includes(word)));
