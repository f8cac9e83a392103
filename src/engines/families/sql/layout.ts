/** SQL as one would lay it out: lists filled to the width, one line per clause. */

const width = 96;

/** Items separated by commas, as many on a line as fit; one of several lines has them for itself. */
export function filled(items: readonly string[]): string {
  const lines: string[] = [];
  let current = "";
  for (const [at, item] of items.entries()) {
    const text = at < items.length - 1 ? `${item},` : item;
    const opens = text.includes("\n") || current.length + 1 + text.length > width;
    if (current === "") current = text;
    else if (opens) {
      lines.push(current);
      current = `  ${indented(text)}`;
    } else current = `${current} ${text}`;
  }
  return [...lines, current].join("\n");
}

/** `select a, b,` … over as many lines as it takes. */
export const selectList = ([first = "", ...rest]: readonly string[]): string =>
  filled([`select ${first}`, ...rest]);

/** Conjuncts one a line under their clause, on one line while they are short. */
export function clause(keyword: string, conditions: readonly string[]): string {
  const single = `${keyword} ${conditions.join(" and ")}`;
  return single.length <= width ? single : `${keyword} ${conditions.join("\n  and ")}`;
}

/** Moves every line but the first. */
export const indented = (text: string, by = "  "): string => text.replaceAll("\n", `\n${by}`);
