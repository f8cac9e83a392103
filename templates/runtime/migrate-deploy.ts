import { breaksOldCode, changeOf, isNeeded, unreadSteps } from "./migrate-code.ts";
import { compare, withAncestors } from "./migrate-status.ts";
import type { LedgerEntry, Migration } from "./migration.ts";

/** A contract migration that is not applied: whether it may run now. */
export interface ContractCheck {
  readonly id: string;
  /** Undefined when nobody said what the oldest running code is. */
  readonly mayRun: boolean | undefined;
  readonly reason: string;
}

/** Whether the code of this checkout may start on a store as it is, and what may follow. */
export interface DeployCheck {
  readonly mayStart: boolean;
  /** Why not, each with the mend. */
  readonly findings: readonly string[];
  /** What this code may not do while the oldest running code runs, each with the mend. */
  readonly cautions: readonly string[];
  readonly contracts: readonly ContractCheck[];
  /** Applied by newer code; this code runs beside it. */
  readonly newer: readonly string[];
}

/**
 * Code may start when all its expand and backfill migrations are applied, a contract where it needs one, and no contract of newer code is.
 * A contract migration may run when the oldest running code knows its change, or is stopped.
 *
 * @param running id of the newest migration that the oldest running code knows
 */
export function deployCheck(
  migrations: readonly Migration[],
  ledger: readonly LedgerEntry[],
  running?: string,
): DeployCheck {
  const files = new Set(migrations.map(({ id }) => id));
  const newer = ledger.filter((entry) => !files.has(entry.id) && runsBeside(entry));
  const { applied, problems } = compare(
    migrations,
    ledger.filter((entry) => !newer.includes(entry)),
  );
  const done = new Set(applied.map(({ id }) => id));
  const knows = running === undefined ? undefined : withAncestors(running, migrations);
  const open = migrations.filter(({ id }) => !done.has(id));
  const findings = [
    ...problems,
    ...open.filter(isNeeded).map((migration) => missing(migration, open, running, knows)),
    ...migrations.flatMap((migration) =>
      done.has(migration.id) ? brokenBy(migration, running, knows) : [],
    ),
  ];
  return {
    mayStart: findings.length === 0,
    findings,
    cautions: migrations.flatMap((migration) => unreadBy(migration, running, knows)),
    contracts: open
      .filter(({ phase }) => phase === "contract")
      .map((migration) => contractCheck(migration, done, knows)),
    newer: newer.map(({ id }) => id),
  };
}

/** What newer code has expanded or filled leaves older code running. */
const runsBeside = ({ phase, dirty }: LedgerEntry): boolean =>
  dirty !== true && (phase === "expand" || phase === "backfill");

/** What the code of this checkout needs and the store has not, with what has to be done first. */
function missing(
  migration: Migration,
  open: readonly Migration[],
  running: string | undefined,
  knows: ReadonlySet<string> | undefined,
): string {
  const { id, phase = "expand" } = migration;
  const change = changeOf(migration);
  if (phase === "contract") {
    return `${id} (contract) is not applied, and this code fails before it, code of before ${change} after it: end that, then migrate up --contract ${id}, then start this code`;
  }
  const below = withAncestors(id, open);
  const held = open.filter((each) => each.phase === "contract" && below.has(each.id));
  if (held.length > 0) {
    const contracts = held.map((each) => each.id).join(", ");
    const old = [...new Set(held.map(changeOf))].join(" and ");
    return `${id} (${phase}) is not applied: it stands on ${contracts} (contract), after which code of before ${old} fails: end that, then migrate up ${held.map((each) => `--contract ${each.id}`).join(" ")}`;
  }
  const ends = breaksOldCode(migration) && knows?.has(change) === false;
  const first = ends ? `code of ${running} fails after it: end that first, then ` : "";
  return `${id} (${phase}) is not applied: ${first}migrate up`;
}

function brokenBy(
  migration: Migration,
  running: string | undefined,
  knows: ReadonlySet<string> | undefined,
): readonly string[] {
  if (!breaksOldCode(migration) || knows === undefined) return [];
  const change = changeOf(migration);
  return knows.has(change)
    ? []
    : [
        `${migration.id} is applied, but code of ${running} does not know ${change} and fails: end it, or migrate down`,
      ];
}

/** Nobody sees from here what the code writes, so it is told and not refused. */
function unreadBy(
  migration: Migration,
  running: string | undefined,
  knows: ReadonlySet<string> | undefined,
): readonly string[] {
  const steps = unreadSteps(migration);
  if (steps.length === 0 || knows === undefined || knows.has(changeOf(migration))) return [];
  const titles = steps.map(({ title }) => title).join("; ");
  return [
    `${migration.id}: ${titles}: code of ${running} fails on the first empty value that this code writes there: end it first, or write none until then`,
  ];
}

function contractCheck(
  migration: Migration,
  done: ReadonlySet<string>,
  knows: ReadonlySet<string> | undefined,
): ContractCheck {
  const { id, parents } = migration;
  const change = changeOf(migration);
  const waitsFor = parents.filter((parent) => !done.has(parent));
  const check = (mayRun: boolean | undefined, reason: string): ContractCheck => ({
    id,
    mayRun,
    reason,
  });
  if (waitsFor.length > 0) return check(false, `waits for ${waitsFor.join(", ")}`);
  if (knows === undefined) {
    if (isNeeded(migration)) {
      return check(undefined, `may run when no code of before ${change} runs any more`);
    }
    return check(
      undefined,
      `may run when all running code knows ${change}: deploy-check --running ID`,
    );
  }
  if (knows.has(change)) {
    return check(true, `all running code knows ${change}: migrate up --contract ${id}`);
  }
  const then = isNeeded(migration) ? "; once it is ended, this comes before the new code" : "";
  return check(false, `running code does not know ${change}${then}`);
}
