import { allowancesOf, type Allowance, covers } from "./lint-allowance.ts";
import { lintRecord } from "./lint-record.ts";
import type { StoredMigration } from "./folder.ts";
import type { LintFinding, LintSource, SchemaPlanner } from "./step.ts";

/** A finding with the file that it is in. */
export interface FileFinding extends LintFinding {
  readonly migration: string;
  /** Name of the file in its folder. */
  readonly file: string;
}

/**
 * Judges migrations of one store, both directions, and takes out what the files allow.
 *
 * @param all every migration of the store: what came before decides what a step does
 * @param chosen those to judge
 */
export async function lintMigrations(
  lint: NonNullable<SchemaPlanner["lint"]>,
  all: readonly StoredMigration[],
  chosen: readonly StoredMigration[],
): Promise<readonly FileFinding[]> {
  const found: FileFinding[] = [];
  for (const migration of chosen) {
    const before = ancestorsOf(migration, all).map(({ up }) => up);
    for (const direction of ["up", "down"] as const) {
      const text = migration[direction];
      // The way back begins where the way there ends.
      const history = direction === "up" ? before : [...before, migration.up];
      const findings = [
        ...(await lint(sourceOf(migration, direction, history))),
        ...(direction === "up" ? lintRecord(migration) : []),
      ];
      const file = migration.files[direction];
      found.push(
        ...withAllowances(text, findings).map((finding) => ({
          ...finding,
          migration: migration.id,
          file,
        })),
      );
    }
  }
  return found;
}

function sourceOf(
  { steps, phase, touches, up, down }: StoredMigration,
  direction: "up" | "down",
  history: readonly string[],
): LintSource {
  return {
    text: direction === "up" ? up : down,
    steps: steps.map(({ name, transactional, repair, batch }) => ({
      name,
      transactional,
      ...(repair !== undefined && { repair }),
      ...(batch !== undefined && { batch }),
    })),
    fresh: [],
    direction,
    history,
    // A record that a person wrote may say no phase: then nothing is known of who runs meanwhile.
    ...(touches !== undefined && { phase }),
  };
}

/** Everything a migration stands on, parents first. */
export function ancestorsOf(
  migration: StoredMigration,
  all: readonly StoredMigration[],
): readonly StoredMigration[] {
  const byId = new Map(all.map((each) => [each.id, each]));
  const ordered: StoredMigration[] = [];
  const seen = new Set([migration.id]);
  const visit = ({ parents }: StoredMigration): void => {
    for (const id of parents) {
      const parent = byId.get(id);
      if (parent === undefined || seen.has(id)) continue;
      seen.add(id);
      visit(parent);
      ordered.push(parent);
    }
  };
  visit(migration);
  return ordered;
}

/** Findings without those that the text allows, with those about allowances that do not hold. */
export function withAllowances(
  text: string,
  findings: readonly LintFinding[],
): readonly LintFinding[] {
  const allowances = allowancesOf(text);
  const sound = allowances.filter(({ reason }) => reason !== "");
  const used = new Set<Allowance>();
  const left = findings.filter((finding) => {
    const allowance = sound.find((one) => covers(one, finding));
    if (allowance !== undefined) used.add(allowance);
    return allowance === undefined;
  });
  const bare = allowances.filter(({ reason }) => reason === "").map(withoutReason);
  const idle = sound.filter((one) => !used.has(one)).map(withoutFinding);
  return [...left, ...bare, ...idle].toSorted((a, b) => a.line - b.line);
}

const withoutReason = ({ line, rule }: Allowance): LintFinding => ({
  rule: "allow-without-reason",
  line,
  message:
    "who reads it later has to know why it is safe here, so an exception without a reason is none",
  recipe: `-- lint: allow ${rule === "" ? "RULE" : rule} because REASON`,
  severity: "error",
});

const withoutFinding = ({ line, rule }: Allowance): LintFinding => ({
  rule: "allow-unused",
  line,
  message: `nothing here breaks the rule ${rule}; an exception that is left behind hides the next finding`,
  recipe: "take the comment out",
  severity: "warning",
});
