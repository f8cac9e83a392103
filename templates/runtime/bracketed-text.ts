/** A quoted name or text is one piece; everything else is a character. */
const pieces = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|[\s\S]/g;

/** Index of the bracket that closes the one at `start`; the text's length when none does. */
export function closing(text: string, start: number): number {
  let depth = 0;
  for (const { 0: part, index } of text.slice(start).matchAll(pieces)) {
    if (part === "(") depth += 1;
    if (part === ")") depth -= 1;
    if (depth === 0) return start + index;
  }
  return text.length;
}

/** The parts of a list between its own commas, not those within brackets. */
export function topLevel(list: string): readonly string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const [part] of list.matchAll(pieces)) {
    if (part === "(") depth += 1;
    if (part === ")") depth -= 1;
    if (part === "," && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${part}`);
  }
  return parts.map((part) => part.trim());
}
