import { normaliseText } from "./content.ts";

/** What git left where it could not merge, put together again: the file as either branch had it. */
export interface GitSides {
  readonly ours: string;
  readonly theirs: string;
}

type Part = "both" | "ours" | "ancestor" | "theirs";
type Step = readonly [marker: RegExp, part: Part];

const next: Readonly<Record<Part, readonly Step[]>> = {
  both: [[/^<{7} /, "ours"]],
  ours: [
    [/^\|{7}(?: |$)/, "ancestor"],
    [/^={7}$/, "theirs"],
  ],
  ancestor: [[/^={7}$/, "theirs"]],
  theirs: [[/^>{7} /, "both"]],
};

/** The two files that a text with git's markers was made of (git-merge(1)); undefined for one without, or with torn ones. */
export function gitSides(text: string): GitSides | undefined {
  if (!/^<{7} /m.test(text)) return undefined;
  const [ours, theirs]: [string[], string[]] = [[], []];
  let part: Part = "both";
  for (const line of normaliseText(text).split("\n")) {
    const step: Step | undefined = next[part].find(([marker]) => marker.test(line));
    if (step !== undefined) {
      part = step[1];
      continue;
    }
    if (part === "both" || part === "ours") ours.push(line);
    if (part === "both" || part === "theirs") theirs.push(line);
  }
  return part === "both" ? { ours: ours.join("\n"), theirs: theirs.join("\n") } : undefined;
}
