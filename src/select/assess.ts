import type { Capabilities, Capability, Floor, Hosting, Limit, TextSearch } from "./criteria.ts";
import type { Requirement, Requirements, Test } from "./requirement.ts";
import { show, showCount } from "./show.ts";

/** What selection has to know of an engine; every EngineDescriptor is one. */
export interface Candidate {
  readonly id: string;
  readonly title: string;
  readonly capabilities: Capabilities;
}

/** Answer of one engine to one requirement. */
export interface Verdict {
  readonly requirement: string;
  readonly met: boolean;
  /** Points for lying outside the comfortable range; 0 inside. */
  readonly strain: number;
  readonly text: string;
  readonly evidence: readonly string[];
}

/** Answer of one engine to all requirements of a workload. */
export interface Assessment {
  readonly engine: string;
  readonly admissible: boolean;
  readonly verdicts: readonly Verdict[];
  /** Name of a requirement or wish → points. Zero terms are left out. */
  readonly terms: Readonly<Record<string, number>>;
  /** Sum of the terms. */
  readonly cost: number;
}

/** Points per doubling beyond comfort, where the engine's data name no other: three doublings weigh as much as a new server. */
export const strainPerDoubling = 4;
/** Zero is endlessly many halvings below a comfortable figure; it weighs as much as this part of it. */
const mostBelow = 16;
/** A mean of a tenth of the promised p99 leaves room for concurrency and the tail; a weight, not a limit. */
const comfortableShareOfP99 = 0.1;

/** What was asked before and how it was answered: an unchanged question keeps its verdict. */
export interface Asked {
  readonly hard: readonly Requirement[];
  readonly verdicts: readonly Verdict[];
}

export function assess(
  engine: Candidate,
  requirements: Requirements,
  hosting: string,
  before?: Asked,
): Assessment {
  const verdicts = verdictsOn(engine, requirements.hard, hosting, before);
  const terms: Record<string, number> = {};
  let cost = 0;
  let admissible = true;
  for (const { requirement, strain, met } of verdicts) {
    admissible &&= met;
    if (strain <= 0) continue;
    terms[requirement] = strain;
    cost += strain;
  }
  for (const { feature, weight } of requirements.wishes) {
    if (engine.capabilities.features[feature] !== undefined) continue;
    terms[feature] = weight;
    cost += weight;
  }
  return { engine: engine.id, admissible, verdicts, terms, cost: points(cost) };
}

function verdictsOn(
  engine: Candidate,
  hard: readonly Requirement[],
  hosting: string,
  before: Asked | undefined,
): readonly Verdict[] {
  // A figure that is set adds a requirement in the midst of the others: those after it are found one further on.
  let next = 0;
  return hard.map((requirement) => {
    const known = before?.hard[next];
    if (known?.id !== requirement.id) return verdictOn(engine, requirement, hosting);
    const verdict = before?.verdicts[next];
    next += 1;
    return verdict && sameTest(known.test, requirement.test)
      ? verdict
      : verdictOn(engine, requirement, hosting);
  });
}

/** Whether two tests ask the same: every engine answers them alike. */
export function sameTest(a: Test, b: Test): boolean {
  if (a.kind === "limit") return b.kind === "limit" && a.limit === b.limit && a.amount === b.amount;
  if (a.kind === "floor") return b.kind === "floor" && a.floor === b.floor && a.amount === b.amount;
  if (a.kind === "feature") return b.kind === "feature" && a.feature === b.feature;
  if (a.kind === "port") return b.kind === "port" && a.port === b.port;
  if (a.kind === "hosting") return b.kind === "hosting" && a.hosting === b.hosting;
  if (a.kind === "allowed") return b.kind === "allowed" && a.never.join() === b.never.join();
  if (a.kind === "vector-index")
    return b.kind === "vector-index" && a.vectors === b.vectors && a.dimensions === b.dimensions;
  return b.kind === "text-search" && a.documents === b.documents && a.withinMs === b.withinMs;
}

/** Costs are compared as thousandths of a point, so that equal is equal on every machine. */
export const points = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Its text is made when it is read: the search for flips asks thousands of times and reads none. */
class LazyVerdict implements Verdict {
  readonly requirement: string;
  readonly met: boolean;
  readonly strain: number;
  readonly evidence: readonly string[];
  readonly #text: () => string;

  constructor(requirement: string, { met, strain = 0, text, evidence = [] }: Answer) {
    this.requirement = requirement;
    this.met = met;
    this.strain = met ? points(strain) : 0;
    this.evidence = evidence;
    this.#text = text;
  }

  get text(): string {
    return this.#text();
  }
}

const verdictOn = (engine: Candidate, { id, test }: Requirement, hosting: string): Verdict =>
  new LazyVerdict(id, answerTo(engine, test, hosting));

interface Answer {
  readonly met: boolean;
  readonly strain?: number;
  readonly text: () => string;
  readonly evidence?: readonly string[];
}

function answerTo(engine: Candidate, test: Test, hosting: string): Answer {
  const { capabilities, title } = engine;
  switch (test.kind) {
    case "allowed":
      return test.never.includes(engine.id)
        ? { met: false, text: () => `${title} is refused by stores.never` }
        : { met: true, text: () => `${title} is not refused` };
    case "hosting":
      return present(
        engine,
        capabilities.hosting[test.hosting],
        `hosting:${test.hosting}`,
        `${test.hosting} hosting`,
      );
    case "port":
      return present(
        engine,
        capabilities.ports[test.port],
        `port:${test.port}`,
        `${test.port} port`,
      );
    case "feature":
      return present(engine, capabilities.features[test.feature], test.feature, test.feature);
    case "limit":
      return onLimit(title, limitOf(capabilities, test.limit, hosting), test.limit, test.amount);
    case "floor":
      return onFloor(title, capabilities.floors[test.floor], test.floor, test.amount);
    case "vector-index":
      return onVectorIndex(engine, test, hosting);
    case "text-search":
      return onTextSearch(engine, test);
  }
}

const words = (name: string): string => name.replaceAll("-", " ");

function present(
  { title, capabilities }: Candidate,
  entry: Capability | Hosting | undefined,
  id: string,
  name: string,
): Answer {
  if (entry) return { met: true, text: () => entry.text, evidence: entry.evidence };
  const known = capabilities.lacks[id];
  return known
    ? {
        met: false,
        text: () => `${title} has no ${words(name)}: ${known.text}`,
        evidence: known.evidence,
      }
    : {
        met: false,
        text: () => `${title} has no ${words(name)}: its evidence card has no entry for it`,
      };
}

function limitOf(capabilities: Capabilities, name: string, hosting: string): Limit | undefined {
  return capabilities.hosting[hosting]?.limits?.[name] ?? capabilities.limits[name];
}

function onLimit(title: string, limit: Limit | undefined, name: string, amount: number): Answer {
  if (!limit) return { met: false, text: () => `${title} states no limit for ${words(name)}` };
  const { max, comfortable, unit, evidence } = limit;
  if (max !== undefined && amount > max) {
    return {
      met: false,
      text: () => `${show(amount, unit)} is beyond ${show(max, unit)}: ${limit.text}`,
      evidence,
    };
  }
  return {
    met: true,
    strain: strainAbove(amount, comfortable, limit.perDoubling),
    text: () => `${comfortOf(limit, amount)}${limit.text}`,
    evidence,
  };
}

function comfortOf({ comfortable, unit }: Limit, amount: number): string {
  if (comfortable === undefined) return "";
  const range = amount > comfortable ? "beyond the comfortable" : "comfortable up to";
  return `${range} ${show(comfortable, unit)}; `;
}

function onFloor(title: string, floor: Floor | undefined, name: string, amount: number): Answer {
  if (!floor) return { met: false, text: () => `${title} states nothing for ${words(name)}` };
  const { min, comfortable, unit, evidence } = floor;
  if (amount < min) {
    return {
      met: false,
      text: () => `${show(amount, unit)} is below ${show(min, unit)}: ${floor.text}`,
      evidence,
    };
  }
  const strain =
    comfortable === undefined || comfortable === 0
      ? 0
      : strainAbove(comfortable, Math.max(amount, comfortable / mostBelow));
  return { met: true, strain, text: () => floor.text, evidence };
}

function onVectorIndex(
  engine: Candidate,
  test: Extract<Test, { kind: "vector-index" }>,
  hosting: string,
): Answer {
  const { vectorIndex } = engine.capabilities;
  if (!vectorIndex) return { met: false, text: () => `${engine.title} has no vector index` };
  const size = test.vectors * bytesPerVector(vectorIndex, test.dimensions);
  const limit = limitOf(engine.capabilities, "vector-index-bytes", hosting);
  const answer = onLimit(engine.title, limit, "vector-index-bytes", size);
  const sum = (): string =>
    `${showCount(test.vectors)} × ${test.dimensions} dimensions ≈ ${show(size, "bytes")} of index`;
  return {
    ...answer,
    text: () => `${sum()}; ${answer.text()}`,
    evidence: [...new Set([...vectorIndex.evidence, ...(answer.evidence ?? [])])],
  };
}

/** Index bytes one vector takes, page packing included. */
export function bytesPerVector(
  index: NonNullable<Capabilities["vectorIndex"]>,
  dimensions: number,
): number {
  const entry = index.bytesPerDimension * dimensions + index.overhead;
  if (!index.page) return entry;
  const perPage = Math.floor(index.page.usable / entry);
  return perPage >= 1
    ? index.page.size / perPage
    : Math.ceil(entry / index.page.usable) * index.page.size;
}

function onTextSearch(engine: Candidate, test: Extract<Test, { kind: "text-search" }>): Answer {
  const { textSearch } = engine.capabilities;
  if (!textSearch) return { met: false, text: () => `${engine.title} has no ranked text search` };
  const estimate = searchedAtATime(textSearch, test.documents) / textSearch.documentsPerMs;
  const text = (): string =>
    `${showCount(test.documents)} documents ≈ ${show(estimate, "ms")} a ranked query, of ${show(test.withinMs, "ms")} allowed: ${textSearch.text}`;
  if (estimate > test.withinMs) return { met: false, text, evidence: textSearch.evidence };
  return {
    met: true,
    strain: strainAbove(estimate, test.withinMs * comfortableShareOfP99),
    text,
    evidence: textSearch.evidence,
  };
}

/** Documents behind one another in the slowest part of a search. It never falls while the documents grow. */
function searchedAtATime({ shards }: TextSearch, documents: number): number {
  if (shards === undefined) return documents;
  return Math.max(Math.min(documents, shards.documents), documents / shards.atOnce);
}

function strainAbove(
  amount: number,
  comfortable: number | undefined,
  perDoubling?: number,
): number {
  if (comfortable === undefined || amount <= comfortable) return 0;
  return Math.log2(amount / comfortable) * (perDoubling ?? strainPerDoubling);
}
