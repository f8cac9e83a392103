import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { write } from "../../../templates/engines/postgres/statement.ts";
import type { Change } from "../../../templates/runtime/changes.ts";
import { openStore, type Opened } from "./open-store.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const removeTeam = write({
  name: "teams.remove",
  collection: "team",
  text: "delete from team where id = $1 returning id",
  absent: "not-found",
  entity: "Team",
  cascades: ["Player"],
  key: [0],
  columns: 1,
  row: () => undefined,
});

let opened: Opened;
const heard: Change[] = [];
beforeAll(async () => {
  opened = await openStore("pglite:memory");
  await opened.store.raw("create table team (id text primary key)");
  await opened.store.raw(
    "create table player (id text primary key, team text references team on delete cascade)",
  );
  opened.store.onChanged((change) => void heard.push(change));
});
beforeEach(async () => {
  heard.length = 0;
  await opened.store.raw("truncate team, player");
  await opened.store.raw("insert into team values ('a')");
  await opened.store.raw("insert into player values ('p', 'a')");
});
afterAll(() => opened.close());

const told = [
  { entity: "Team", keys: ["a"] },
  { entity: "Player", keys: [], all: true },
];

it("a delete that the store cascades tells of every row of the other entity", async () => {
  await opened.store.session.write(removeTeam, ["a"]);
  expect(await opened.store.raw("select count(*) from player")).toMatchObject({ rows: [["0"]] });
  expect(heard).toEqual(told);
});

it("in a transaction after its COMMIT, and not at all without one", async () => {
  await opened.store.transaction(async (tx) => {
    await tx.write(removeTeam, ["a"]);
    expect(heard).toEqual([]);
  });
  expect(heard).toEqual(told);
  heard.length = 0;
  await opened.store.raw("insert into team values ('a')");
  const undone = opened.store.transaction(async (tx) => {
    await tx.write(removeTeam, ["a"]);
    throw new Error("no");
  });
  await expect(undone).rejects.toThrow("no");
  expect(heard).toEqual([]);
});

it("nothing when there is no such row", async () => {
  await expect(opened.store.session.write(removeTeam, ["b"])).rejects.toMatchObject({
    kind: "not-found",
  });
  expect(heard).toEqual([]);
});
