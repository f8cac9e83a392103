import type { Method, OrderTerm } from "../../../spec/model.ts";
import type { EntityIr, RecordMethodIr } from "../../../ir/types.ts";

/** Docstrings of the record port: what, in which order, what a retry does, how it fails, which workload asked for it. */

export const readsAgain = "Retried freely: it reads.";

const noun = (entity: EntityIr): string => entity.stem.replaceAll(/([A-Z])/g, " $1").toLowerCase();
const nouns = (entity: EntityIr): string =>
  entity.property.replaceAll(/([A-Z])/g, " $1").toLowerCase();

export function orderText(terms: readonly OrderTerm[]): string {
  const names = terms.map((term) =>
    term.direction === "desc" ? `${term.field} descending` : term.field,
  );
  return `Ordered by ${names.join(", ")}.`;
}

const replays =
  "Retried only when it is known not to have been applied, or always with `operation`.";
const outcomeUnknown = "outcome-unknown when the reply is lost and no `operation` was given";

const raised = (...faults: readonly (string | undefined)[]): string =>
  `@throws DataError ${faults.filter((fault) => fault !== undefined).join("; ")}.`;

/** Lines of a method's docstring, without comment signs. */
export function methodDoc(method: Method, entity: EntityIr, workload: string): readonly string[] {
  return [
    ...ownLines(method),
    ...operationDoc(method, entity),
    `Serves: ${workload}.${method.name}.`,
  ];
}

const ownLines = ({ comment }: Method): readonly string[] =>
  comment === undefined ? [] : comment.split(/\r?\n/);

function operationDoc(method: Method, entity: EntityIr): readonly string[] {
  switch (method.op) {
    case "get":
      return [`The ${noun(entity)}, or undefined. ${readsAgain}`];
    case "list":
      return listDoc(method, entity);
    case "aggregate":
      return [`One row per group, in the order of the groups. ${readsAgain}`];
    case "insert":
    case "upsert":
      return writeDoc(method, entity);
    case "patch":
    case "delete":
      return changeDoc(method, entity);
    case "increment":
      return incrementDoc(method, entity);
    case "history":
      return [`Every recorded change of one ${noun(entity)}, newest first. ${readsAgain}`];
  }
}

function listDoc(
  method: Extract<Method, { readonly op: "list" }>,
  entity: EntityIr,
): readonly string[] {
  const what =
    method.page === "keyset"
      ? `One page of ${nouns(entity)}`
      : `All ${nouns(entity)}, at most 10,000`;
  const isFiltered = method.where.length + method.optional.length > 0;
  const filtered = isFiltered ? " that fit the filter" : "";
  const cursor =
    method.page === "keyset"
      ? [
          `\`after\` is the \`next\` of the page before${isFiltered ? ", for the same filter" : ""}.`,
        ]
      : [];
  const limit = method.page === "none" ? [raised("programming when there are more")] : [];
  return [
    `${what}${filtered}. ${orderText(method.orderBy)}`,
    [...cursor, readsAgain].join(" "),
    ...limit,
  ];
}

/**
 * Where rows without a value come in a list, which its store decides: to one engine null is above every value, to another below.
 *
 * @param nullsFirst the engine's: null comes first in an ascending order
 * @returns `rows without a come first, without b come last`; undefined where the order has no field that may be null
 */
export function placeOfNull(
  method: Method,
  entity: EntityIr,
  nullsFirst: boolean,
): string | undefined {
  if (method.op !== "list") return undefined;
  const places = method.orderBy.flatMap(({ field: name, direction }) =>
    entity.fields.some((field) => field.name === name && field.nullable)
      ? [`without ${name} come ${nullsFirst === (direction === "asc") ? "first" : "last"}`]
      : [],
  );
  return places.length === 0 ? undefined : `rows ${places.join(", ")}`;
}

/** The docstring of a method with what its store decides: the place of null, behind what it lists, and whose key it may not take. */
export function docInStore(
  { method, signature: { doc } }: Pick<RecordMethodIr, "method" | "signature">,
  entity: EntityIr,
  { nullsFirst = false, keyPerTenant = false }: StoreTraits,
): readonly string[] {
  if (method.op === "upsert" && keyPerTenant)
    return doc.map((line) =>
      line === refusals(method, entity) ? refusals(method, entity, keyPerTenant) : line,
    );
  const place = placeOfNull(method, entity, nullsFirst);
  if (place === undefined) return doc;
  return doc.toSpliced(ownLines(method).length + 1, 0, `Null is sorted, too: ${place}.`);
}

/** What an engine says of itself that docstrings of its stores tell. */
interface StoreTraits {
  readonly nullsFirst?: boolean;
  readonly keyPerTenant?: boolean;
}

function writeDoc(
  method: Extract<Method, { readonly op: "insert" | "upsert" }>,
  entity: EntityIr,
): readonly string[] {
  const what = method.bulk ? nouns(entity) : `one ${noun(entity)}`;
  const how = method.bulk ? " in one statement" : "";
  const expiry =
    method.op === "upsert" && method.ttlMs !== undefined
      ? ` It expires ${duration(method.ttlMs)} later.`
      : "";
  const verb = method.op === "insert" ? "Inserts" : "Inserts, or replaces by key,";
  return [
    `${verb} ${what}${how} and gives the stored state.${expiry}`,
    ...(entity.deletedAt === undefined ? [] : [deletedKey(method, entity)]),
    replays,
    refusals(method, entity),
  ];
}

const deletedKey = (method: Method, entity: EntityIr): string =>
  method.op === "insert"
    ? `A deleted ${noun(entity)} keeps its key: it cannot be inserted again.`
    : `A deleted ${noun(entity)} with this key is back afterwards.`;

function refusals(
  method: Extract<Method, { readonly op: "insert" | "upsert" }>,
  entity: EntityIr,
  keyPerTenant = false,
): string {
  return raised(takenValue(method, entity, keyPerTenant), "constraint", outcomeUnknown);
}

/** When a write of whole rows is a conflict. */
function takenValue(
  method: Extract<Method, { readonly op: "insert" | "upsert" }>,
  entity: EntityIr,
  keyPerTenant: boolean,
): string | undefined {
  const unique = hasUnique(entity) ? [taken] : [];
  return conflict(
    method.op === "insert"
      ? ["the key or a unique value exists"]
      : [
          ...unique,
          ...(entity.tenant === undefined || keyPerTenant ? [] : ["the key is another tenant's"]),
          ...(entity.children.length === 0 ? [] : ["another write of the same key was faster"]),
        ],
  );
}

/** Its owned children are written with it. */
const hasUnique = ({ unique, children }: EntityIr): boolean =>
  unique.length > 0 || children.some(({ entity }) => hasUnique(entity));

function changeDoc(
  method: Extract<Method, { readonly op: "patch" | "delete" }>,
  entity: EntityIr,
): readonly string[] {
  const deleted =
    entity.deletedAt === undefined
      ? `Deletes one ${noun(entity)}.`
      : `Marks one ${noun(entity)} as deleted; reads no longer find it.`;
  const what =
    method.op === "delete"
      ? deleted
      : `Changes the given fields of one ${noun(entity)} and gives the stored state.`;
  const changed = method.op === "patch" ? method.fields : [];
  return [
    what,
    replays,
    raised(
      "not-found when it does not exist",
      conflict([
        ...(entity.version === undefined ? [] : ["`ifVersion` is no longer the stored version"]),
        ...takenBy(entity, changed),
      ]),
      "constraint",
      outcomeUnknown,
    ),
  ];
}

const conflict = (reasons: readonly string[]): string | undefined =>
  reasons.length === 0 ? undefined : `conflict when ${reasons.join(" or ")}`;

const taken = "a unique value exists";

/** A change of one field is enough for a group of them to meet another row's. */
const takenBy = ({ unique }: EntityIr, changed: readonly string[]): readonly string[] =>
  unique.some(({ fields }) => fields.some(({ name }) => changed.includes(name))) ? [taken] : [];

function incrementDoc(
  method: Extract<Method, { readonly op: "increment" }>,
  entity: EntityIr,
): readonly string[] {
  const sign = { any: "any", positive: "a positive", negative: "a negative" }[method.by];
  const bounds = [
    method.floor === undefined ? undefined : `below ${method.floor}`,
    method.ceiling === undefined ? undefined : `above ${method.ceiling}`,
  ].filter((bound) => bound !== undefined);
  const bounded =
    bounds.length === 0
      ? "constraint"
      : `constraint when ${method.field} would go ${bounds.join(" or ")}`;
  return [
    `Adds ${sign} amount to \`${method.field}\` of one ${noun(entity)} in one statement and gives the stored state.`,
    replays,
    raised(
      "not-found when it does not exist",
      conflict(takenBy(entity, [method.field])),
      bounded,
      method.by === "any" ? undefined : "programming on the wrong sign",
      outcomeUnknown,
    ),
  ];
}

const units = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
] as const;

/** `1800000` → `30 minutes`. */
export function duration(ms: number): string {
  const unit = units.find(([size]) => ms >= size && ms % size === 0);
  if (unit === undefined) return `${ms} ms`;
  const count = ms / unit[0];
  return `${count} ${unit[1]}${count === 1 ? "" : "s"}`;
}

export const describe = {
  batch: (entity: EntityIr): readonly string[] => [
    `The ${nouns(entity)} in the order of the keys, in one statement; what is missing is left out. ${readsAgain}`,
  ],
  asOf: (entity: EntityIr): readonly string[] => [
    `The ${noun(entity)} as it was at a moment, or undefined if it did not exist then. ${readsAgain}`,
  ],
};
