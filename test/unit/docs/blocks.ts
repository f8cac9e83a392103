/** The fenced blocks of references/examples.md that belong to a project. */
import { readFileSync } from "node:fs";

/** `yaml shop` is a project's spec, `ts shop src/x.ts` a file of it, `ts shop` a snippet. */
export interface Block {
  readonly language: string;
  readonly project: string;
  readonly file: string | undefined;
  readonly text: string;
  /** Line of its first line of text, from 1. */
  readonly line: number;
  /** The heading it stands under. */
  readonly heading: string;
}

const opening = /^```(\w+) (\w+)(?: (\S+))?$/;

/** Every block whose fence names a project, in order. */
export function blocksOf(file: URL): readonly Block[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const blocks: Block[] = [];
  let heading = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    if (!line.startsWith("```")) continue;
    const end = lines.indexOf("```", at + 1);
    const [, language = "", project = "", name] = opening.exec(line) ?? [];
    const text = `${lines.slice(at + 1, end).join("\n")}\n`;
    if (project !== "") blocks.push({ language, project, file: name, text, line: at + 2, heading });
    at = end;
  }
  return blocks;
}

const imported = /^import [^;]*;$/gm;

/** A snippet as a module: its own imports, then what the page says it finds. */
export function moduleOf(snippet: string, given: string, names: readonly string[]): string {
  const own = snippet.match(imported) ?? [];
  const rest = snippet.replaceAll(imported, "").trimStart();
  const found = names.filter((name) => new RegExp(`\\b${name}\\b`).test(rest));
  return [
    `import assert from "node:assert/strict";`,
    `import { ${found.join(", ")} } from "${given}";`,
    ...own,
    `void assert;`,
    rest,
  ].join("\n");
}

/** What a file exports by `export const`. */
export function exportsOf(text: string): readonly string[] {
  return [...text.matchAll(/^export const (\w+)/gm)].map(([, name = ""]) => name);
}
