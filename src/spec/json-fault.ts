import type { SyntaxFault } from "./parse.ts";

/** What makes a `.json` file, already valid YAML, invalid JSON; empty when nothing does. */
export function jsonFault(text: string): readonly SyntaxFault[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    const offset = Number(/at position (\d+)/.exec(reason)?.[1] ?? text.length);
    const before = text.slice(0, offset).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    return [
      {
        line: before.length,
        column,
        message: "not valid JSON",
        hint: "mend it, or name the file .yaml",
      },
    ];
  }
}
