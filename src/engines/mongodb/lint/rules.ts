import type { LintFinding, LintSource, Phase } from "../../../migrate/step.ts";
import type { MigrationStep } from "../../../../templates/engines/mongodb/migration-step.ts";
import type { Json } from "../../../spec/model.ts";
import type { JsonObject } from "../schema/state.ts";
import { collectionOf } from "./commands.ts";
import { tightened } from "./tightened.ts";

/** What a rule may look at beside its command. */
export interface Scene {
  readonly phase: Phase | undefined;
  /** The step runs in batches. */
  readonly batched: boolean;
  /** The validator as it is before the command, where it is known. */
  readonly validator: (collection: string) => JsonObject | undefined;
}

type Finding = Omit<LintFinding, "line">;
type Rule = (command: MigrationStep, scene: Scene) => readonly Finding[];

const finding = (
  rule: string,
  severity: LintFinding["severity"],
  message: string,
  recipe: string,
): readonly Finding[] => [{ rule, severity, message, recipe }];

/** What harms those who use a collection that holds documents. */
export const rules: readonly Rule[] = [
  droppedCollection,
  renamedCollection,
  droppedProperty,
  uniqueIndex,
  expiringIndex,
  narrowValidator,
  unbatchedUpdate,
  staleCopy,
];

/** Code of before may still run in every phase but the last. */
const oldCodeRuns = ({ phase }: Scene): boolean => phase !== "contract";

function droppedCollection(command: MigrationStep, scene: Scene): readonly Finding[] {
  if (!("dropCollection" in command) || !oldCodeRuns(scene)) return [];
  return finding(
    "drop-collection-in-use",
    "error",
    `${command.dropCollection} goes with its documents while code that reads it may run`,
    "drop it in a migration of the phase contract, when no code of before runs any more",
  );
}

function renamedCollection(command: MigrationStep): readonly Finding[] {
  if (!("renameCollection" in command)) return [];
  return finding(
    "rename-collection",
    "warning",
    `code of before does not find ${command.renameCollection} any more, and what it writes makes a new one of that name`,
    "keep the name (table: in the spec), or stop the code of before first",
  );
}

/** `$unset`, `$rename`, or a stage of a pipeline that takes a property away. */
function droppedProperty(command: MigrationStep, scene: Scene): readonly Finding[] {
  if (!("updateMany" in command) || !oldCodeRuns(scene)) return [];
  const stages = [command.update].flat();
  const renames = stages.some((stage) => "$rename" in stage);
  if (!renames && !stages.some((stage) => "$unset" in stage)) return [];
  return finding(
    renames ? "rename-property-in-use" : "drop-property-in-use",
    "error",
    `a property of ${command.updateMany} goes while code that reads it may run`,
    renames
      ? "rename it in a migration of the phase contract, between the end of the code of before and the start of the new code; column: in the spec keeps the stored name and needs no step"
      : "remove it in a migration of the phase contract",
  );
}

function uniqueIndex(command: MigrationStep): readonly Finding[] {
  const made = indexesOf(command).filter((index) => index["unique"] === true);
  return made.flatMap((index) => {
    const keys = Object.keys((index["key"] ?? {}) as object);
    const group = keys.map((key) => `"${key.replaceAll(".", "_")}": "$${key}"`).join(", ");
    return finding(
      "unique-index-on-filled-collection",
      "warning",
      `building ${String(index["name"])} fails when two documents have one value of ${keys.join(", ")}`,
      `look first: db.${collectionOf(command)}.aggregate([{ $group: { _id: { ${group} }, n: { $sum: 1 } } }, { $match: { n: { $gt: 1 } } }])`,
    );
  });
}

function expiringIndex(command: MigrationStep): readonly Finding[] {
  return indexesOf(command)
    .filter((index) => index["expireAfterSeconds"] !== undefined)
    .flatMap((index) =>
      finding(
        "ttl-index-on-filled-collection",
        "warning",
        `${String(index["name"])} deletes every document that is older already within a minute`,
        "count them first, and keep a backup",
      ),
    );
}

const indexesOf = (command: MigrationStep): readonly { readonly [name: string]: unknown }[] =>
  "createIndexes" in command ? command.indexes : [];

function narrowValidator(command: MigrationStep, scene: Scene): readonly Finding[] {
  if (!("setValidator" in command) || !oldCodeRuns(scene)) return [];
  const { setValidator: collection } = command;
  const before = scene.validator(collection);
  if (before === undefined) return [];
  const narrower = tightened(before, command.validator as Record<string, Json>);
  if (narrower.length === 0) return [];
  return finding(
    "validator-narrowed-in-use",
    "error",
    `documents of code of before, and those that are not filled yet, can no more be written to ${collection}: ${narrower.join("; ")}`,
    "widen in the phase expand, fill in the phase backfill, narrow in the phase contract",
  );
}

function unbatchedUpdate(command: MigrationStep, { batched }: Scene): readonly Finding[] {
  if (!("updateMany" in command) || batched) return [];
  return finding(
    "update-without-batches",
    "warning",
    `one command changes every document of ${command.updateMany} that it finds, and cannot go on where it broke off`,
    "let the step run in batches: batch in the migration's record",
  );
}

/** A copy of a renamed property: this engine runs no trigger that would keep the two alike. */
function staleCopy(command: MigrationStep, scene: Scene): readonly Finding[] {
  if (!("updateMany" in command) || !oldCodeRuns(scene)) return [];
  const exists = (wanted: boolean): string | undefined =>
    Object.entries(command.filter).find(
      ([, condition]) =>
        typeof condition === "object" && condition !== null && condition.$exists === wanted,
    )?.[0];
  const [old, now] = [exists(true), exists(false)];
  if (old === undefined || now === undefined) return [];
  return finding(
    "copy-goes-stale",
    "warning",
    `what code of before writes to ${old} of a copied document does not reach ${now}`,
    `rename it in one step of the phase contract, when no code of before runs any more; column: ${old} in the spec keeps the stored name and needs no step`,
  );
}

/** What a source says of a step. */
export const sceneOf = (
  { phase, steps }: LintSource,
  { step }: MigrationStep,
  validator: Scene["validator"],
): Scene => ({
  phase,
  batched: steps.some((one) => one.name === step && one.batch !== undefined),
  validator,
});
