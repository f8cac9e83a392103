import { parse } from "libpg-query";
import { describe, expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
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
