import { expect, test } from "vitest";
import { cascadesOf } from "../../../src/engines/families/sql/cascades.ts";
import type { Method, OnDelete } from "../../../src/spec/model.ts";
import { filesOf } from "./generated.ts";
import { entity, field, mainStore, transactional, uuid, type EntitySpec } from "./model.ts";

const named = (name: string, more: Partial<EntitySpec> = {}) =>
  entity({ name, fields: [field("id", uuid, { key: true })], ...more });

const refers = (name: string, to: string, onDelete: OnDelete, more: Partial<EntitySpec> = {}) =>
  entity({
    name,
    ...more,
    fields: [
      field("id", uuid, { key: true }),
      field("of", uuid, {
        nullable: true,
        reference: { entity: to, field: "id", onDelete },
      }),
    ],
  });

const methods: readonly Method[] = [
  { op: "get", name: "get" },
  { op: "delete", name: "remove" },
];

const storeOf = (...entities: Parameters<typeof mainStore>[0]) =>
  mainStore(entities, [
    transactional("shop", Object.fromEntries(entities.map(({ name }) => [name, methods]))),
  ]);

const cascades = (name: string, ...entities: Parameters<typeof mainStore>[0]) => {
  const { store } = storeOf(...entities);
  const found = store.entities.find((each) => each.name === name);
  return found === undefined ? undefined : cascadesOf(found, store);
};

test("what a delete deletes or empties, and what follows from that", () => {
  expect(
    cascades(
      "Team",
      named("Team"),
      refers("Player", "Team", "cascade"),
      refers("Goal", "Player", "cascade"),
      refers("Prize", "Goal", "set-null"),
      refers("Photo", "Prize", "cascade"),
      refers("Bill", "Team", "restrict"),
    ),
  ).toEqual(["Player", "Goal", "Prize"]);
});

test("an entity that refers to itself is one of them; a soft delete has none", () => {
  expect(cascades("Person", refers("Person", "Person", "set-null"))).toEqual(["Person"]);
  expect(
    cascades("Team", named("Team", { softDelete: true }), refers("Player", "Team", "cascade")),
  ).toEqual([]);
});

test("the delete's statement declares them, and no other does", () => {
  const lowered = storeOf(named("Team"), refers("Player", "Team", "cascade"));
  const text = (path: string): string =>
    String(filesOf(lowered).find((file) => file.path.endsWith(path))?.content);
  expect(text("stores/main/team-repository.ts")).toContain('cascades: ["Player"],');
  expect(text("stores/main/player-repository.ts")).not.toContain("cascades");
});
