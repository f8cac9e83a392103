import { migrateDownTo, migrateUp } from "../../../templates/runtime/migrate.ts";
import type { Migration, StepRecord } from "../../../templates/runtime/migration.ts";
import { type Loss, losses, moved, type Observation } from "./observation.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { Filled, RehearsalStore, RowQuestion } from "./store.ts";

/** What is rehearsed. */
export interface RehearsalPlan {
  /** Everything that the change stands on. */
  readonly base: readonly Migration[];
  /** The migrations of the change, in their order. */
  readonly change: readonly Migration[];
  readonly rows: number;
  readonly seed: number;
  /** Questions of the change that its rows are to pass. */
  readonly passing?: readonly RowQuestion[];
}

export type Stage = "before" | "fill" | "up" | "down" | "up again";

/** A loss, and whether a step of the change says that it may happen. */
export interface JudgedLoss extends Loss {
  readonly stage: Stage;
  /** Class of the step that tells of it: then it is no finding. */
  readonly told?: "loses-data" | "irreversible";
}

export interface RehearsalReport {
  readonly change: readonly string[];
  readonly filled: readonly Filled[];
  /** Stages that ran to their end, with the rows of all parts after each. */
  readonly stages: readonly { readonly stage: Stage; readonly rows: number }[];
  readonly losses: readonly JudgedLoss[];
  /** The step that stopped up, where it said beforehand that it may. */
  readonly refused?: Refusal;
  /** What must not be: exit 1. */
  readonly findings: readonly string[];
  /** There is no way down, as its steps say. */
  readonly oneWay: boolean;
}

/**
 * Up, down and up again over generated rows, through the code that migrates the real store; after each the rows, the values and the
 * catalogue are held against what they should be.
 *
 * @throws Error when the store is not empty, or what comes before the change does not run
 */
export async function rehearse(
  store: RehearsalStore,
  plan: RehearsalPlan,
  tell: (stage: Stage) => void = () => {},
): Promise<RehearsalReport> {
  const draft = new Draft(plan);
  tell("before");
  await migrateUp(store.target, plan.base, { contract: true });
  tell("fill");
  const filled = await store.fill(plan.rows, plan.seed, plan.passing);
  const start = await store.observe();
  draft.done("before", start);
  for (const { part, rows, refused } of filled) {
    if (rows === 0)
      draft.finding(`${part}: no row could be made${because(refused)}; nothing of it is tried`);
  }
  const all = [...plan.base, ...plan.change];
  let refused: Refusal | undefined;
  const up = async (stage: "up" | "up again"): Promise<Observation | undefined> => {
    tell(stage);
    return draft.attempt(stage, async () => {
      try {
        await migrateUp(store.target, all, { contract: true });
      } catch (error) {
        refused = refusalOf(error, store, plan.change);
        throw error;
      }
      return store.observe();
    });
  };
  const first = await up("up");
  if (first === undefined) return { ...draft.report(filled), ...(refused && { refused }) };
  draft.invalid("up", first, start);
  draft.lostByUp(start, first);
  if (draft.oneWay) return draft.report(filled);
  tell("down");
  const back = await draft.attempt("down", async () => {
    await takeBack(store, plan, all);
    return store.observe();
  });
  if (back === undefined) return draft.report(filled);
  draft.lost("down", losses(start, back));
  draft.differ("after down the schema is not as before", store.differences(back, start));
  const second = await up("up again");
  if (second === undefined) return draft.report(filled);
  draft.invalid("up again", second, start);
  draft.differ("up again makes another schema", store.differences(second, first));
  draft.lost("up again", kept(losses(first, second), start));
  return draft.report(filled);
}

/** The migrations of the change alone, the newest first. */
async function takeBack(
  store: RehearsalStore,
  { base, change }: RehearsalPlan,
  all: readonly Migration[],
): Promise<void> {
  const [first] = change;
  const parent = first?.parents.at(-1);
  if (parent !== undefined && base.length > 0) {
    await migrateDownTo(store.target, all, { to: parent, allowDestructive: true });
    return;
  }
  for (const _ of change) await migrateDownTo(store.target, all, { allowDestructive: true });
}

/** Values of columns that the change makes may be another time and another number when it is run again. */
const kept = (all: readonly Loss[], start: Observation): readonly Loss[] =>
  all.filter(({ part, column }) => {
    const before = start.parts.get(part);
    return before !== undefined && (column === undefined || before.columns.has(column));
  });

const because = (refused: string | undefined): string =>
  refused === undefined ? "" : ` (${refused})`;

/** The report while it is made. */
class Draft {
  readonly #plan: RehearsalPlan;
  readonly #steps: readonly StepRecord[];
  readonly #stages: { stage: Stage; rows: number }[] = [];
  readonly #losses: JudgedLoss[] = [];
  readonly #findings: string[] = [];
  readonly oneWay: boolean;

  constructor(plan: RehearsalPlan) {
    this.#plan = plan;
    this.#steps = plan.change.flatMap(({ steps }) => steps ?? []);
    this.oneWay = this.#steps.some(({ reversibility }) => reversibility === "irreversible");
  }

  done(stage: Stage, { parts }: Observation): void {
    const rows = [...parts.values()].reduce((sum, part) => sum + part.rows, 0);
    this.#stages.push({ stage, rows });
  }

  finding(text: string): void {
    this.#findings.push(text);
  }

  /** A stage that fails is a finding; what comes after it cannot be tried. */
  async attempt(stage: Stage, work: () => Promise<Observation>): Promise<Observation | undefined> {
    try {
      const seen = await work();
      this.done(stage, seen);
      return seen;
    } catch (error) {
      this.finding(`${stage} fails: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  invalid(stage: Stage, { invalid }: Observation, start: Observation): void {
    for (const text of invalid)
      if (!start.invalid.includes(text)) this.finding(`after ${stage}: ${text}`);
  }

  differ(title: string, differences: readonly string[]): void {
    for (const difference of differences) this.finding(`${title}: ${difference}`);
  }

  /** What goes up comes back by down, unless a step says otherwise; where there is no way down, this is what is lost. */
  lostByUp(start: Observation, first: Observation): void {
    const gone = losses(start, first).filter((loss) => moved(loss, start, first) === undefined);
    const rows = gone.filter(({ column }) => column === undefined);
    this.lost("up", this.oneWay ? gone : rows.filter((loss) => first.parts.has(loss.part)));
  }

  lost(stage: Stage, found: readonly Loss[]): void {
    for (const loss of found) {
      const told = this.#told(loss);
      this.#losses.push({ ...loss, stage, ...(told !== undefined && { told }) });
      if (told !== undefined) continue;
      const where = loss.column === undefined ? loss.part : `${loss.part}.${loss.column}`;
      this.finding(
        `${where}: ${loss.what} in ${loss.rows} ${loss.rows === 1 ? "row" : "rows"} after ${stage}, and no step says so`,
      );
    }
  }

  report(filled: readonly Filled[]): RehearsalReport {
    return {
      change: this.#plan.change.map(({ id }) => id),
      filled,
      stages: this.#stages,
      losses: this.#losses,
      findings: this.#findings,
      oneWay: this.oneWay,
    };
  }

  /** A step that names what it destroys answers for that alone; one that names nothing for whatever is lost. */
  #told({ part, column }: Loss): JudgedLoss["told"] {
    for (const { reversibility, destroys } of this.#steps) {
      if (reversibility !== "loses-data" && reversibility !== "irreversible") continue;
      const names = [part, ...(column === undefined ? [] : [`${part}.${column}`])];
      if (destroys === undefined || names.includes(destroys)) return reversibility;
    }
    return undefined;
  }
}
