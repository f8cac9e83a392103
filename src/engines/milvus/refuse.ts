import { textBytes } from "../../../templates/engines/milvus/definition.ts";
import type { EntityIr, FieldIr, StoreIr, VectorViewIr } from "../../ir/types.ts";
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
    ...views.flatMap((view) => [
      ...unfilterable(view),
      ...tooMany(view),
      ...unbounded(view),
      ...tooLong(view),
    ]),
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

/** A row that is too long would stop a rebuild in its middle, on the day that somebody writes it. */
const unbounded = (view: VectorViewIr): readonly Refusal[] =>
  copied(view.entity)
    .filter(({ field }) => field.type.kind === "text")
    .map(({ entity, field }) => ({
      path: `entities.${entity.name}.fields.${field.name}`,
      text: `${entity.name}.${field.name} is a text of any length, and view "${view.workload}" copies it into Milvus, which holds ${textBytes} bytes of a row: the first longer one would stop its rebuild`,
      hint: "bound it ({ type: string, max: 8000 }), move it to an entity that no view there copies, or have the view served elsewhere (stores: { never: [milvus] })",
    }));

/** A character has a byte at least, so these bounds promise more than there is room for. */
function tooLong(view: VectorViewIr): readonly Refusal[] {
  const texts = copied(view.entity).flatMap(({ field: { name, type } }) =>
    type.kind === "string" ? [{ name, max: type.max }] : [],
  );
  const total = texts.reduce((sum, { max }) => sum + max, 0);
  if (total <= textBytes) return [];
  const longest = texts.toSorted((a, b) => b.max - a.max).slice(0, 3);
  return [
    {
      path: `workloads.${view.workload}.from`,
      text: `the texts of ${view.entity.name} may have ${total} characters (${longest.map(({ name, max }) => `${name} ${max}`).join(", ")}), and Milvus holds ${textBytes} bytes of a row that it copies`,
      hint: "lower max of the longest, or move it to an entity that no view there copies",
    },
  ];
}

/** What an item holds: the fields of the entity and of what it owns. */
const copied = (
  entity: EntityIr,
): readonly { readonly entity: EntityIr; readonly field: FieldIr }[] => [
  ...entity.fields.filter(({ visible }) => visible).map((field) => ({ entity, field })),
  ...entity.children.flatMap((child) => copied(child.entity)),
];

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
