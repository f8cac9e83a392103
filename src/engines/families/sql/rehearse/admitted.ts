/**
 * The condition of the rows that a question lets pass, as a check would say it: what a question refuses is often a check turned round, and the
 * makers of values read checks.
 *
 * @param refused condition of the rows that hinder
 */
export function admitted(refused: string): string {
  const text = refused.trim();
  const masked = text.replaceAll(/'(?:[^']|'')*'/g, (literal) => "_".repeat(literal.length));
  const falsehood = / is false$/i.exec(masked);
  if (falsehood !== null && isWrapped(masked.slice(0, falsehood.index)))
    return text.slice(1, falsehood.index - 1);
  const negated = /^not (?=\()/i.exec(masked)?.[0].length ?? 0;
  if (negated > 0 && isWrapped(masked.slice(negated))) return text.slice(negated + 1, -1);
  for (const [form, turned] of plain) {
    const [, subject = "", rest = ""] = form.exec(masked) ?? [];
    if (subject === "") continue;
    return `${text.slice(0, subject.length)} ${turned} ${text.slice(text.length - rest.length)}`.trim();
  }
  return `not (${text})`;
}

const name = '(?:"[^"]+"|`[^`]+`|[\\w$]+)';
const subject = `((?:\\w+\\(${name}\\)|${name}))`;

/** A whole condition with one operator. */
const plain: readonly (readonly [form: RegExp, turned: string])[] = [
  [new RegExp(`^${subject} is null()$`, "i"), "is not null"],
  [new RegExp(`^${subject} not in (\\([^()]*\\))$`, "i"), "in"],
  [new RegExp(`^${subject} not between ([\\w.-]+ and [\\w.-]+)$`, "i"), "between"],
  [new RegExp(`^${subject} > ([\\w.-]+)$`), "<="],
];

/** Whether the first bracket closes at the end. */
function isWrapped(masked: string): boolean {
  let depth = 0;
  for (const [at, character] of [...masked].entries()) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth <= 0) return at === masked.length - 1 && at > 0;
  }
  return false;
}
