import type { StoreIr, VectorViewIr } from "../../ir/types.ts";
import { columnOf, definitionOf, filterFields } from "./definition.ts";

interface Refusal {
  readonly path: string;
  readonly text: string;
  readonly hint: string;
}

/** MV-01 */
const fieldsPerCollection = 64;

/** Views that Milvus cannot hold. */
export function refuse(store: StoreIr): readonly Refusal[] {
  const views = vectorViews(store);
  return [
    ...views.flatMap((view) => [...unfilterable(view), ...tooMany(view)]),
    ...oneAlias(views),
  ];
}

export const vectorViews = ({ views }: StoreIr): readonly VectorViewIr[] =>
  views.filter((view): view is VectorViewIr => view.port === "vector");

const unfilterable = (view: VectorViewIr): readonly Refusal[] =>
  filterFields(view)
    .filter((field) => columnOf(field) === undefined)
    .map(({ name, type }) => ({
      path: `workloads.${view.workload}.access`,
      text: `Milvus cannot filter by ${view.entity.name}.${name}, a field of type ${type.kind === "array" ? `array of ${type.of}` : type.kind}${type.kind === "decimal" ? ` with ${type.precision} digits; it compares 18 exactly` : ""}`,
      hint: "filter by another field, or serve the view from an engine that can",
    }));

function tooMany(view: VectorViewIr): readonly Refusal[] {
  const own = view.entity.tenant === undefined ? 5 : 6;
  if (filterFields(view).length + own <= fieldsPerCollection) return [];
  return [
    {
      path: `workloads.${view.workload}.access`,
      text: `the view filters by ${filterFields(view).length} fields; a collection has ${fieldsPerCollection}, of which ${own} are the data layer's`,
      hint: "filter by fewer",
    },
  ];
}

/** Two names may become one when what Milvus does not take in a name is replaced. */
function oneAlias(views: readonly VectorViewIr[]): readonly Refusal[] {
  const first = new Map<string, string>();
  return views.flatMap((view) => {
    const { alias } = definitionOf(view, "p");
    const before = first.get(alias);
    first.set(alias, before ?? view.workload);
    if (before === undefined) return [];
    return [
      {
        path: `workloads.${view.workload}`,
        text: `${view.workload} and ${before} would have one name in Milvus`,
        hint: "rename one of them",
      },
    ];
  });
}
