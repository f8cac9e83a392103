/** Literals, quoted names and comments, in which a delimiter ends nothing; or a line that sets the delimiter, as the mysql client takes it. */
const passed =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|--(?:[ \t][^\n]*|(?=\n|$))|#[^\n]*|^[ \t]*delimiter[ \t]+(?<delimiter>\S+)[ \t]*$/imy;

const remarks = /\/\*[\s\S]*?\*\/|--(?:[ \t][^\n]*|(?=\n|$))|#[^\n]*/g;

/** One statement of a step. */
export interface MigrationStatement {
  readonly text: string;
  /** Lines before it within its step. */
  readonly line: number;
  /** `-- refuse: <reason>` stands before it: a row that it answers is a reason to stop. */
  readonly refusal: string | undefined;
}

/** The statements of a step's text: the server takes one at a time. */
export const statementsOf = (text: string): readonly MigrationStatement[] => {
  const found: MigrationStatement[] = [];
  let delimiter = ";";
  let start = 0;
  let at = 0;
  const cut = (end: number): void => {
    const statement = statementOf(text, start, end);
    if (statement !== undefined) found.push(statement);
  };
  while (at < text.length) {
    passed.lastIndex = at;
    const part = passed.exec(text);
    const next = part?.groups?.["delimiter"];
    if (next !== undefined) {
      delimiter = next;
      start = passed.lastIndex;
    }
    if (part !== null) {
      at = passed.lastIndex;
    } else if (text.startsWith(delimiter, at)) {
      cut(at);
      at += delimiter.length;
      start = at;
    } else {
      at += 1;
    }
  }
  cut(text.length);
  return found;
};

const statementOf = (text: string, start: number, end: number): MigrationStatement | undefined => {
  const whole = text.slice(start, end);
  if (whole.replaceAll(remarks, "").trim() === "") return undefined;
  const blank = /^\s*/.exec(whole)?.[0].length ?? 0;
  return {
    text: whole.trim(),
    line: text.slice(0, start + blank).split("\n").length - 1,
    refusal: /^\s*-- refuse: *(.+?) *$/m.exec(whole)?.[1],
  };
};
