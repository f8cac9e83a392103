import { isAuthority } from "./volume.ts";
import { meant } from "../spec/nearest.ts";
import type { Workload } from "../spec/model.ts";
import type { Candidate } from "./assess.ts";

/** Where in the spec a requirement was asked for, and what is told there instead of the general text and hint. */
export interface OwnPlace {
  readonly path: string;
  readonly at: "key" | "value";
  readonly text?: string;
  readonly hint?: string;
}

/** The place of a requirement that one line of a workload asks for; that of the workload for all others. */
export function placeOf(
  workload: Workload,
  requirement: string,
  engines: readonly Candidate[],
): OwnPlace {
  const path = `workloads.${workload.name}`;
  return (
    ofOperation(workload, requirement, path) ??
    ofLanguage(workload, requirement, engines, path) ?? { path, at: "key" }
  );
}

/** No other line of the workload can serve an operation that its kind's engines lack. */
function ofOperation(workload: Workload, requirement: string, path: string): OwnPlace | undefined {
  if (!isAuthority(workload)) return undefined;
  const methods = workload.access.flatMap(({ entity, methods: each }) =>
    each
      .filter(({ op }) => requirement === `operation-${op}`)
      .map(({ name }) => `${entity}.${name}`),
  );
  const [first] = methods;
  if (first === undefined) return undefined;
  return {
    path: `${path}.access.${first}`,
    at: "key",
    hint: `remove or replace ${methods.join(" and ")}: nothing else helps as long as the workload is of kind ${workload.kind}`,
  };
}

const language = "language-";

/** A language that no engine of the registry knows is a slip, and no matter of choosing among them. */
function ofLanguage(
  workload: Workload,
  requirement: string,
  engines: readonly Candidate[],
  path: string,
): OwnPlace | undefined {
  if (workload.kind !== "search" || requirement !== `${language}${workload.language}`)
    return undefined;
  const place = { path: `${path}.language`, at: "value" } as const;
  const known = languagesOf(engines);
  if (known.includes(workload.language)) return place;
  const near = meant(workload.language, known, "");
  return {
    ...place,
    text: `unknown language "${workload.language}"`,
    hint: `${near.startsWith("did you mean") ? `${near} Languages` : "languages"}: ${known.join(", ")}`,
  };
}

const languagesOf = (engines: readonly Candidate[]): readonly string[] =>
  [
    ...new Set(
      engines.flatMap(({ capabilities }) =>
        Object.keys(capabilities.features).flatMap((name) =>
          name.startsWith(language) ? [name.slice(language.length)] : [],
        ),
      ),
    ),
  ].toSorted();
