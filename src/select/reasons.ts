import { type Assessment, type Candidate, points, type Verdict } from "./assess.ts";
import { type Change, type Comparison, shownChanges } from "./difference.ts";
import { inProcess, openingCost, type CostTable, type Row } from "./cost-table.ts";
import type { Reason, Rejection } from "./plan.ts";
import type { Requirement } from "./requirement.ts";
import { listed } from "./show.ts";
import { togetherBecause } from "./sites.ts";
import { isAuthority } from "./volume.ts";

/** Requirements that every decision meets; they explain a rejection, never a choice. */
const selfEvident = (id: string): boolean =>
  id === "not-refused" ||
  id === "durable-authority" ||
  id.startsWith("operation-") ||
  id.startsWith("language-");

/** Engine id → the authorities it serves, by name. */
export type AuthoritiesByEngine = ReadonlyMap<string, readonly string[]>;

export function authoritiesByEngine(
  table: CostTable,
  engines: ReadonlyMap<string, Candidate>,
): AuthoritiesByEngine {
  const served = new Map<string, string[]>();
  for (const [name, { id }] of [...engines].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const workload = table.rows.get(name)?.workload;
    if (!workload || !isAuthority(workload)) continue;
    const names = served.get(id) ?? [];
    names.push(name);
    served.set(id, names);
  }
  return served;
}

/**
 * Why this engine: one sentence in brief, then each requirement with what stands behind it.
 *
 * @param apart what further servers of this engine hold, which the workload must not share
 */
export function reasonsFor(
  table: CostTable,
  row: Row,
  engine: Candidate,
  served: AuthoritiesByEngine,
  apart: readonly string[],
): readonly Reason[] {
  const assessment = assessmentOf(row, engine.id);
  const pairs = row.requirements.hard.flatMap((requirement, at) => {
    const verdict = assessment?.verdicts[at];
    return verdict ? [{ requirement, verdict }] : [];
  });
  const price = priceOf(table, row, engine, served, apart);
  return [
    brief(row, pairs, price),
    ...pairs
      .filter(({ requirement }) => !selfEvident(requirement.id))
      .map(({ requirement, verdict }) => ({
        text: `needs ${requirement.need}: ${verdict.text}`,
        evidence: verdict.evidence,
      })),
    ...metWishes(row, engine),
    ...unmetWishes(row, assessment, engine),
  ];
}

interface Pair {
  readonly requirement: Requirement;
  readonly verdict: Verdict;
}

function brief(row: Row, pairs: readonly Pair[], price: string): Reason {
  const headlines = pairs.filter(({ requirement }) => requirement.headline);
  const computed = headlines.filter(
    ({ requirement: { test } }) => test.kind === "vector-index" || test.kind === "text-search",
  );
  const shown = computed.length > 0 ? computed : headlines;
  const evidence = [...new Set(shown.flatMap(({ verdict }) => verdict.evidence))];
  const needs = listed(headlines.map(({ requirement }) => requirement.need));
  const computedText = computed.map(({ verdict }) => figures(verdict.text)).join("; ");
  const cache = row.workload.kind === "cache";
  const claim = computedText || (needs && (cache ? needs : `needs ${needs}`));
  return { text: [claim, price].filter(Boolean).join("; "), evidence };
}

/** The computed figures and the comfortable range, without the statement behind them. */
const figures = (text: string): string =>
  (text.split(": ")[0] ?? text).split("; ").slice(0, 2).join(", ");

/** What made it the cheapest, in words. */
function priceOf(
  table: CostTable,
  row: Row,
  engine: Candidate,
  served: AuthoritiesByEngine,
  apart: readonly string[],
): string {
  const { name, kind } = row.workload;
  if (inProcess(engine)) return `${engine.title}: nothing to operate`;
  if (kind === "cache" && apart.length > 0) {
    const others = briefly(apart);
    return table.model.stores.running.includes(engine.id)
      ? `${engine.title} already runs: no further engine, but one more server beside that of ${others}`
      : `${engine.title} is there for ${others}: no further engine, but one more server`;
  }
  if (table.model.stores.running.includes(engine.id)) return `${engine.title} already runs`;
  const others = (served.get(engine.id) ?? []).filter((other) => other !== name);
  if (others.length > 0) return `${engine.title} also serves ${briefly(others)}: no second engine`;
  return comparedWithOthers(table, row, engine);
}

/** What holds the others back: a requirement they fail, else the strain they would be under, else their price. */
function comparedWithOthers(table: CostTable, row: Row, engine: Candidate): string {
  const able = row.assessments.filter(({ admissible }) => admissible);
  if (able.length === 1) {
    const obstacle = obstacleOf(table, row, engine);
    return `only ${engine.title} can serve it${obstacle === undefined ? "" : `: ${obstacle}`}`;
  }
  const strained = strainedThoughRunning(table, row, engine) ?? strainedOther(table, row, engine);
  return strained ?? `${engine.title} is the cheapest of ${able.length} that can`;
}

/** Of an engine that has the port: what it fails. Engines of another family need no word. */
function obstacleOf(table: CostTable, row: Row, engine: Candidate): string | undefined {
  const texts = row.assessments.flatMap((assessment, at) => {
    const failed = assessment.verdicts.filter(({ met }) => !met);
    const related = !failed.some(({ requirement }) => requirement.startsWith("port:"));
    const title = table.engines[at]?.title;
    const [first] = failed;
    if (assessment.engine === engine.id || !related || !first || title === undefined) return [];
    return [first.text.startsWith(title) ? first.text : `with ${title} ${first.text}`];
  });
  return texts[0];
}

function strainedOther(table: CostTable, row: Row, engine: Candidate): string | undefined {
  const own = assessmentOf(row, engine.id)?.terms ?? {};
  const strains = row.assessments.flatMap((assessment, at) =>
    assessment.engine === engine.id || !assessment.admissible
      ? []
      : Object.entries(assessment.terms).map(([id, points]) => ({
          id,
          title: table.engines[at]?.title ?? assessment.engine,
          more: points - (own[id] ?? 0),
        })),
  );
  const worst = strains.toSorted((a, b) => b.more - a.more)[0];
  if (!worst || worst.more <= 1) return undefined;
  return `${engine.title} is cheaper than ${worst.title}, which is strained by ${needOf(row, worst.id)}`;
}

/** One that runs is passed over: its sum beside that of the engine that is taken, both with opening. */
function strainedThoughRunning(table: CostTable, row: Row, engine: Candidate): string | undefined {
  const { model, engines } = table;
  const sumOf = (candidate: Candidate): number =>
    points((assessmentOf(row, candidate.id)?.cost ?? 0) + openingCost(candidate, model));
  const passedOver = engines.find(
    (candidate) =>
      model.stores.running.includes(candidate.id) &&
      assessmentOf(row, candidate.id)?.admissible === true &&
      sumOf(candidate) > sumOf(engine),
  );
  if (passedOver === undefined) return undefined;
  const strains = Object.entries(assessmentOf(row, passedOver.id)?.terms ?? {}).map(
    ([id, strain]) => `${needOf(row, id)} (${strain})`,
  );
  return `${engine.title} (${sumOf(engine)} points) is cheaper than ${passedOver.title}, which already runs (${openingCost(passedOver, model)}) but is strained by ${listed(strains)}`;
}

function needOf({ requirements: { hard, wishes } }: Row, id: string): string {
  const asked = [...hard, ...wishes];
  return asked.find((entry) => ("id" in entry ? entry.id : entry.feature) === id)?.need ?? id;
}

const briefly = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : listed(names);

/** What was not asked for as a must, and is there. */
const metWishes = (row: Row, { capabilities }: Candidate): readonly Reason[] =>
  row.requirements.wishes.flatMap(({ feature, need }) => {
    const has = capabilities.features[feature];
    return has === undefined ? [] : [{ text: `has ${need}: ${has.text}`, evidence: has.evidence }];
  });

function unmetWishes(
  row: Row,
  assessment: Assessment | undefined,
  engine: Candidate,
): readonly Reason[] {
  return row.requirements.wishes
    .filter(({ feature }) => assessment?.terms[feature] !== undefined)
    .map(({ need, weight }) => ({
      text: `would be better with ${need}, which ${engine.title} has not: ${weight} points`,
      evidence: [],
    }));
}

export const assessmentOf = (row: Row, engine: string): Assessment | undefined =>
  row.assessments.find((assessment) => assessment.engine === engine);

/** Why not each other engine: a requirement it fails, or its cost. */
export function rejectionsFor(
  table: CostTable,
  row: Row,
  chosen: Candidate,
  total: number,
  costWith: (engine: Candidate) => number | undefined,
  compared: Comparison,
): readonly Rejection[] {
  return table.engines
    .filter(({ id }) => id !== chosen.id)
    .map((engine) => {
      const assessment = assessmentOf(row, engine.id);
      const failed = assessment?.verdicts.filter(({ met }) => !met) ?? [];
      const [first, ...others] = failed;
      if (first) return byRequirement(engine, first, others);
      const cost = costWith(engine);
      if (cost === undefined) return byColocation(table, engine, row.workload.name);
      const changes = compared(row.workload.name, engine, cost);
      return byCost(table, engine, { total, cost, changes });
    });
}

function byRequirement(engine: Candidate, first: Verdict, others: readonly Verdict[]): Rejection {
  const also = others.map(({ requirement }) => requirement);
  return {
    engine: engine.id,
    because: "requirement",
    requirement: first.requirement,
    text: also.length > 0 ? `${first.text} (also fails: ${also.join(", ")})` : first.text,
    evidence: first.evidence,
  };
}

/** There is no plan with this engine: what shares the workload's store cannot be there, or the budget forbids it. */
function byColocation(table: CostTable, engine: Candidate, workload: string): Rejection {
  const site = table.sites.find((names) => names.includes(workload)) ?? [];
  const at = table.engines.indexOf(engine);
  const others = site.filter((name) => table.rows.get(name)?.assessments[at]?.admissible === false);
  const because = togetherBecause(table.model, site);
  return {
    engine: engine.id,
    because: "requirement",
    requirement: "colocation",
    text:
      others.length > 0 && because !== undefined
        ? `${engine.title} cannot serve ${listed(others)}, which must share the store: ${because}`
        : `${engine.title} cannot serve the workloads that must share the store, or the budget of engines is spent`,
    evidence: [],
  };
}

/** What the plan costs with another engine, beside its own total. */
interface Priced {
  readonly total: number;
  readonly cost: number;
  readonly changes: readonly Change[];
}

function byCost(table: CostTable, engine: Candidate, { total, cost, changes }: Priced): Rejection {
  const hosting = engine.capabilities.hosting[table.model.stores.hosting];
  return {
    engine: engine.id,
    because: "cost",
    text: `${engine.title} could serve it: the whole plan would cost ${cost} points against ${total}${changes.length === 0 ? "" : `: ${shownChanges(changes)}`}`,
    evidence: hosting?.evidence ?? [],
    cost,
  };
}
