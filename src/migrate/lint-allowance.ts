/** A comment that lets one rule pass: `-- lint: allow drop-column because nobody reads it since 2.3`. */
export interface Allowance {
  readonly rule: string;
  /** Empty when none is given. */
  readonly reason: string;
  /** Of the comment, from 1. */
  readonly line: number;
  /** Last line that it covers: its own when it stands behind a statement, else the end of the next one. */
  readonly to: number;
}

const comment = /(?:--|\/\/|#)\s*lint:\s*allow\b\s*(\S*)(?:\s+because\s+(.*\S))?/;

/** The allowances of a text, in the comments of any engine's language. */
export function allowancesOf(text: string): readonly Allowance[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((content, index) => {
    const found = comment.exec(content);
    if (found === null) return [];
    const { 1: rule = "", 2: reason = "" } = found;
    const behind = content.slice(0, found.index).trim() !== "";
    const end = behind ? index : statementEnd(lines, index + 1);
    return [{ rule, reason, line: index + 1, to: end + 1 }];
  });
}

/** Index of the first line from there on that ends a statement. */
function statementEnd(lines: readonly string[], from: number): number {
  const at = lines.findIndex((line, index) => index >= from && /;\s*(?:--.*)?$/.test(line));
  return at < 0 ? lines.length - 1 : at;
}

/** Whether the allowance is for this finding. */
export const covers = (
  { rule, line, to }: Allowance,
  finding: { readonly rule: string; readonly line: number },
): boolean => rule === finding.rule && finding.line >= line && finding.line <= to;
