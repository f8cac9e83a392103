/** A tenant that comes and goes on a table whose partitions were made as time went on: none of them is left behind. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  isPartitionsText,
  switchPartitions,
} from "../../../src/engines/postgres/schema/partition-security.ts";
import { schemaChanges } from "./schema-changes.ts";
import {
  embeddedLab,
  emptySchema,
  inPhases,
  inSchema,
  type Lab,
  planned,
  run,
  wholeOf,
} from "./schema-lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
}, 60_000);
afterAll(() => lab.close());

const switched = (): Promise<readonly unknown[]> =>
  lab.rows(
    "select relname, relrowsecurity, relforcerowsecurity from pg_class where relnamespace = 'live'::regnamespace and relkind in ('r', 'p') and relname like 'orders%' order by 1",
  );

const all = (on: "t" | "f") => [
  ["orders", on, on],
  ["orders_2026_11", on, "f"],
  ["orders_default", on, "f"],
];

test.each(["split", "direct"] as const)(
  "%s: partitions of periods follow their table",
  async (mode) => {
    const change = schemaChanges.find(({ name }) => name === "tenancy of a partitioned table on");
    if (change === undefined) throw new Error("no such change");
    const { from, to, values = {} } = change;
    const steps = inPhases(planned(from, to, mode, values));
    await emptySchema(lab, "live");
    await inSchema(lab, "live", async () => {
      await run(lab, wholeOf(from), "up");
      await lab.exec(
        "create table orders_2026_11 partition of orders for values from ('2026-11-01') to ('2026-12-01')",
      );
      expect(await switched()).toEqual(all("f"));
      await run(lab, steps, "up");
      expect(await switched()).toEqual(all("t"));
      await run(lab, steps, "down");
      expect(await switched()).toEqual(all("f"));
    });
  },
);

test("the linter knows the block to the last letter but the table", () => {
  const text = switchPartitions('a "b" c\\', "enable");
  expect(isPartitionsText(text)).toBe(true);
  expect(isPartitionsText(text.replace("enable", "disable"))).toBe(true);
  expect(isPartitionsText(text.replace("enable row", "force row"))).toBe(false);
  expect(isPartitionsText(text.replace("end loop;", "end loop; drop table orders;"))).toBe(false);
});
