/** A spec whose authority is the document store, and the changes of it that tests make. */
import type { ChangeContext, PlannedChange, Snapshot, Step } from "../../../src/migrate/step.ts";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { parsePart, printSnapshot } from "../../../src/migrate/snapshot-files.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { MigrationStep } from "../../../templates/engines/mongodb/migration-step.ts";
import { version } from "../compat/versions.ts";

export const press = `version: 1
project: press
stores: { hosting: self-managed, running: [mongodb], never: [postgres, memory, redis] }
entities:
  Article:
    timestamps: false
    fields:
      id: { type: uuid, key: true }
      slug: { type: string, max: 80, unique: true }
      state: { type: enum, values: [draft, live], default: draft }
      words: { type: int, min: 0 }
      extra: { type: json, nullable: true }
  ArticleSection:
    owner: Article
    fields:
      no: { type: int, key: true }
      text: { type: text }
workloads:
  articles:
    kind: document
    entities: [Article]
    access:
      Article:
        get: {}
        listByState: { op: list, where: [state], orderBy: [words], page: none }
        write: { op: insert }
`;

export function storeOf(spec: string): StoreIr {
  const [store] = version(spec).ir.stores;
  if (store?.engine !== "mongodb") throw new Error("the spec is not served by this engine");
  return store;
}

export const contextOf = (
  store: StoreIr,
  more: Partial<Pick<ChangeContext, "mode" | "values">> = {},
): ChangeContext => ({ store, project: "press", mode: "split", values: {}, ...more });

/** A snapshot as it comes back from disk: with its keys sorted. */
export function stored(snapshot: Snapshot): Snapshot {
  return new Map(
    [...printSnapshot("main", "mongodb", snapshot).values()].map((text) => {
      const part = parsePart(text);
      if ("damage" in part) throw new Error(part.damage);
      return [part.part, part.content];
    }),
  );
}

/** The change from one spec to another, the first as its snapshot was stored. */
export function changed(
  before: string,
  after: string,
  more: Parameters<typeof contextOf>[1] = {},
): PlannedChange {
  const store = storeOf(after);
  const from = stored(planner.snapshot(storeOf(before), "press"));
  return planner.diff(from, planner.snapshot(store, "press"), contextOf(store, more));
}

export const commandsOf = (text: string): readonly MigrationStep[] =>
  text === "" ? [] : (JSON.parse(text) as readonly MigrationStep[]);

/** `expand articles-add-index-x`, one a step. */
export const outline = ({ steps }: PlannedChange): readonly string[] =>
  steps.map(({ phase, name }) => `${phase} ${name}`);

export function stepCalled({ steps }: PlannedChange, name: string): Step {
  const found = steps.find((step) => step.name === name);
  if (found === undefined)
    throw new Error(`no step ${name}; there are: ${steps.map((step) => step.name).join(", ")}`);
  return found;
}
