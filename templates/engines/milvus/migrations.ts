import { setTimeout as sleep } from "node:timers/promises";
import { isDataError, programmingError } from "../../runtime/errors.ts";
import type { LedgerHost, MigrationTarget, RunContext, StepText } from "../../runtime/migration.ts";
import { placedIn, splitCommands } from "../../runtime/migration-commands.ts";
import type { MilvusConnection } from "./connection.ts";
import type { ViewDefinition } from "./definition.ts";
import { dropView, prepareGeneration } from "./begin.ts";

/** What a step of a migration file says. Each may be run again. */
export type MigrationCommand =
  /** An empty collection for this definition, with its indexes, loaded: `views rebuild` fills it and lets the alias point there. */
  | { readonly prepareView: ViewDefinition }
  /** The alias and every collection of the view. */
  | { readonly dropView: string };

/** A command as the file has it, under the name of its step. */
export type MigrationStep = MigrationCommand & { readonly step?: string; readonly note?: string };

/**
 * Migrations of a Milvus database. What they make is empty: a view is filled from its authority. Ledger and lock are another store's,
 * since nothing here can be compared and set.
 */
export function milvusMigrations(
  connection: MilvusConnection,
  host: LedgerHost | undefined,
): MigrationTarget {
  return {
    transactional: false,
    split: splitCommands,
    locked: async (work, waitMs) => hosted(host).locked(work, waitMs),
    ledger: async () => hosted(host).ledger(),
    run: async (steps, note, context) => {
      for (const step of steps) await runStep(connection, step, context);
      await hosted(host).write(note, {});
    },
    runAlone: (step, context) => runStep(connection, step, context),
    holds: () => Promise.resolve(false),
    batch: () => Promise.resolve(undefined),
    count: () => Promise.resolve(0),
  };
}

function hosted(host: LedgerHost | undefined): LedgerHost {
  if (host !== undefined) return host;
  throw programmingError("Milvus cannot keep the ledger of its migrations", {
    operation: "migrate",
    hint: "an authority of the same spec keeps it: migrate through npm run db, which knows them all",
  });
}

async function runStep(
  connection: MilvusConnection,
  step: StepText,
  { file }: RunContext,
): Promise<void> {
  for (const command of JSON.parse(step.text) as readonly MigrationCommand[]) {
    try {
      await runCommand(connection, command, performance.now() + outageMs);
    } catch (error) {
      throw placedIn(file, step.name, error);
    }
  }
}

/** A server that cannot be reached for as long is waited for: each command may be run again. */
const outageMs = 30_000;
const pauseMs = 500;

async function runCommand(
  connection: MilvusConnection,
  command: MigrationCommand,
  until: number,
): Promise<void> {
  for (;;) {
    try {
      if ("prepareView" in command) await prepareGeneration(connection, command.prepareView);
      else await dropView(connection, command.dropView);
      return;
    } catch (error) {
      const passing = isDataError(error) && error.kind === "unavailable";
      if (!passing || performance.now() + pauseMs > until) throw error;
      await sleep(pauseMs);
    }
  }
}
