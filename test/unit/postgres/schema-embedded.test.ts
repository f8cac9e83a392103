import { afterAll, beforeAll, expect, test } from "vitest";
import { schemaChanges } from "./schema-changes.ts";
import {
  differences,
  embeddedLab,
  emptySchema,
  inPhases,
  inSchema,
  type Lab,
  planned,
  run,
  unlikeSnapshot,
  wholeOf,
} from "./schema-lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await embeddedLab();
}, 60_000);
afterAll(() => lab.close());

/** Each takes another way; test/engines/postgres/schema-changes.test.ts takes all of them on a server. */
const names = [
  "column renamed",
  "unique added",
  "table renamed",
  "tenancy with children and history on",
  "searched column renamed",
  "partitions by time on",
  "partitions by hash on",
];

test.each(schemaChanges.filter(({ name }) => names.includes(name)))(
  "in process: $name",
  async ({ from, to, values = {} }) => {
    const steps = inPhases(planned(from, to, "split", values));
    await emptySchema(lab, "live");
    await inSchema(lab, "live", async () => {
      await run(lab, wholeOf(from), "up");
      await run(lab, steps, "up");
      await run(lab, steps, "down");
      await run(lab, steps, "up");
    });
    await emptySchema(lab, "fresh");
    await inSchema(lab, "fresh", () => run(lab, wholeOf(to), "up"));
    expect(await differences(lab, "live", "fresh")).toEqual([]);
    expect(await unlikeSnapshot(lab, "live", to)).toEqual([]);
  },
  60_000,
);
