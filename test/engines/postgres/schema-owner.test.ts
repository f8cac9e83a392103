/** Whoever migrates owns the tables and is bound by their policies: a backfill reaches every tenant's rows all the same. */
import { afterAll, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Field } from "../../../src/spec/model.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import { inPhases, planned, run, serverLab, wholeOf } from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { plainOwner } from "./plain-owner.ts";

const server = await sharedServer("postgres");
const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "an owner bound by policies",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const store = (tenant: boolean, ...fields: readonly Field[]): StoreIr =>
  mainStore(
    [
      entity({
        name: "Note",
        audit: true,
        timestamps: false,
        ...(tenant && { tenant: "tenantId" }),
        fields: [field("id", uuid, { key: true }), ...fields],
      }),
    ],
    [transactional("all", { Note: [{ op: "get", name: "get" }] })],
  ).store;

const asOwner = plainOwner(server);
const tenants = [1, 2, 3].map((at) => `01890000-0000-7000-8000-00000000000${at}`);
const words = field("words", text);
const phrase = field("phrase", text, { was: "words" });
const rank = field("rank", int);

describe.skipIf(isMissing(server))("an owner that is bound by the policies", () => {
  afterAll(() => cell(proof, { kind: "proven" }));

  test.each(["split", "direct"] as const)("fills every tenant's rows: %s", (mode) =>
    asOwner(async (owner, all, project) => {
      const [from, to] = [store(true, words), store(true, phrase, rank)];
      const lab = serverLab(owner);
      await run(lab, wholeOf(from, project), "up");
      for (const tenant of tenants) {
        await owner.query("select set_config('app.current_tenant', $1, false)", [tenant]);
        await owner.query(
          "insert into notes (id, words) select gen_random_uuid(), 'w' || n from generate_series(1, 150) n",
        );
      }
      await owner.query("select set_config('app.current_tenant', '', false)");
      const steps = inPhases(
        planned(from, to, mode, { "notes.rank": "char_length(phrase)" }, project),
      );
      await run(lab, steps, "up");
      const right =
        "select count(*)::int as n from notes where phrase like 'w%' and rank = char_length(phrase)";
      expect((await all.query(right)).rows).toEqual([{ n: 450 }]);
      expect((await owner.query("select from notes")).rowCount).toBe(0);
      await run(lab, steps, "down");
      expect(
        (await all.query("select count(*)::int as n from notes where words like 'w%'")).rows,
      ).toEqual([{ n: 450 }]);
    }),
  );

  test("a tenant is given to rows of before, and nobody else sees them", () =>
    asOwner(async (owner, all, project) => {
      const [from, to] = [store(false, words), store(true, words)];
      const lab = serverLab(owner);
      await run(lab, wholeOf(from, project), "up");
      await owner.query(
        "insert into notes (id, words) select gen_random_uuid(), 'w' from generate_series(1, 150)",
      );
      const steps = inPhases(
        planned(from, to, "split", { "notes.tenant_id": `'${tenants[0]}'` }, project),
      );
      const of = (phase: string) => steps.filter((step) => step.phase === phase);
      const bound = async (tenant: string | undefined): Promise<number | null> => {
        await owner.query("select set_config('app.current_tenant', $1, false)", [tenant]);
        const { rowCount } = await owner.query("select from notes");
        await owner.query("select set_config('app.current_tenant', '', false)");
        return rowCount;
      };
      await run(lab, of("expand"), "up");
      // Code of before binds no tenant and sees its rows; what code of after binds sees none of them yet.
      expect((await owner.query("select from notes")).rowCount).toBe(150);
      expect(await bound(tenants[1])).toBe(0);
      await owner.query("insert into notes (id, words) values (gen_random_uuid(), 'w')");
      await run(lab, of("backfill"), "up");
      expect([await bound(tenants[0]), await bound(tenants[1])]).toEqual([151, 0]);
      await run(lab, of("contract"), "up");
      expect([await bound(tenants[0]), await bound(tenants[1])]).toEqual([151, 0]);
      expect((await owner.query("select from notes")).rowCount).toBe(0);
      const recorded = "select count(*)::int as n from notes_history where tenant_id is null";
      expect((await all.query(recorded)).rows).toEqual([{ n: 0 }]);
    }));
});
