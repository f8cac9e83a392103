import type { ViewDefinition } from "../../../../templates/engines/milvus/definition.ts";
import type { MigrationCommand } from "../../../../templates/engines/milvus/migrations.ts";
import type { StoreIr } from "../../../ir/types.ts";
import type { PlannedChange, SchemaPlanner, Snapshot, Step } from "../../../migrate/step.ts";
import { definitionOf } from "../definition.ts";
import { vectorViews } from "../refuse.ts";

/** A view as migrations know it: one part of the snapshot, under its alias. */
interface ViewPart {
  /** In the spec. */
  readonly workload: string;
  readonly definition: ViewDefinition;
}

/**
 * A collection cannot be given another vector, key or partition key, so a view that changes gets a new one beside the old. It is filled from the
 * authority, and the alias moves in one step: reads go on throughout.
 */
export const planner: SchemaPlanner = {
  suffix: "json",
  snapshot: (store, project) => snapshotOf(store, project),
  diff: (from, to) => diff(partsOf(from), partsOf(to)),
  // A new definition gets a collection of its own, which the authority fills: nothing is renamed.
  names: () => [],
  print: printSteps,
};

const snapshotOf = (store: StoreIr, project: string): Snapshot =>
  new Map(
    vectorViews(store).map((view) => {
      const definition = definitionOf(view, project);
      return [definition.alias, { workload: view.workload, definition } satisfies ViewPart];
    }),
  );

/** The parts of a snapshot, which nobody but this planner writes. */
const partsOf = (snapshot: Snapshot): ReadonlyMap<string, ViewPart> =>
  snapshot as ReadonlyMap<string, ViewPart>;

function diff(
  from: ReadonlyMap<string, ViewPart>,
  to: ReadonlyMap<string, ViewPart>,
): PlannedChange {
  const steps = [
    ...[...to].flatMap(([alias, after]): readonly Step[] => {
      const before = from.get(alias);
      if (before === undefined) return [added(after)];
      const same = JSON.stringify(before.definition) === JSON.stringify(after.definition);
      return same ? [] : [changed(before, after)];
    }),
    ...[...from].flatMap(([alias, before]) => (to.has(alias) ? [] : [removed(before)])),
  ];
  return { steps, questions: [] };
}

const filled = ({ workload }: ViewPart): string =>
  `It is empty: npm run db -- views rebuild ${workload} fills it and lets the reads go there.`;

const added = (part: ViewPart): Step =>
  stepOf(part, {
    act: "prepare",
    title: "an empty collection with its indexes",
    phase: "expand",
    up: { prepareView: part.definition },
    down: { dropView: part.definition.alias },
    note: filled(part),
  });

const changed = (before: ViewPart, after: ViewPart): Step =>
  stepOf(after, {
    act: "prepare-anew",
    title: "an empty collection of the new definition beside the one that answers",
    phase: "expand",
    up: { prepareView: after.definition },
    down: { prepareView: before.definition },
    note: `${filled(after)} Do it when no code of before runs any more.`,
  });

const removed = (part: ViewPart): Step =>
  stepOf(part, {
    act: "drop",
    title: "the view is dropped; its authority has every row",
    phase: "contract",
    up: { dropView: part.definition.alias },
    down: { prepareView: part.definition },
    risks: ["breaks-old-code"],
  });

interface Draft {
  readonly act: string;
  readonly title: string;
  readonly phase: Step["phase"];
  readonly up: MigrationCommand;
  readonly down: MigrationCommand;
  readonly note?: string;
  readonly risks?: Step["risks"];
}

/** Nothing is lost either way: whatever a step takes can be filled again. Each may be run again, so none needs a verify or a repair. */
const stepOf = (
  { workload, definition }: ViewPart,
  { act, title, phase, up, down, note, risks = ["none"] }: Draft,
): Step => ({
  name: `${definition.alias.replaceAll("_", "-")}-${act}`,
  title: `${workload}: ${title}`,
  phase,
  up: JSON.stringify([up]),
  down: JSON.stringify([down]),
  reversibility: "reversible",
  risks,
  transactional: true,
  touches: [definition.alias],
  ...(note === undefined ? {} : { note }),
});

/** The file of one direction: a list of commands, each with the name of its step. */
function printSteps(steps: readonly Step[], direction: "up" | "down"): string {
  const commands = steps.flatMap(({ name, note, [direction]: text }) =>
    (JSON.parse(text) as readonly MigrationCommand[]).map((command) => ({
      step: name,
      ...(note === undefined || direction === "down" ? {} : { note }),
      ...command,
    })),
  );
  return `${JSON.stringify(commands, null, 2)}\n`;
}
