import { describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { takenRenames } from "../../../src/migrate/taken-renames.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

// Which fields a snapshot holds, on every engine that holds records and migrates them: by them a former name is told from one that another thing has.

const id = field("id", uuid, { key: true });
const text = (name: string, was?: string) =>
  field(name, { kind: "string", max: 40 }, was === undefined ? {} : { was });
const store = (...fields: readonly ReturnType<typeof text>[]) =>
  mainStore(
    [
      entity({ name: "Visit", fields: [id, ...fields] }),
      entity({
        name: "VisitNote",
        owner: "Visit",
        fields: [field("line", { kind: "int" }, { key: true }), ...fields],
      }),
    ],
    [transactional("all", { Visit: [] })],
  ).store;

const planners = engines.flatMap(({ id: name, schema, ports }) =>
  schema === undefined || !ports.includes("record") ? [] : [{ name, schema }],
);

describe.each(planners)("$name", ({ schema }) => {
  const held = schema.fields?.(schema.snapshot(store(text("note"), text("remark")), "shop"));

  test("an entity and the one that it owns are there with their fields", () => {
    expect(held?.get("Visit")).toEqual(expect.arrayContaining(["id", "note", "remark"]));
    expect(held?.get("VisitNote")).toEqual(expect.arrayContaining(["line", "note", "remark"]));
  });

  test.each([
    ["both are there", [text("note"), text("remark", "note")], ["Visit", "VisitNote"]],
    ["a rename to come", [text("comment", "note"), text("remark")], []],
    ["a rename that is done", [text("note", "noted"), text("remark")], []],
  ] as const)("%s", (_, fields, taken) => {
    const found = takenRenames(store(...fields).entities, held ?? new Map());
    expect(found.map(({ path }) => path[1])).toEqual(taken);
  });
});
