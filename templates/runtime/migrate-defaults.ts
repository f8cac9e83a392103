import type { LockPatience } from "./migration.ts";

/** Milliseconds to wait for another migrator. */
export const defaultWaitMs = 60_000;

/** How long a step waits for locks. */
export const defaultLock: LockPatience = { timeoutMs: 4_000, totalMs: 60_000 };
