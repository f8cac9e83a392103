import type { Ir, StoreIr } from "../ir/types.ts";
import type { Question, SchemaPlanner, Step } from "../migrate/step.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { pairs } from "./pairs.ts";
import type { Renames } from "./renames.ts";

const storage = noteOf("storage");

/** The planner of a store's engine; undefined where nothing is stored that a change could break. */
export type PlannerOf = (engine: string) => SchemaPlanner | undefined;

/** What the stores have to go through, as the planners of their engines see it. */
export function storageChanges(
  before: Ir,
  after: Ir,
  renames: Renames,
  planner: PlannerOf,
): readonly SpecChange[] {
  const stores = pairs(before.stores, after.stores, { name: ({ name }) => name });
  return [
    ...stores.removed.map(goneStore),
    ...stores.added.map(newStore),
    ...stores.kept.flatMap((pair) =>
      pair.before.engine === pair.after.engine
        ? plannedChanges(pair.before, pair.after, before.project, after.project, planner)
        : [otherEngine(pair.before, pair.after)],
    ),
    ...movedEntities(before, after, renames),
  ];
}

const goneStore = ({ name, entities }: StoreIr): SpecChange =>
  storage(
    "breaking",
    name,
    "store removed",
    entities.length === 0
      ? "what reads its address finds it unused"
      : "its rows stay where they are, and nothing reads them any more",
  );

const newStore = ({ name, env }: StoreIr): SpecChange =>
  env === undefined
    ? storage("additive", name, "store added", "it lives in the process")
    : storage("breaking", name, "store added", `a deployment without ${env} does not start`);

const otherEngine = (before: StoreIr, after: StoreIr): SpecChange =>
  storage(
    "breaking",
    after.name,
    `engine ${before.engine} → ${after.engine}`,
    "rows have to be moved; no migration does that",
  );

/** Entities whose rows belong into another store than before. */
function movedEntities(before: Ir, after: Ir, renames: Renames): readonly SpecChange[] {
  const home = new Map(
    before.stores.flatMap(({ name, entities }) =>
      entities.map((entity) => [renames.get(entity.name) ?? entity.name, name] as const),
    ),
  );
  return after.stores.flatMap(({ name, entities }) =>
    entities.flatMap((entity) => {
      const old = home.get(entity.name);
      return old === undefined || old === name
        ? []
        : [
            storage(
              "breaking",
              entity.name,
              `moves from store ${old} to ${name}`,
              "its rows have to be moved; no migration does that",
            ),
          ];
    }),
  );
}

function plannedChanges(
  before: StoreIr,
  after: StoreIr,
  projectBefore: string,
  project: string,
  plannerOf: PlannerOf,
): readonly SpecChange[] {
  const planner = plannerOf(after.engine);
  if (planner === undefined) return [];
  const context = { store: after, project, mode: "split", values: {} } as const;
  const { steps, questions } = planner.diff(
    planner.snapshot(before, projectBefore),
    planner.snapshot(after, project),
    context,
  );
  return [
    ...questions.map((question) => asked(after, question)),
    ...steps.map((step) => stepChange(after, step)),
  ];
}

const asked = ({ name }: StoreIr, { about, text }: Question): SpecChange =>
  storage("breaking", `${name}/${about}`, text, "rows of before have no value for it");

/** One step of the migration that the change needs. */
function stepChange(store: StoreIr, step: Step): SpecChange {
  const subject = [store.name, ...step.touches.slice(0, 1)].join("/");
  const what = `${step.phase}: ${step.title}`;
  if (step.destroys !== undefined)
    return storage("breaking", subject, what, `${step.destroys} is lost for good`);
  if (step.risks.includes("breaks-old-code"))
    return storage("breaking", subject, what, "code of before fails on it");
  return storage("additive", subject, what, `code of before runs on${burden(step)}`);
}

/** What the step does to those who use the store meanwhile. */
function burden({ risks }: Step): string {
  const words = risks.flatMap((risk) => {
    switch (risk) {
      case "locks":
        return ["it takes a lock"];
      case "scans":
        return ["it reads every row while writers wait"];
      case "rewrites":
        return ["it writes every row anew while everybody waits"];
      case "depends-on-data":
        return ["it fails when the rows do not fit"];
      default:
        return [];
    }
  });
  return words.length === 0 ? "" : `; ${words.join(", ")}`;
}
