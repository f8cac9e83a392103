/** The planner's own text before the linter: a first migration, which nobody waits for, has nothing to find. */
import { expect, test } from "vitest";
import { lint } from "../../../src/engines/postgres/lint/lint.ts";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { withAllowances } from "../../../src/migrate/lint.ts";
import { type LintFinding, phases } from "../../../src/migrate/step.ts";
import { seeded } from "../../support/random.ts";
import { modelOf, randomChange, randomWorld } from "../../support/spec-changes.ts";
import { entity, field, mainStore, transactional, uuid } from "./model.ts";
import { schemaChanges } from "./schema-changes.ts";
import { shop } from "./shop.ts";

const context = (store: typeof shop.store) =>
  ({ store, project: "shop", mode: "split", values: {} }) as const;

async function findingsOfFirst(store: typeof shop.store): Promise<readonly LintFinding[]> {
  const { steps } = planner.diff(new Map(), planner.snapshot(store, "shop"), context(store));
  const [up, down] = [
    planner.print(steps, "up", "up"),
    planner.print(steps.toReversed(), "down", "down"),
  ];
  return [
    ...(await lint({ text: up, steps, fresh: [] })),
    ...(await lint({ text: down, steps, fresh: [], direction: "down" })),
  ];
}

test("the first migration of a shop with everything", async () => {
  expect(await findingsOfFirst(shop.store)).toEqual([]);
});

test("the first migrations of random specs", async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = seeded(seed);
    const { model } = randomChange(random, randomWorld(random, "shop", 10));
    const found = await findingsOfFirst(mainStore(model.entities, model.workloads).store);
    expect(found, `seed ${seed}`).toEqual([]);
  }
}, 30_000);

test("an integer that becomes a wider one while code of before runs", async () => {
  const store = (kind: "int" | "bigint") =>
    mainStore(
      [
        entity({
          name: "Note",
          fields: [field("id", uuid, { key: true }), field("amount", { kind }, { unique: true })],
        }),
      ],
      [transactional("notes", { Note: [] })],
    ).store;
  const [before, after] = [store("int"), store("bigint")];
  const first = planner.snapshot(before, "shop");
  const { steps } = planner.diff(first, planner.snapshot(after, "shop"), context(after));
  const made = planner.diff(new Map(), first, context(before)).steps;
  const history = [planner.print(made, "up", "0001")];
  for (const phase of ["expand", "backfill"] as const) {
    const own = steps.filter((step) => step.phase === phase);
    const text = planner.print(own, "up", phase);
    expect(own.length, phase).toBeGreaterThan(0);
    expect(await lint({ text, steps: own, fresh: [], phase, history }), phase).toEqual([]);
    history.push(text);
  }
  expect(history.at(-1)).toContain("drop column amount");
});

test.each(schemaChanges.filter(({ name }) => name.includes("partition")))(
  "$name: each phase, up and down",
  async ({ from, to, values = {} }) => {
    const first = planner.snapshot(from, "shop");
    const asked = { ...context(to), values };
    const { steps } = planner.diff(first, planner.snapshot(to, "shop"), asked);
    const made = planner.diff(new Map(), first, context(from)).steps;
    const history = [planner.print(made, "up", "0001")];
    for (const phase of phases) {
      const own = steps.filter((step) => step.phase === phase);
      const text = planner.print(own, "up", phase);
      const down = planner.print(own.toReversed(), "down", phase);
      const common = { steps: own, fresh: [], phase, history };
      expect(withAllowances(text, await lint({ text, ...common })), text).toEqual([]);
      const back = { text: down, ...common, history: [...history, text] };
      const found = await lint({ ...back, direction: "down" });
      expect(withAllowances(down, found), down).toEqual([]);
      history.push(text);
    }
  },
);

test.each(schemaChanges.filter(({ name }) => name.includes("of a partitioned table")))(
  "$name: no reference that a server before 18 refuses",
  ({ from, to, values = {} }) => {
    const [first, second] = [planner.snapshot(from, "shop"), planner.snapshot(to, "shop")];
    const { steps } = planner.diff(first, second, { ...context(to), values });
    for (const { up } of steps)
      expect(up).not.toMatch(/alter table orders add constraint \S+ foreign key [^;]* not valid;/);
  },
);

test("the same seed gives the same chain of specs", () => {
  const chain = (seed: number): readonly unknown[] => {
    const random = seeded(seed);
    const told: unknown[] = [];
    let world = randomWorld(random, "shop", 10);
    for (let index = 0; index < 10; index += 1) {
      const change = randomChange(random, world);
      told.push(change.kind, change.title, change.model);
      world = change.world;
      expect(modelOf(world)).toEqual(change.model);
    }
    return told;
  };
  expect(chain(7)).toEqual(chain(7));
  expect(chain(7)).not.toEqual(chain(8));
}, 30_000);
