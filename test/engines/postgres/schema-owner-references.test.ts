/** A tenant comes and goes for tables that refer to each other, made by an owner whom the policies bind. */
import { afterAll, describe, expect, test } from "vitest";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Step } from "../../../src/migrate/step.ts";
import { cell } from "../../support/closing-table.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import {
  inPhases,
  type Lab,
  planned,
  run,
  serverLab,
  unlikeSnapshot,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { plainOwner } from "./plain-owner.ts";

const server = await sharedServer("postgres");
const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "references of an owner bound by policies",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const asOwner = plainOwner(server);
const id = field("id", uuid, { key: true });
const refersTo = (name: string): ReturnType<typeof field> =>
  field(`${name.toLowerCase()}Id`, uuid, {
    reference: { entity: name, field: "id", onDelete: "restrict" },
  });

/** A root with lines, a guest that it refers to, and a remark of no tenant that may refer to the root. */
const hotel = (tenant: boolean, { audit = false, remarks = false } = {}): StoreIr => {
  const own = { timestamps: false, ...(tenant && { tenant: "hotelId" }) };
  const entities = [
    entity({ ...own, name: "Guest", fields: [id] }),
    entity({
      ...own,
      name: "Booking",
      audit,
      fields: [id, field("note", text), refersTo("Guest")],
    }),
    entity({
      name: "Line",
      owner: "Booking",
      timestamps: false,
      key: ["bookingId", "lineNo"],
      fields: [
        field("bookingId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
        field("lineNo", int, { key: true }),
        field("label", text),
      ],
    }),
    entity({
      name: "Remark",
      timestamps: false,
      fields: [id, remarks ? refersTo("Booking") : field("bookingId", uuid)],
    }),
  ];
  return mainStore(entities, [
    transactional("all", { Guest: [], Booking: [{ op: "get", name: "get" }], Remark: [] }),
  ]).store;
};

const rows = `
insert into guests (id) select gen_random_uuid() from generate_series(1, 150);
insert into bookings (id, note, guest_id) select gen_random_uuid(), 'n', id from guests;
insert into lines (booking_id, line_no, label) select id, n, 'l' from bookings, generate_series(1, 2) n;
insert into remarks (id, booking_id) select gen_random_uuid(), id from bookings;`;
const given = "01890000-0000-7000-8000-000000000001";
const tenant = { "guests.hotel_id": `'${given}'`, "bookings.hotel_id": `'${given}'` };

const whole = `select (select count(*) from guests), (select count(*) from bookings b join guests g on g.id = b.guest_id),
  (select count(*) from lines l join bookings b on b.id = l.booking_id), (select count(*) from remarks),
  (select count(*) from pg_constraint where not convalidated)`;
const all150 = [["150", "150", "300", "150", "0"]];

describe.skipIf(isMissing(server))("an owner that is bound by the policies", () => {
  afterAll(() => cell(proof, { kind: "proven" }));

  interface Change {
    readonly name: string;
    readonly from: StoreIr;
    readonly to: StoreIr;
  }
  const changes: readonly Change[] = [
    { name: "tenant on", from: hotel(false), to: hotel(true) },
    {
      name: "tenant on, recorded",
      from: hotel(false, { audit: true }),
      to: hotel(true, { audit: true }),
    },
    {
      name: "a reference to a tenant's table comes",
      from: hotel(true),
      to: hotel(true, { remarks: true }),
    },
    {
      name: "a reference to a tenant's table goes",
      from: hotel(true, { remarks: true }),
      to: hotel(true),
    },
  ];

  describe.each(["split", "direct"] as const)("%s", (mode) => {
    test.each(changes)("$name, and back, and again", ({ from, to }) =>
      asOwner(async (owner, all, project) => {
        const [lab, seer] = [serverLab(owner), serverLab(all)];
        await run(lab, wholeOf(from, project), "up");
        await owner.query(`select set_config('app.current_tenant', '${given}', false)`);
        await lab.exec(rows);
        await owner.query("select set_config('app.current_tenant', '', false)");
        const steps = inPhases(planned(from, to, mode, tenant, project));
        const holds = async (store: StoreIr): Promise<void> => {
          expect(await seer.rows(whole)).toEqual(all150);
          expect(await unlikeSnapshot(seer, "public", store, project)).toEqual([]);
        };
        await run(lab, steps, "up");
        await holds(to);
        await run(lab, steps, "down");
        await holds(from);
        await run(lab, steps, "up");
        await holds(to);
      }),
    );

    test.each([false, true])("tenant off, whether it is recorded or not: %s", (audit) =>
      asOwner(async (owner, all, project) => {
        const [lab, seer] = [serverLab(owner), serverLab(all)];
        const [from, to] = [hotel(true, { audit }), hotel(false, { audit })];
        await run(lab, wholeOf(from, project), "up");
        await owner.query(`select set_config('app.current_tenant', '${given}', false)`);
        await lab.exec(rows);
        await owner.query("select set_config('app.current_tenant', '', false)");
        await run(lab, inPhases(planned(from, to, mode, {}, project)), "up");
        expect(await seer.rows(whole)).toEqual(all150);
        expect(await unlikeSnapshot(seer, "public", to, project)).toEqual([]);
      }),
    );

    /** What was recorded of lines whose root is gone. */
    async function deleted(
      lab: Lab,
      project: string,
      forgotten: boolean,
    ): Promise<readonly Step[]> {
      const [from, to] = [hotel(false, { audit: true }), hotel(true, { audit: true })];
      await run(lab, wholeOf(from, project), "up");
      await lab.exec(rows);
      await lab.exec(
        "delete from bookings where id in (select id from bookings order by id limit 5)",
      );
      if (forgotten) {
        await lab.exec(
          "delete from bookings_history h where not exists (select from bookings b where b.id = h.id)",
        );
      }
      return inPhases(planned(from, to, mode, tenant, project));
    }

    test("what was recorded of a root that is gone tells the tenant of its lines", () =>
      asOwner(async (owner, all, project) => {
        const lab = serverLab(owner);
        const steps = await deleted(lab, project, false);
        await run(lab, steps, "up");
        const without = `select (select count(*) from lines_history where hotel_id is distinct from '${given}'),
          (select count(*) from lines_history where content ->> 'hotel_id' is distinct from '${given}'),
          (select count(*) from bookings_history, jsonb_array_elements(children -> 'lines') line where line ->> 'hotel_id' is distinct from '${given}')`;
        expect(await serverLab(all).rows(without)).toEqual([["0", "0", "0"]]);
        await run(lab, steps, "down");
        await run(lab, steps, "up");
        expect(await serverLab(all).rows(without)).toEqual([["0", "0", "0"]]);
      }));

    test("where nothing tells it, that is asked before anything changes", () =>
      asOwner(async (owner, all, project) => {
        const [lab, seer] = [serverLab(owner), serverLab(all)];
        const steps = await deleted(lab, project, true);
        await expect(run(lab, steps, "up")).rejects.toThrow(
          "nothing tells hotel_id of what lines_history recorded, since its row of bookings is gone and was not recorded (make this migration again with --set lines.hotel_id=..., which those get); rows: 20, one of them with revision",
        );
        const from = hotel(false, { audit: true });
        expect(await unlikeSnapshot(seer, "public", from, project)).toEqual([]);
        const other = "01890000-0000-7000-8000-000000000002";
        const to = hotel(true, { audit: true });
        const answered = planned(
          from,
          to,
          mode,
          { ...tenant, "lines.hotel_id": `'${other}'` },
          project,
        );
        await run(lab, inPhases(answered), "up");
        expect(
          await seer.rows("select hotel_id, count(*) from lines_history group by 1 order by 1"),
        ).toEqual([
          [given, "290"],
          [other, "20"],
        ]);
        expect(await seer.rows("select distinct hotel_id from lines")).toEqual([[given]]);
      }));
  });
});
