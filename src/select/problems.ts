import waiting from "../../references/engines/waiting.json" with { type: "json" };
import type { Assessment, Candidate, Verdict } from "./assess.ts";
import type { Workload } from "../spec/model.ts";
import { placeOf } from "./own-place.ts";
import { listed } from "./show.ts";

/** Why a model cannot be planned. `unservable`, `colocation` and `budget` are errors of the spec; `locked` is a finding. */
export interface PlanProblem {
  readonly kind: "unservable" | "colocation" | "budget" | "locked";
  readonly workload: string;
  /** Path in the spec that the problem is about. */
  readonly path: string;
  /** Whether the key at the path is meant, or its value. */
  readonly at: "key" | "value";
  /** Id of the requirement that nobody meets. */
  readonly requirement: string;
  readonly text: string;
  readonly hint: string;
  /** Per engine the first requirement that it fails. */
  readonly engines: readonly {
    readonly engine: string;
    readonly requirement: string;
    readonly text: string;
  }[];
}

const waitingFor: Readonly<Record<string, readonly string[] | undefined>> = waiting;

/** The problem of a workload (or of several that share a store) that no engine serves; undefined when one does. */
export function unservable(
  workload: Workload,
  assessments: readonly Assessment[],
  engines: readonly Candidate[],
): PlanProblem | undefined {
  if (assessments.some(({ admissible }) => admissible)) return undefined;
  const named = requirementNobodyMeets(assessments);
  const family = ofThePort(assessments);
  const common = family.every((one) => failureOf(one, named.requirement) !== undefined);
  const title = (id: string): string => engines.find((engine) => engine.id === id)?.title ?? id;
  const place = placeOf(workload, common ? named.requirement : "", engines);
  const noPort = named.requirement.startsWith("port:");
  return {
    kind: "unservable",
    workload: workload.name,
    path: place.path,
    at: place.at,
    requirement: named.requirement,
    text:
      place.text ??
      (noPort
        ? `no registered engine serves a workload of kind ${workload.kind} (requirement ${named.requirement})`
        : `no registered engine meets ${common ? `the requirement ${named.requirement}` : "all requirements"} of a workload of kind ${workload.kind}: ${told(
            family.map((one) => {
              const failure = common ? failureOf(one, named.requirement) : failures(one)[0];
              const reason = withTitle(failure?.text ?? "", title(one.engine));
              return common ? reason : `${reason} (requirement ${failure?.requirement ?? ""})`;
            }),
          )}`),
    hint: common
      ? (place.hint ?? hintFor(noPort ? `kind:${workload.kind}` : named.requirement))
      : "relax the requirement that stands against the engine you prefer",
    engines: assessments.map((assessment) => {
      const first = failures(assessment)[0];
      return {
        engine: assessment.engine,
        requirement: first?.requirement ?? "",
        text: first ? withTitle(first.text, title(assessment.engine)) : "can serve it",
      };
    }),
  };
}

/** The sentence, with the engine in front unless it begins with it. */
export const withTitle = (text: string, title: string): string =>
  text.startsWith(title) ? text : `${title}: ${text}`;

/** What would have to change, with the engines that a later release is to register for it. */
export function hintFor(requirement: string): string {
  const engines = waitingFor[requirement];
  if (engines) return `it waits for ${listed(engines)}; until then relax or remove it`;
  return "relax the requirement, change stores.never or stores.hosting, or remove the workload";
}

const failures = ({ verdicts }: Assessment): readonly Verdict[] =>
  verdicts.filter(({ met }) => !met);
const isPort = ({ requirement }: Verdict): boolean => requirement.startsWith("port:");

/** Each engine's reason, the same one once. */
const told = (reasons: readonly string[]): string => [...new Set(reasons)].join("; ");

const failureOf = (assessment: Assessment, requirement: string): Verdict | undefined =>
  failures(assessment).find((failure) => failure.requirement === requirement);

/** Engines that serve the kind of workload at all; all of them where none does. */
function ofThePort(assessments: readonly Assessment[]): readonly Assessment[] {
  const family = assessments.filter((assessment) => !failures(assessment).some(isPort));
  return family.length > 0 ? family : assessments;
}

/** The requirement that fails with every engine of the right port; else the first one of the engine that fails fewest. */
export function requirementNobodyMeets(assessments: readonly Assessment[]): Verdict {
  const considered = ofThePort(assessments);
  const servesKind = considered.some((assessment) => !failures(assessment).some(isPort));
  const closest = considered.toSorted((a, b) => failures(a).length - failures(b).length)[0];
  const candidates = closest ? failures(closest) : [];
  const common = candidates.find(
    ({ requirement }) =>
      (servesKind || requirement.startsWith("port:")) &&
      considered.every((other) => failureOf(other, requirement) !== undefined),
  );
  return (
    common ??
    candidates[0] ?? {
      requirement: "engine",
      met: false,
      strain: 0,
      text: "no engine is registered",
      evidence: [],
    }
  );
}
