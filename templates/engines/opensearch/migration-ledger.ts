import type { Attempt } from "../../runtime/call.ts";
import { DataError } from "../../runtime/errors.ts";
import type { LedgerEntry, LedgerNote, Objects, Phase, Progress } from "../../runtime/migration.ts";
import type { Held, StateIndex } from "./state-index.ts";

/** One row as the ledger's document holds it. */
interface Row {
  readonly id: string;
  readonly hash: string;
  readonly parents: readonly string[];
  readonly appliedAt: string;
  readonly dirty: boolean;
  readonly phase?: Phase;
  readonly step?: string;
  readonly progress?: Progress;
}

/** All rows in one document: what is read is never behind, and what is written is whole. */
interface Ledger {
  /** Oldest first. */
  readonly rows: readonly Row[];
  readonly objects?: Objects;
}

const ledgerId = "migrations";

const heldLedger = (state: StateIndex, attempt: Attempt): Promise<Held<Ledger> | undefined> =>
  state.read<Ledger>(ledgerId, attempt);

/** Oldest first; the newest row carries the catalogue. */
export async function readLedger(
  state: StateIndex,
  attempt: Attempt,
): Promise<readonly LedgerEntry[]> {
  const { rows = [], objects } = (await heldLedger(state, attempt))?.value ?? {};
  return rows.map(({ appliedAt, ...row }, at) => ({
    ...row,
    appliedAt: new Date(appliedAt),
    ...(at === rows.length - 1 && objects !== undefined ? { objects } : {}),
  }));
}

/** Writes what became of a migration. */
export async function writeNote(
  state: StateIndex,
  note: LedgerNote,
  objects: Objects,
  fence: (attempt: Attempt) => Promise<void>,
  attempt: Attempt,
): Promise<void> {
  const held = await heldLedger(state, attempt);
  // In this order: what another writes after the lock was looked at is refused by the condition on what was read before.
  await fence(attempt);
  const next = noted(held?.value ?? { rows: [] }, note, objects);
  if (await state.write(ledgerId, next, held, attempt)) return;
  throw new DataError({
    kind: "conflict",
    message: "another migrator has written the ledger meanwhile",
    hint: "one at a time: run it again",
  });
}

function noted(ledger: Ledger, note: LedgerNote, found: Objects): Ledger {
  const { id, hash, parents, phase } = note.migration;
  const others = ledger.rows.filter((row) => row.id !== id);
  const base = {
    id,
    hash,
    parents,
    appliedAt: new Date().toISOString(),
    ...(phase === undefined ? {} : { phase }),
  };
  if (note.state === "half-way") {
    const { step, progress } = note;
    return { ...ledger, rows: [...others, { ...base, dirty: true, step, progress }] };
  }
  const objects = note.adopt(found);
  if (note.state === "reverted") return { rows: others, objects };
  return { rows: [...others, { ...base, dirty: false }], objects };
}
