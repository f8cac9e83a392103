import { createHash } from "node:crypto";
import { type Attempt, callOp } from "../../runtime/call.ts";
import { DataError, isDataError, programmingError } from "../../runtime/errors.ts";
import type { MigrationTarget, Objects, RunContext, StepText } from "../../runtime/migration.ts";
import { placedIn, splitCommands } from "../../runtime/migration-commands.ts";
import { part } from "./answer.ts";
import { type CommandContext, holds, runCommand } from "./migration-commands.ts";
import { readLedger, writeNote } from "./migration-ledger.ts";
import { MigrationLock } from "./migration-lock.ts";
import type { MigrationStep, VerifyQuery } from "./migration-step.ts";
import type { TargetConnection } from "./view-target.ts";

/** A request of a migration may wait for the cluster's manager. */
const requestMs = 60_000;

/** Migrations of the views of one store: their definitions, and what is built by them. Each command may be run again. */
export function searchMigrations(
  connection: TargetConnection & { readonly name: string; readonly project: string },
): MigrationTarget {
  const { http, prefix, runtime, state, name, project } = connection;
  const spec = {
    operation: `${name}.migrate`,
    effect: "write",
    collection: "",
    repeatable: true,
  } as const;
  // A repeated command finds its work done; one migrator at a time runs them.
  const options = { deadlineMs: requestMs, operation: spec.operation };
  const ask = <T>(work: (attempt: Attempt) => Promise<T>): Promise<T> =>
    callOp(runtime, spec, options, work);
  const lock = new MigrationLock(ask, state);
  const fence = (attempt: Attempt): Promise<void> => lock.check(attempt);
  const context: CommandContext = { http, prefix, ask, fence };
  const objects = (): Promise<Objects> => readCatalogue(context, project);
  return {
    transactional: false,
    split: splitCommands,
    locked: (work, waitMs) => lock.run(work, waitMs),
    ledger: () => ask((attempt) => readLedger(state, attempt)),
    run: async (steps, note, run) => {
      for (const step of steps) await runStep(context, step, run);
      const found = note.state === "half-way" ? {} : await objects();
      await ask((attempt) => writeNote(state, note, found, fence, attempt));
    },
    runAlone: (step, run) => runStep(context, step, run),
    holds: (query) => holds(context, JSON.parse(query) as VerifyQuery),
    batch: () => Promise.reject(noBatches()),
    count: () => Promise.reject(noBatches()),
    objects,
  };
}

const isOvertaken = (error: unknown): boolean => isDataError(error) && error.kind === "conflict";

const noBatches = (): DataError =>
  programmingError("no step of a search store runs in batches", { operation: "migrate" });

async function runStep(
  context: CommandContext,
  { name, text }: StepText,
  { file }: RunContext,
): Promise<void> {
  try {
    for (const command of JSON.parse(text) as readonly MigrationStep[])
      await runCommand(context, command);
  } catch (error) {
    // Whoever was overtaken fails on what the other has changed: that is what has to be heard.
    const cause = await context.ask(context.fence).then(
      () => error,
      (told: unknown) => (isOvertaken(told) ? told : error),
    );
    throw placedIn(file, name, cause);
  }
}

/** A digest of each definition of this project's views. */
async function readCatalogue(
  { http, prefix, ask }: CommandContext,
  project: string,
): Promise<Objects> {
  const found = await ask((attempt) =>
    http.send({ method: "GET", path: "/_component_template" }, attempt),
  );
  const list = part(found, "component_templates");
  const own = (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((one) => {
    const name = String(part(one, "name"));
    const template = part(one, "component_template", "template");
    const ours = part(template, "mappings", "_meta", "project") === project;
    return ours && name.startsWith(prefix)
      ? [[`view ${name.slice(prefix.length)}`, digest(template)] as const]
      : [];
  });
  return Object.fromEntries(own.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
