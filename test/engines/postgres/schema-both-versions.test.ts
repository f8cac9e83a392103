/**
 * Between expand and contract the statements of before and of after run side by side: both insert, patch and read. Where one of them cannot,
 * the steps say so, and `deploy-check` refuses that version by the name of the migration.
 */
import { afterAll, describe, expect, test } from "vitest";
import type { Step } from "../../../src/migrate/step.ts";
import { cell } from "../../support/closing-table.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { planned, run, serverLab, wholeOf } from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { plainOwner } from "./plain-owner.ts";
import { RunningCode, type Written } from "./running-code.ts";

const server = await sharedServer("postgres");
const usable = !isMissing(server) && server.features.includes("vector");
const proof = { port: "migrations", engine: columnOf(server), method: "both versions run" };
if (!usable)
  cell(proof, { kind: "not proven", why: isMissing(server) ? server.reason : "no pgvector" });

const asOwner = plainOwner(server);

/** As `deploy-check` reads the records of the steps. */
const endsOldCode = (steps: readonly Step[]): boolean =>
  steps.some(({ phase, risks }) => phase !== "contract" && risks.includes("breaks-old-code"));
const keepsNewCodeWaiting = (steps: readonly Step[]): boolean =>
  steps.some(({ phase, risks }) => phase === "contract" && risks.includes("new-code-waits"));

const named = (of: (steps: readonly Step[]) => boolean): readonly string[] =>
  schemaChanges
    .filter(({ from, to, values = {} }) => of(planned(from, to, "split", values)))
    .map(({ name }) => name);

test("the changes that two versions cannot both live with", () => {
  expect(named(endsOldCode)).toEqual([
    "soft delete beside a unique and other columns on",
    "required reference dropped with its column",
    "owner renamed",
    "key retyped",
    "key renamed",
    "key longer",
    "key shorter",
    "soft delete on",
    "soft delete of an audited on",
    "version on",
    "tenant renamed",
    "tenant retyped",
    "tenant renamed that references hold",
    "key renamed that references within a tenant hold",
  ]);
  expect(named(keepsNewCodeWaiting)).toEqual([
    "column becomes true or false",
    "column retyped by the user's words",
    "columns of one table retyped and renamed",
    "two columns retyped",
    "column retyped otherwise beside a unique that deleted rows leave",
    "table renamed with a new column",
    "version off",
    "searched column retyped",
    "search of a retyped column added",
    "vectors of other dimensions",
  ]);
});

describe.skipIf(!usable)("between expand and contract", () => {
  afterAll(() => cell(proof, { kind: "proven" }));

  test.each(schemaChanges)("$name", ({ from, to, values = {} }) =>
    asOwner(async (owner, all, project) => {
      await all.query(`create extension if not exists vector`);
      const lab = serverLab(owner);
      const place = { client: owner, schema: "public", role: `${project}_app` };
      const steps = planned(from, to, "split", values, project);
      const phase = (wanted: Step["phase"]) =>
        run(
          lab,
          steps.filter((step) => step.phase === wanted),
          "up",
        );
      const [before, after] = [new RunningCode(from, place), new RunningCode(to, place)];
      await run(lab, wholeOf(from, project), "up");
      const old: Written[] = [await before.insert()];
      const writes = async (code: RunningCode, rows: Written[]): Promise<void> => {
        for (const row of rows) await code.read(row);
        rows.push(await code.insert());
        for (const row of rows) await code.patch(row);
      };
      const oldRuns = !endsOldCode(steps);
      const newRuns = !keepsNewCodeWaiting(steps);
      await phase("expand");
      if (oldRuns) await writes(before, old);
      await phase("backfill");
      const fresh: Written[] = [];
      if (newRuns) await writes(after, fresh);
      if (oldRuns) await writes(before, old);
      if (newRuns) await writes(after, fresh);
      if (oldRuns) for (const row of fresh) await before.readSeen(row, to);
      if (newRuns) for (const row of old) await after.readSeen(row, from);
      await phase("contract");
      await writes(after, fresh);
      for (const row of old) await after.read(row);
    }),
  );

  test.each([
    "unique widened",
    "unique widened by a new column",
    "unique widened among what is not deleted",
  ])("%s: there is no moment without either", (wanted) =>
    asOwner(async (owner, _all, project) => {
      const change = schemaChanges.find(({ name }) => name === wanted);
      if (change === undefined) throw new Error(`no change ${wanted}`);
      const lab = serverLab(owner);
      await run(lab, wholeOf(change.from, project), "up");
      const steps = planned(change.from, change.to, "split", {}, project);
      const expand = steps.filter(({ phase }) => phase === "expand");
      await run(lab, expand, "up");
      const write = (rank: number): Promise<unknown> =>
        lab.exec(
          `insert into notes (id, words, rank) values (gen_random_uuid(), 'c1', ${String(rank)})`,
        );
      await write(1);
      await write(2);
      await expect(write(1)).rejects.toThrow(/notes_rank_words_key/);
      expect(steps.filter(({ phase }) => phase === "contract")).toEqual([]);
    }),
  );
});
