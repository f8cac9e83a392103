import type { SyntaxFault } from "./parse.ts";

const begin = /^<{7}(?: |$)/;
const end = /^>{7}(?: |$)/;

/** One for each part of a file that git left for somebody to choose; a parser would trip over every marker of it. */
export function conflictMarkers(text: string): readonly SyntaxFault[] {
  if (!text.includes("<<<<<<<")) return [];
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (!begin.test(line)) return [];
    const last = lines.findIndex((other, place) => place > at && end.test(other));
    const until = last === -1 ? "" : ` to ${last + 1}`;
    return [
      {
        line: at + 1,
        column: 1,
        message: `a conflict that git left unresolved, from line ${at + 1}${until}`,
        hint: "keep what is right of both sides, and remove the lines <<<<<<<, ======= and >>>>>>>",
      },
    ];
  });
}
