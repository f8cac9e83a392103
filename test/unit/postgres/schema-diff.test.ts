import { parse } from "libpg-query";
import { describe, expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { entity, field, mainStore, transactional, uuid } from "./model.ts";
import { schemaChanges } from "./schema-changes.ts";
import { inPhases, planned } from "./schema-lab.ts";

const slug = (name: string): string => name.replaceAll(/[^a-z]+/gi, "-");

/** What each change comes to, for people to read; test/engines/postgres/schema-changes.test.ts runs it. */
describe.each(["split", "direct"] as const)("%s", (mode) => {
  test.each(schemaChanges)("$name", async ({ name, from, to, values = {} }) => {
    const steps = inPhases(planned(from, to, mode, values));
    const pages = [
      planner.print(steps, "up", `What ${name} comes to.`),
      planner.print(steps.toReversed(), "down", "And back."),
    ];
    for (const page of pages) await parse(withoutBatches(page));
    await expect(pages.join("\n")).toMatchFileSnapshot(`schema-changes/${mode}/${slug(name)}.sql`);
  });
});

/** Parameters stand in batches only. */
const withoutBatches = (page: string): string => page.replaceAll(/\$\d/g, "null");

test("what has to be told first is asked for, with an example that can be typed", () => {
  const required = schemaChanges.find(({ name }) => name === "column added and required");
  if (required === undefined) throw new Error("no such change");
  const { from, to } = required;
  const [before, after] = [planner.snapshot(from, "shop"), planner.snapshot(to, "shop")];
  const context = { store: to, project: "shop", mode: "split", values: {} } as const;
  expect(planner.diff(before, after, context)).toEqual({
    steps: [],
    questions: [
      {
        about: "notes.rank",
        text: "column rank of notes is new and required, and nothing says what the rows that are there get",
        hint: `give an expression over the table's columns: --set notes.rank="0"; or a default: or nullable: in the spec; or was: where it was renamed`,
      },
    ],
  });
});

test("a was: that names nothing is asked about, one of a rename that is done is not", () => {
  const named = (name: string, was?: string) =>
    mainStore(
      [
        entity({
          name: "Patient",
          table: "patients",
          fields: [
            field("id", uuid, { key: true }),
            field(name, { kind: "string", max: 40 }, { nullable: true, ...(was && { was }) }),
          ],
        }),
      ],
      [transactional("all", { Patient: [] })],
    ).store;
  const asked = (from: ReturnType<typeof named>, to: ReturnType<typeof named>) =>
    planner
      .diff(planner.snapshot(from, "shop"), planner.snapshot(to, "shop"), {
        store: to,
        project: "shop",
        mode: "split",
        values: {},
      })
      .questions.map(({ about, text, hint }) => ({ about, text, hint }));
  expect(asked(named("fullName"), named("name", "fullNam"))).toEqual([
    {
      about: "patients.name",
      text: "column name of patients is new, and its was: fullNam is no field that patients holds",
      hint: expect.stringContaining('did you mean "fullName"?'),
    },
  ]);
  expect(asked(named("fullName"), named("name", "fullName"))).toEqual([]);
  expect(asked(named("name", "fullName"), named("name", "fullName"))).toEqual([]);
});

test("nothing changes without a change, whatever order the parts were read in", () => {
  for (const { to } of schemaChanges) {
    const snapshot = planner.snapshot(to, "shop");
    const stored = new Map(
      [...snapshot]
        .toReversed()
        .map(([part, content]) => [part, JSON.parse(JSON.stringify(content))]),
    );
    const context = { store: to, project: "shop", mode: "split", values: {} } as const;
    expect(planner.diff(stored, snapshot, context)).toEqual({ steps: [], questions: [] });
    expect(planner.schemaFile?.(stored, context)).toEqual(planner.schemaFile?.(snapshot, context));
  }
});
