import type { Ir, ViewIr } from "../ir/types.ts";
import type { Model, Sla } from "../spec/model.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { pairs } from "./pairs.ts";
import { propertyRenames, type Renames } from "./renames.ts";
import { callChanges, type Callable } from "./signature.ts";
import { cacheChanges, searchChanges, vectorChanges } from "./view-indexes.ts";

const views = noteOf("views");
const api = noteOf("api");

export interface ViewSide {
  readonly model: Model;
  readonly ir: Ir;
}

const viewsOf = ({ ir }: ViewSide): readonly ViewIr[] => ir.stores.flatMap((store) => store.views);

/** Differences in the derived views: whether they are there, how they are called, what their index holds, how fresh they are. */
export function viewChanges(
  before: ViewSide,
  after: ViewSide,
  renames: Renames,
): readonly SpecChange[] {
  const paired = pairs(viewsOf(before), viewsOf(after), { name: ({ workload }) => workload });
  const slas = (side: ViewSide): ReadonlyMap<string, Sla> =>
    new Map(side.model.workloads.map(({ name, sla }) => [name, sla]));
  const [old, now] = [slas(before), slas(after)];
  return [
    ...paired.removed.map((view) =>
      views("breaking", `data.${view.property}`, "removed", "code that asks the view fails"),
    ),
    ...paired.added.map((view) =>
      views("additive", `data.${view.property}`, "added", "it is filled from its source"),
    ),
    ...paired.kept.flatMap((pair) => [
      ...kindChanges(pair.before, pair.after, renames),
      ...freshness(pair.after, old.get(pair.before.workload), now.get(pair.after.workload)),
    ]),
  ];
}

function kindChanges(before: ViewIr, after: ViewIr, renames: Renames): readonly SpecChange[] {
  const subject = `data.${after.property}`;
  if (before.port !== after.port)
    return [
      views("breaking", subject, `kind ${before.port} → ${after.port}`, "it answers otherwise"),
    ];
  return [
    ...sourceChange(before, after, renames),
    ...methodChanges(before, after, renames),
    ...(before.port === "search" && after.port === "search" ? searchChanges(before, after) : []),
    ...(before.port === "vector" && after.port === "vector" ? vectorChanges(before, after) : []),
    ...(before.port === "cache" && after.port === "cache" ? cacheChanges(before, after) : []),
    ...(before.store === after.store
      ? []
      : [
          views(
            "internal",
            subject,
            `store ${before.store} → ${after.store}`,
            "it is filled anew there; until then its answers lack what is missing",
          ),
        ]),
  ];
}

function sourceChange(before: ViewIr, after: ViewIr, renames: Renames): readonly SpecChange[] {
  const [old, now] = [before.entity?.name, after.entity?.name];
  const current = old === undefined ? undefined : (renames.get(old) ?? old);
  if (current === now) return [];
  const what = `from ${old ?? "nothing"} → ${now ?? "nothing"}`;
  return [views("breaking", `data.${after.property}`, what, "its answers are another entity's")];
}

const callables = (view: ViewIr): readonly Callable[] =>
  view.port === "cache"
    ? view.methods.map(({ signature }) => ({ signature, types: [] }))
    : view.methods.map(({ signature, types }) => ({ signature, types }));

function methodChanges(before: ViewIr, after: ViewIr, renames: Renames): readonly SpecChange[] {
  const paired = pairs(callables(before), callables(after), {
    name: ({ signature }) => signature.name,
  });
  const properties =
    before.entity === undefined || after.entity === undefined
      ? new Map<string, string>()
      : propertyRenames(before.entity, after.entity);
  const subjectOf = ({ signature }: Callable): string => `${after.property}.${signature.name}()`;
  return [
    ...paired.removed.map((one) =>
      api("breaking", subjectOf(one), "removed", "code that calls it fails"),
    ),
    ...paired.added.map((one) => api("additive", subjectOf(one), "added", "a method more")),
    ...paired.kept.flatMap((pair) =>
      callChanges(pair.before, pair.after, { subject: subjectOf(pair.after), renames, properties }),
    ),
  ];
}

/** The promise of how old an answer may be. */
function freshness(
  view: ViewIr,
  before: Sla | undefined,
  after: Sla | undefined,
): readonly SpecChange[] {
  const [old = Infinity, now = Infinity] = [before?.freshnessSeconds, after?.freshnessSeconds];
  if (old === now) return [];
  const shown = (seconds: number): string => (seconds === Infinity ? "none" : `${seconds} s`);
  const what = `freshness ${shown(old)} → ${shown(now)}`;
  return [
    now > old
      ? views("breaking", `data.${view.property}`, what, "answers may be older than was promised")
      : views("additive", `data.${view.property}`, what, "answers are fresher than was promised"),
  ];
}
