/** Results as Markdown. */
import { availableParallelism } from "node:os";
import type { Case, Group, Spread, SuiteResult, Target } from "./result.ts";
import { met, ratio, samplesOf, spread } from "./statistics.ts";

export function renderSuite(result: SuiteResult): string {
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `## ${result.title}`,
    ...(result.quick ? ["A smoke run: too short to be quoted."] : []),
    ...(result.targets.length > 0 ? [renderTargets(result.targets)] : []),
    ...result.groups.map(renderGroup),
    ...(result.comments.length > 0
      ? [result.comments.map((comment) => `- ${comment}`).join("\n")]
      : []),
    result.load === undefined ? "" : loadText(result.load),
    versions.length > 0 ? `Versions: ${versions.join(" · ")}.` : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function loadText(load: readonly [number, number]): string {
  const busy = Math.max(...load) > 1.5 * availableParallelism();
  const text = `Load average of the machine before and after: ${load.join(" and ")}.`;
  return busy
    ? `${text} Others used most of the cores: single figures and ranges are noise, medians of ratios a hint.`
    : text;
}

function renderTargets(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    target.what,
    `${target.bound === "at most" ? "≤" : "≥"} ${target.limit}${target.unit}`,
    spreadText(target.measured, target.unit),
    met(target) ? "met" : "**missed**",
  ]);
  return table(["promised", "bound", "measured: median (min–max)", ""], rows);
}

/** Median per contender and case, and beneath the name whose ratio it is. */
function renderGroup({ title, unit, reference, cases, comment }: Group): string {
  const names = cases[0]?.series.map((series) => series.contender) ?? [];
  const rows = names.map((name) => [name, ...cases.map((one) => cell(one, name, reference))]);
  return [
    `### ${title} (${unit})`,
    table(["", ...cases.map((one) => one.name)], rows),
    ...(comment === undefined ? [] : [comment]),
  ].join("\n\n");
}

function cell(one: Case, name: string, reference: string): string {
  const value = number(spread(samplesOf(one, name)).median);
  if (name === reference) return value;
  const { median, min, max } = ratio(one, name, reference);
  return `${value} · ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n");
}

function spreadText({ median, min, max }: Spread, unit: string): string {
  const text = `${number(median)}${unit}`;
  return min === max ? text : `${text} (${number(min)}–${number(max)})`;
}

function number(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString("en-US");
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
