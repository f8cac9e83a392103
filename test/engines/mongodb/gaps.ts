import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import type { StepRecord } from "../../../templates/runtime/migration.ts";
import type { GeneratedProject } from "../../support/generated-project.ts";

export { validated as ruled } from "./validated.ts";

/** What the emulator cannot show of a real server, by method of the record port's suite. */
export const gaps: Readonly<Record<string, string>> = {
  decimal: "the emulator does not store Decimal128",
  "composite key": "the emulator does not match a document as _id",
  "insert raced by its replays": "the emulator does not isolate transactions from each other",
  "increment with operation id":
    "the emulator does not isolate transactions from each other, which racing replays are",
  "upsert of an aggregate":
    "the emulator does not isolate transactions from each other: the one at once would be part of it",
  "soft delete":
    "the emulator has no partial indexes, so a deleted document keeps its unique value",
  "list by a moment of an array":
    "the emulator finds no date within a list, nor a text that looks like one",
  aggregate: "the emulator finds nothing by a date's upper bound in a pipeline",
  asOf: "the emulator forgets a date's upper bound when it sorts as well",
  "constraint name": "the emulator does not name the index of a duplicate key",
};

/** The emulator refuses every write to a collection whose compound index holds `_id`; without it only the plan of a page differs. */
export function prepare(project: GeneratedProject): void {
  const file = (suffix: string): string => `migrations/main/0001-initial.${suffix}`;
  const up = project.read(file("up.json")).replaceAll(/,\s*"_id": -?1(?=\s*\})/g, "");
  const record = JSON.parse(project.read(file("json"))) as {
    readonly steps: readonly StepRecord[];
  };
  const hash = migrationHash(up, project.read(file("down.json")), record.steps);
  project.write(file("up.json"), up);
  project.write(file("json"), JSON.stringify({ ...record, hash }));
}
