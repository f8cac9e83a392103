import { points, type Candidate } from "./assess.ts";
import { withTitle, type PlanProblem } from "./problems.ts";
import type { Decision, Flip, Plan, Reason, Rejection } from "./plan.ts";

/** Rows of `plan`'s table, without colour or padding. */
export interface PlanRow {
  readonly workload: string;
  readonly store: string;
  readonly why: string;
  readonly flipsWhen: string;
}

export function planRows(plan: Plan): readonly PlanRow[] {
  return plan.decisions.map(({ workload, store, reasons, flips }) => ({
    workload,
    store,
    why: reasons[0]?.text ?? "",
    flipsWhen: flips.slice(0, 2).map(shortFlip).join(", or ") || "no single figure changes it",
  }));
}

/** The flip without its exact figures, for a table cell. */
export const shortFlip = ({ text }: Flip): string => text.replace(/ \[.*\]$/, "");

/** `plan` as text: the stores, then one row per workload, its cells wrapped so that a line keeps to `width` columns. */
export function planText(
  plan: Plan,
  engines: readonly Candidate[],
  width = Number.POSITIVE_INFINITY,
): string {
  const rows = planRows(plan).map((row) => [row.workload, row.store, row.why, row.flipsWhen]);
  const stores = plan.stores.map(
    ({ name, engine, env, workloads }) =>
      `  ${name}: ${titleOf(engines, engine)}${env === undefined ? "" : ` (${env})`}, serves ${workloads.join(", ")}`,
  );
  return [
    "stores",
    ...stores,
    "",
    ...columns([["workload", "store", "why", "flips when"], ...rows], width),
    "",
  ].join("\n");
}

const gap = "  ";
const narrowest = 24;

function columns(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const natural = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => [...(row[at] ?? "")].length)),
  );
  const widths = fitted(natural, width);
  return rows.flatMap((row) => {
    const cells = row.map((cell, at) => wrapped(cell, widths[at] ?? 0));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      cells
        .map((lines, at) => (lines[line] ?? "").padEnd(widths[at] ?? 0))
        .join(gap)
        .trimEnd(),
    );
  });
}

/** The last two columns, which hold sentences, share what the others leave: three fifths and two fifths. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const fixed = natural.slice(0, -2);
  const [why = 0, flips = 0] = natural.slice(-2);
  const left = width - fixed.reduce((sum, one) => sum + one + gap.length, 0) - gap.length;
  if (why + flips <= left) return natural;
  const forFlips = Math.min(flips, Math.max(narrowest, Math.floor((left * 2) / 5)));
  return [...fixed, Math.max(narrowest, Math.min(why, left - forFlips)), forFlips];
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ")) {
    const longer = current === "" ? word : `${current} ${word}`;
    if ([...longer].length <= width || current === "") current = longer;
    else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current];
}

/** `explain WORKLOAD` as text; undefined when the plan has no such workload. */
export function explainText(
  plan: Plan,
  workload: string,
  engines: readonly Candidate[],
): string | undefined {
  const decision = plan.decisions.find((candidate) => candidate.workload === workload);
  if (!decision) return undefined;
  const [brief, ...reasons] = decision.reasons;
  const sections = [
    [
      `${workload} (${decision.kind}) → store ${decision.store} on ${titleOf(engines, decision.engine)}`,
    ],
    [`  ${brief?.text ?? ""}`],
    section("why", reasons.map(withEvidence)),
    section(
      "why not",
      decision.rejected.map((rejection) => whyNot(rejection, engines)),
    ),
    section(
      "costs in points (opening + strain; the cheapest whole plan wins)",
      scoreLines(decision, engines),
    ),
    section(
      "flips when",
      decision.flips.map(({ text }) => text),
    ),
    section("evidence", evidenceLines(decision, engines)),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const section = (title: string, lines: readonly string[]): readonly string[] => [
  title,
  ...(lines.length === 0 ? ["  none"] : lines.map((line) => `  ${line}`)),
];

const withEvidence = ({ text, evidence }: Reason): string =>
  evidence.length === 0 ? text : `${text} (${evidence.join(", ")})`;

function whyNot(rejection: Rejection, engines: readonly Candidate[]): string {
  return withTitle(withEvidence(rejection), titleOf(engines, rejection.engine));
}

const titleOf = (engines: readonly Candidate[], id: string): string =>
  engines.find((engine) => engine.id === id)?.title ?? id;

function scoreLines(decision: Decision, engines: readonly Candidate[]): readonly string[] {
  return decision.scores.map(({ engine, cost, terms }) => {
    const sum = Object.entries(terms)
      .filter(([, term]) => term > 0)
      .map(([name, term]) => `${name} ${points(term)}`);
    return `${titleOf(engines, engine)}: ${cost}${sum.length === 0 ? "" : ` = ${sum.join(" + ")}`}`;
  });
}

interface Cited {
  readonly id: string;
  readonly engine: Candidate;
  readonly text: string;
}

/** Every cited row of an evidence card once, with its source; with the engine where cards of two tell different things under one id. */
function evidenceLines(decision: Decision, engines: readonly Candidate[]): readonly string[] {
  const { reasons, rejected, engine } = decision;
  const cited = [...reasons.map((reason) => ({ ...reason, engine })), ...rejected].flatMap(
    ({ evidence, engine: of }) => evidence.flatMap((id) => citedOf(id, of, engines)),
  );
  return [...Map.groupBy(cited, ({ id }) => id).values()]
    .flatMap((rows): readonly string[] => {
      const texts = [...new Map(rows.toReversed().map((row) => [row.text, row])).values()];
      return texts.map(({ id, text, engine: { title } }) =>
        texts.length === 1 ? `${id}: ${text}` : `${id} (${title}): ${text}`,
      );
    })
    .toSorted();
}

/** As the card of the engine says it, whose id another may have for something else; a reason may name another engine's figure. */
function citedOf(id: string, of: string, engines: readonly Candidate[]): readonly Cited[] {
  const knows = ({ capabilities }: Candidate): boolean => capabilities.sources[id] !== undefined;
  const engine = engines.find((each) => each.id === of && knows(each)) ?? engines.find(knows);
  const source = engine?.capabilities.sources[id];
  return engine && source ? [{ id, engine, text: `${source.fact}. Source: ${source.source}` }] : [];
}

/** A problem of planning in the form of the spec's problems, without the place, which the caller knows. */
export function problemText(problem: PlanProblem): string {
  const each = problem.engines.map(({ text }) => `  ${text}`);
  return [`workload "${problem.workload}": ${problem.text}; ${problem.hint}`, ...each].join("\n");
}
