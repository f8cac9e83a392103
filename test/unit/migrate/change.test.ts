import { describe, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import { outdatedParts, planChange } from "../../../src/migrate/change.ts";
import type { MigrationFolder, StoredMigration } from "../../../src/migrate/folder.ts";
import type { ChangeContext, SchemaPlanner, Step } from "../../../src/migrate/step.ts";

const store: StoreIr = {
  name: "main",
  typePrefix: "Main",
  engine: "paper",
  ports: [],
  entities: [],
  repositories: [],
  views: [],
  feeds: [],
  deadlineMs: 1000,
  tenantScoped: false,
};
const context: ChangeContext = { store, project: "shop", mode: "split", values: {} };

const step = (name: string, phase: Step["phase"], part = "orders"): Step => ({
  name,
  title: `${part}: ${name}`,
  phase,
  up: `do ${name}`,
  down: `undo ${name}`,
  reversibility: "reversible",
  risks: ["none"],
  transactional: true,
  touches: [part],
});

/** An engine of paper: its snapshot is given, and its steps are too. */
const planner = (steps: readonly Step[], after: object = { columns: 2 }): SchemaPlanner => ({
  suffix: "txt",
  snapshot: () => new Map([["orders", after]]),
  diff: () => ({ steps, questions: [] }),
  names: () => [],
  print: (these, direction) => these.map((each) => each[direction]).join("; "),
});

const folder = (migrations: readonly StoredMigration[] = []): MigrationFolder => ({
  store: "main",
  migrations,
  parts: new Map([["orders", { engine: "paper", content: { columns: 1 } }]]),
  recorded: [],
  damaged: [],
  disk: new Map(),
});

const initial: StoredMigration = {
  id: "0001-initial",
  parents: [],
  phase: "expand",
  change: "0001-initial",
  touches: ["orders"],
  steps: [],
  up: "",
  down: "",
  files: { up: "", down: "" },
};

const mixed = [step("narrow", "contract"), step("widen", "expand"), step("fill", "backfill")];

describe("a change", () => {
  test("is one migration per phase, each after the one before", () => {
    const { migrations } = planChange(planner(mixed), folder([initial]), { context, name: "note" });
    expect(
      migrations.map(({ id, parents, phase, change }) => [id, parents, phase, change]),
    ).toEqual([
      ["0002-note", ["0001-initial"], "expand", "0002-note"],
      ["0003-note-backfill", ["0002-note"], "backfill", "0002-note"],
      ["0004-note-contract", ["0003-note-backfill"], "contract", "0002-note"],
    ]);
  });

  test("goes back from its last step to its first", () => {
    const two = [step("a", "expand"), step("b", "expand")];
    const { migrations } = planChange(planner(two), folder(), { context, name: "x" });
    expect(migrations.map(({ up, down }) => [up, down])).toEqual([
      ["do a; do b", "undo b; undo a"],
    ]);
  });

  test("at once is one migration, its steps in the order of the phases", () => {
    const direct: ChangeContext = { ...context, mode: "direct" };
    const { migrations } = planChange(planner(mixed), folder(), { context: direct, name: "x" });
    expect(migrations.map(({ up }) => up)).toEqual(["do widen; do fill; do narrow"]);
  });

  test("without a name is called after its first step", () => {
    const one = planChange(planner([step("orders-add-note", "expand")]), folder(), { context });
    expect(one.migrations[0]?.id).toBe("0001-orders-add-note");
    const more = planChange(planner(mixed), folder(), { context });
    expect(more.migrations[0]?.id).toBe("0001-narrow-and-more");
  });

  test("that is none makes no migration", () => {
    expect(planChange(planner([]), folder(), { context }).migrations).toEqual([]);
  });

  test("with a question plans nothing", () => {
    const asking: SchemaPlanner = {
      ...planner(mixed),
      diff: () => ({ steps: mixed, questions: [{ about: "orders.note", text: "?", hint: "!" }] }),
    };
    const { migrations, questions } = planChange(asking, folder(), { context });
    expect({ migrations, asked: questions.length }).toEqual({ migrations: [], asked: 1 });
  });
});

test("a part is outdated when its content differs, whatever the order of its keys and of what has a name", () => {
  const parts = new Map([
    ["same", { engine: "paper", content: { b: 1, a: [{ d: 1, c: 2 }] } }],
    ["changed", { engine: "paper", content: { a: [1, 2] } }],
    ["merged", { engine: "paper", content: { columns: [{ name: "b" }, { name: "a" }] } }],
    ["rekeyed", { engine: "paper", content: { keys: [{ name: "k", columns: ["b", "a"] }] } }],
    ["gone", { engine: "paper", content: {} }],
  ]);
  const now = new Map<string, unknown>([
    ["same", { a: [{ c: 2, d: 1, e: undefined }], b: 1 }],
    ["changed", { a: [2, 1] }],
    ["merged", { columns: [{ name: "a" }, { name: "b" }] }],
    ["rekeyed", { keys: [{ name: "k", columns: ["a", "b"] }] }],
    ["new", {}],
  ]);
  expect(outdatedParts({ ...folder(), parts }, now)).toEqual(["changed", "gone", "new", "rekeyed"]);
});
