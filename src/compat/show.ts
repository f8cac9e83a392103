import { type Impact, impacts, type SpecChange, type Surface, surfaces } from "./change.ts";
import type { Compatibility } from "./compare.ts";

const titles: Readonly<Record<Surface, string>> = {
  api: "API",
  storage: "Storage",
  views: "Views",
};

/** The changes by surface, each with its reason on a line of its own, and the version step they ask for. */
export function compatibilityText(
  { changes, version }: Compatibility,
  emphasise: (impact: Impact, text: string) => string = (_, text) => text,
): string {
  if (changes.length === 0) return "nothing changed\n";
  const blocks = surfaces.flatMap((surface) => {
    const own = changes.filter((change) => change.surface === surface);
    return own.length === 0
      ? []
      : [[titles[surface], ...own.map((change) => changeText(change, emphasise))].join("\n")];
  });
  return `${[...blocks, `${version}: ${counted(changes)}`].join("\n\n")}\n`;
}

function changeText(
  { impact, subject, what, why }: SpecChange,
  emphasise: (impact: Impact, text: string) => string,
): string {
  return `  ${emphasise(impact, impact)}${" ".repeat(10 - impact.length)}${subject}: ${what}\n${" ".repeat(12)}${why}`;
}

function counted(changes: readonly SpecChange[]): string {
  return impacts
    .flatMap((impact) => {
      const { length } = changes.filter((change) => change.impact === impact);
      return length === 0 ? [] : [`${length} ${impact}`];
    })
    .join(", ");
}
