import type { Ir, StoreIr } from "../ir/types.ts";
import type {
  ChangeContext,
  PlannedChange,
  Question,
  Risk,
  SchemaPlanner,
  Step,
} from "../migrate/step.ts";
import { plannedChange } from "../migrate/reused-names.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { pairs } from "./pairs.ts";
import type { Renames } from "./renames.ts";
import { schemalessChanges } from "./schemaless.ts";

const storage = noteOf("storage");

/** The planner of a store's engine; undefined where no migration changes what is stored. */
export type PlannerOf = (engine: string) => SchemaPlanner | undefined;

/** What is known of the stores beside the two specs. */
export interface StorageContext {
  readonly planner: PlannerOf;
  /** Stores whose migrations make the spec of after already: what they had to be told was told. */
  readonly migrated?: ReadonlySet<string>;
}

/** What the stores have to go through, as the planners of their engines see it. */
export function storageChanges(
  before: Ir,
  after: Ir,
  renames: Renames,
  context: StorageContext,
): readonly SpecChange[] {
  const stores = pairs(before.stores, after.stores, { name: ({ name }) => name });
  return [
    ...stores.removed.map(goneStore),
    ...stores.added.map(newStore),
    ...stores.kept.flatMap((pair) =>
      pair.before.engine === pair.after.engine
        ? plannedChanges(pair, before, after, context)
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

/** Records have to be moved; what is derived from them is made anew, and a cache holds nothing that could be lost. */
function otherEngine(before: StoreIr, after: StoreIr): SpecChange {
  const what = `engine ${before.engine} → ${after.engine}`;
  const holds = [...before.entities, ...after.entities, ...(before.structures ?? [])].length > 0;
  if (holds)
    return storage("breaking", after.name, what, "rows have to be moved; no migration does that");
  const views = after.views.filter(({ port }) => port !== "cache");
  if (views.length > 0)
    return storage(
      "breaking",
      after.name,
      what,
      `empty until its views are rebuilt: ${views.map(({ workload }) => workload).join(", ")}`,
    );
  return before.env === undefined && after.env !== undefined
    ? storage(
        "breaking",
        after.name,
        what,
        `a cache begins empty and loses nothing, but a deployment without ${after.env} does not start`,
      )
    : storage(
        "internal",
        after.name,
        what,
        `a cache begins empty and loses nothing${after.env === undefined ? "" : `; ${after.env} has to lead to the new one`}`,
      );
}

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
  { before, after }: { readonly before: StoreIr; readonly after: StoreIr },
  whole: Pick<Ir, "project">,
  { project, stores }: Pick<Ir, "project" | "stores">,
  { planner: plannerOf, migrated }: StorageContext,
): readonly SpecChange[] {
  const planner = plannerOf(after.engine);
  if (planner === undefined)
    return schemalessChanges(before, after, {
      project: whole.project,
      later: project,
      all: stores.flatMap(({ entities }) => entities),
    });
  const from = planner.snapshot(before, whole.project);
  const to = planner.snapshot(after, project);
  const planned = (values: ChangeContext["values"]): PlannedChange =>
    plannedChange(planner, from, to, { store: after, project, mode: "split", values });
  const { steps, questions } = planned({});
  // A value that has still to be given holds up the plan, not the judgement of its other steps.
  const others =
    questions.length === 0
      ? steps
      : planned(Object.fromEntries(questions.map(({ about }) => [about, "null"]))).steps;
  const open = migrated?.has(after.name) === true ? [] : questions;
  return [...open.map((question) => asked(after, question)), ...stepChanges(after, others)];
}

const asked = ({ name }: StoreIr, { about, text }: Question): SpecChange =>
  storage("breaking", `${name}/${about}`, text, "rows of before have no value for it");

/** The steps of a migration: each that loses something, the others by part and phase. */
function stepChanges(store: StoreIr, steps: readonly Step[]): readonly SpecChange[] {
  const plain = steps.filter(({ destroys }) => destroys === undefined);
  const groups = Map.groupBy(plain, (step) =>
    JSON.stringify([step.touches[0] ?? "", step.phase, breaks(step), writesUnread(step)]),
  );
  return [
    ...steps.flatMap(({ destroys, phase, title, touches }) =>
      destroys === undefined
        ? []
        : [
            storage(
              "breaking",
              place(store, touches),
              `${phase}: ${title}`,
              `${destroys} is lost for good`,
            ),
          ],
    ),
    ...[...groups.values()].map((group) => groupChange(store, group)),
  ];
}

const place = ({ name }: StoreIr, touches: readonly string[]): string =>
  [name, ...touches.slice(0, 1)].join("/");

/** A contract is by its nature what code of before does not run with. */
const breaks = ({ phase, risks }: Step): boolean =>
  phase === "contract" || risks.includes("breaks-old-code");

const writesUnread = ({ risks }: Step): boolean => risks.includes("null-breaks-old-code");

const shownTitles = 3;

function groupChange(store: StoreIr, steps: readonly Step[]): SpecChange {
  const [first] = steps;
  const { phase, touches } = first ?? { phase: "expand", touches: [] };
  const titles = steps.slice(0, shownTitles).map(({ title }) => title.replace(/^[^:]*: /, ""));
  const more = steps.length - titles.length;
  const what = `${phase}: ${titles.join("; ")}${more === 0 ? "" : `; and ${more} more`}`;
  const reason =
    phase === "contract"
      ? "it waits until no code of before runs any more"
      : steps.some(breaks)
        ? "code of before fails on it"
        : steps.some(writesUnread)
          ? "code of before fails on the first empty value that code of after writes"
          : "code of before runs on";
  return storage(
    steps.some((step) => breaks(step) || writesUnread(step)) ? "breaking" : "additive",
    place(store, touches),
    what,
    [reason, ...burdens(steps)].join("; "),
  );
}

const burdenOf: Readonly<Partial<Record<Risk, string>>> = {
  locks: "it takes a lock",
  scans: "it reads every row while writers wait",
  "new-code-waits": "code of after starts only then",
  rewrites: "it writes every row anew while everybody waits",
  "depends-on-data": "it fails when the rows do not fit",
};

/** What the steps do to those who use the store meanwhile, each said once. */
const burdens = (steps: readonly Step[]): readonly string[] => [
  ...new Set(steps.flatMap(({ risks }) => risks.flatMap((risk) => burdenOf[risk] ?? []))),
];
