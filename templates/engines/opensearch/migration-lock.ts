import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { DataError } from "../../runtime/errors.ts";
import type { CommandContext } from "./migration-commands.ts";
import type { Held, StateIndex } from "./state-index.ts";

interface Lock {
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const lockId = "lock";
const leaseMs = 30_000;
const pollMs = 200;

/** A lease on one document: it ends by itself when its holder is killed, and is renewed while the holder works. */
export async function withLease<T>(
  { ask }: CommandContext,
  state: StateIndex,
  work: () => Promise<T>,
  waitMs: number,
): Promise<T> {
  const owner = randomUUID();
  const held = (): Promise<Held<Lock> | undefined> =>
    ask((attempt) => state.read<Lock>(lockId, attempt));
  const put = (was: Held<Lock> | undefined): Promise<boolean> =>
    ask((attempt) => state.write(lockId, { owner, until: Date.now() + leaseMs }, was, attempt));
  const release = async (): Promise<void> => {
    const there = await held();
    if (there?.value.owner === owner) await ask((attempt) => state.remove(lockId, there, attempt));
  };
  const end = performance.now() + waitMs;
  await ask((attempt) => state.create(attempt));
  for (;;) {
    const there = await held();
    if ((there === undefined || there.value.until < Date.now()) && (await put(there))) break;
    if (performance.now() > end) throw taken();
    await pause(pollMs);
  }
  const renewal = setInterval(() => {
    held()
      .then((there) => (there?.value.owner === owner ? put(there) : undefined))
      .catch(() => {});
  }, leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    // A lease that cannot be given back ends by itself; what went wrong before is what the caller has to hear.
    await release().catch(() => {});
  }
}

const taken = (): DataError =>
  new DataError({
    kind: "unavailable",
    message: "another migrator holds the lock",
    hint: "wait for it, or raise the waiting time",
  });
