/**
 * A page whose `console` blocks are a script: each line `$ command` is run, and what follows it is what the command printed. The test
 * that runs the page compares them; `UPDATE_GOLDEN=1` writes what was printed into the page.
 */

/** A stretch of a page: prose, or a fenced block with its language. */
export interface Segment {
  /** Undefined for prose. */
  readonly language?: string;
  readonly text: string;
}

const fence = /^```(\w*)\n([^]*?)^```$/gm;

/** The page in order; {@link pageOf} puts it together again. */
export function segmentsOf(page: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const match of page.matchAll(fence)) {
    const [whole, language = "", text = ""] = match;
    segments.push({ text: page.slice(at, match.index) }, { language, text });
    at = match.index + whole.length;
  }
  return [...segments, { text: page.slice(at) }];
}

/** The page of its segments. */
export const pageOf = (segments: readonly Segment[]): string =>
  segments
    .map(({ language, text }) =>
      language === undefined ? text : `\`\`\`${language}\n${text}\`\`\``,
    )
    .join("");

/** One command of a console block with what the page says it prints. */
export interface Exchange {
  readonly command: string;
  readonly printed: string;
}

/** The commands of a console block. A line that ends in `\` goes on in the next. */
export function exchangesOf(text: string): readonly Exchange[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = "", printed = ""] = /^((?:.*\\\n)*.*)\n([^]*)$/.exec(part) ?? [];
      return { command, printed };
    });
}

export const consoleText = (exchanges: readonly Exchange[]): string =>
  exchanges.map(({ command, printed }) => `$ ${command}\n${printed}`).join("");

/** Words of a command line as a shell splits them: quotes keep spaces, `\` before a line end joins lines. */
export function wordsOf(command: string): readonly string[] {
  const words: string[] = [];
  for (const match of command.replaceAll("\\\n", " ").matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g))
    words.push(
      match[0].replaceAll(
        /"([^"]*)"|'([^']*)'/g,
        (_, double?: string, single?: string) => double ?? single ?? "",
      ),
    );
  return words;
}

/** What changes from run to run: times, durations, hashes, ids; and the number of files of a whole project, which each new one of the runtime changes. */
export const masked = (text: string): string =>
  text
    .replaceAll(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/g, "<time>")
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "<duration>")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uuid>")
    .replaceAll(/\b[0-9a-f]{12,64}\b/g, "<hash>")
    .replaceAll(/^\d{3,} created$/gm, "<all> created");

/** Applies the lines of a `diff` block (` `, `-`, `+`, any number of `@@` between them) to a text. @throws Error naming a hunk that does not fit */
export function patched(text: string, diff: string): string {
  let result = text;
  for (const hunk of diff.split(/^@@.*\n/m).filter((each) => each.trim() !== "")) {
    const lines = hunk.split("\n").slice(0, -1);
    const side = (mark: string): string =>
      lines
        .filter((line) => line.startsWith(" ") || line.startsWith(mark))
        .map((line) => `${line.slice(1)}\n`)
        .join("");
    const before = side("-");
    if (!result.includes(before)) throw new Error(`this does not fit:\n${before}`);
    result = result.replace(before, () => side("+"));
  }
  return result;
}
