// What the planner writes by itself must not be an error to the linter: a user's own migration is judged by the same rules.
import { expect, test } from "vitest";
import { lint } from "../../../src/engines/mongodb/lint/lint.ts";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { type Phase, phases, type Step } from "../../../src/migrate/step.ts";
import { changed, contextOf, press, storeOf } from "./press.ts";

const changes: readonly (readonly [string, string])[] = [
  ["a property more", press.replace("words: {", "rank: { type: int, default: 1 }\n      words: {")],
  [
    "a renamed property",
    press
      .replace("words: {", "count: { was: words,")
      .replace("orderBy: [words]", "orderBy: [count]"),
  ],
  ["a property less", press.replace("      extra: { type: json, nullable: true }\n", "")],
  [
    "a type change",
    press.replace("words: { type: int, min: 0 }", "words: { type: bigint, min: 0 }"),
  ],
  [
    "another list",
    press.replace(
      "no: { type: int, key: true }",
      "no: { type: int, key: true }\n      mark: { type: int, default: 0 }",
    ),
  ],
  ["a narrower enum", press.replace("[draft, live]", "[draft]")],
];

const judged = async (steps: readonly Step[], phase: Phase, history: readonly string[]) => {
  const own = steps.filter((step) => step.phase === phase);
  const found = await lint({
    text: planner.print(own, "up", "a change"),
    steps: own.map(({ name, transactional, batch }) => ({
      name,
      transactional,
      ...(batch && { batch }),
    })),
    fresh: [],
    phase,
    history,
  });
  return found
    .filter(({ severity }) => severity === "error")
    .map(({ rule, message }) => [rule, message]);
};

test.each(changes)("%s", async (_, after) => {
  expect(after).not.toBe(press);
  const store = storeOf(press);
  const first = planner.diff(new Map(), planner.snapshot(store, "press"), contextOf(store));
  const history = [planner.print(first.steps, "up", "first")];
  const { steps, questions } = changed(press, after);
  expect(questions).toEqual([]);
  expect(steps.length).toBeGreaterThan(0);
  for (const phase of phases) {
    expect(await judged(steps, phase, history)).toEqual([]);
    history.push(
      planner.print(
        steps.filter((step) => step.phase === phase),
        "up",
        "a change",
      ),
    );
  }
});

test("a list that would move into a collection of its own is asked about, and nothing is planned", () => {
  const { steps, questions } = changed(
    press,
    press.replace("owner: Article", "owner: Article\n    perOwner: 5k"),
  );
  expect(steps).toEqual([]);
  expect(questions).toMatchObject([{ about: "ArticleSection.perOwner" }]);
});

test("what a down takes away is told: a collection, a property, a list", () => {
  const store = storeOf(press);
  const first = planner.diff(new Map(), planner.snapshot(store, "press"), contextOf(store));
  expect(first.steps.map(({ removes }) => removes)).toEqual(["articles", "operation"]);
  const more = changed(
    press,
    press.replace("words: {", "rank: { type: int, default: 1 }\n      words: {"),
  );
  expect(more.steps.flatMap(({ removes }) => removes ?? [])).toEqual(["articles.rank"]);
});
