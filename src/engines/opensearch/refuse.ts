import type { StoreIr } from "../../ir/types.ts";
import type { Predicate } from "../../spec/model.ts";
import { languages } from "./analysis.ts";
import type { HeldView } from "./definition.ts";
import { exactDigits } from "./fields.ts";

interface Problem {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

const elsewhere = "leave it out, or keep the view beside its rows: stores.never: [opensearch]";
/** An index name holds 255 bytes; the number of a generation and a prefix come to it. */
const longestAlias = 200;

/** What this engine does not carry; named instead of left out. */
export function refuse(store: StoreIr): readonly Problem[] {
  return store.views.flatMap((view) => (view.port === "cache" ? [] : viewProblems(view, store)));
}

function viewProblems(view: HeldView, store: StoreIr): readonly Problem[] {
  const path = `workloads.${view.workload}`;
  return [
    ...(view.sourceStore === store.name
      ? [{ path, text: "OpenSearch is the authority of nothing", hint: elsewhere }]
      : []),
    ...(view.workload.length > longestAlias
      ? [{ path, text: "the name is too long for an index", hint: "give it a shorter one" }]
      : []),
    ...(view.port === "search" && !languages.includes(view.language)
      ? [
          {
            path: `${path}.language`,
            text: `OpenSearch has no analyzer for ${view.language}`,
            hint: `one of ${languages.join(", ")}`,
          },
        ]
      : []),
    ...view.methods.flatMap(({ method }) =>
      method.filter.flatMap((predicate) =>
        filterProblem(view, predicate, `${path}.access.${method.name}.filter`),
      ),
    ),
  ];
}

function filterProblem(
  view: HeldView,
  { field: name }: Predicate,
  path: string,
): readonly Problem[] {
  const type = view.entity.fields.find((field) => field.name === name)?.type;
  const decimals = type?.kind === "array" && type.of === "decimal";
  const inexact = type?.kind === "decimal" && type.precision > exactDigits;
  if (!decimals && !inexact) return [];
  return [
    {
      path,
      text: `OpenSearch compares numbers with ${exactDigits} digits, ${name} has ${decimals ? "any number of them" : "more"}`,
      hint: elsewhere,
    },
  ];
}
