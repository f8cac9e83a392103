import { rehearse, type RehearsalPlan, type RehearsalReport, type Stage } from "./rehearse.ts";
import { isSame, type Refusal } from "./refusal.ts";
import type { RehearsalStore } from "./store.ts";

/** A rehearsal whose rows pass what the change asks of them, with what it refused before. */
export interface FittingReport extends RehearsalReport {
  readonly refusals: readonly Refusal[];
}

/**
 * A rehearsal that goes on where a step refuses rows as it said it would: begun anew, with rows that are refused no more. A narrower rule says
 * nothing against a change whose rows are asked first. What is refused again, or by what announced nothing, stays a finding.
 *
 * @param open opens an empty store that is thrown away; called once more for every step that refuses rows
 */
export async function rehearseFitting(
  open: () => Promise<RehearsalStore>,
  plan: RehearsalPlan,
  tell: (stage: Stage) => void = () => {},
): Promise<FittingReport> {
  const refusals: Refusal[] = [];
  for (;;) {
    const { refused, ...report } = await inStore(open, (store) =>
      rehearse(store, { ...plan, passing: refusals }, tell),
    );
    const again = refusals.some((each) => refused !== undefined && isSame(each, refused));
    if (refused === undefined || again) return { ...report, refusals };
    refusals.push(refused);
  }
}

async function inStore<T>(
  open: () => Promise<RehearsalStore>,
  work: (store: RehearsalStore) => Promise<T>,
): Promise<T> {
  const store = await open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
