import { afterAll, beforeAll, expect, test } from "vitest";
import { isHangingText, refuseHanging } from "../../../src/engines/postgres/schema/hanging.ts";
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

/** Runs a change on a store in which others have made something. */
async function changed(name: string, others: string): Promise<void> {
  const change = schemaChanges.find((each) => each.name === name);
  if (change === undefined) throw new Error(`no change ${name}`);
  const { from, to, values = {} } = change;
  await emptySchema(lab, "live");
  await inSchema(lab, "live", async () => {
    await run(lab, wholeOf(from), "up");
    await lab.exec(others);
    await run(lab, inPhases(planned(from, to, "split", values)), "up");
  });
}

test.each([
  ["index", "create index theirs on notes (COLUMN)"],
  ["index", "create index theirs on notes (id, COLUMN)"],
  ["index", "create index theirs on notes (id) where COLUMN is null"],
  ["constraint", "alter table notes add constraint theirs check (COLUMN is distinct from null)"],
  ["statistics object", "create statistics theirs on id, COLUMN from notes"],
])(
  "a column that is dropped or exchanged takes nothing with it: %s of %s",
  async (kind, others) => {
    for (const [change, column] of [
      ["column dropped", "rank"],
      ["column renamed", "words"],
    ] as const) {
      await expect(changed(change, others.replace("COLUMN", column))).rejects.toMatchObject({
        cause: {
          code: "2BP01",
          message: expect.stringMatching(
            new RegExp(`^${kind} .*theirs.* would go with column ${column} of notes`),
          ),
        },
      });
      await lab.exec("rollback");
    }
  },
);

test("what it may take is named, and lint knows the text", () => {
  expect(isHangingText(refuseHanging("it's", "a \\ column", ["one", "two", "three"]))).toBe(true);
  expect(
    isHangingText(
      refuseHanging("orders", "note", []).replace("end if;", "end if; drop table orders;"),
    ),
  ).toBe(false);
});
