import { DataError } from "../../runtime/errors.ts";
import type { LockRule } from "../../runtime/migration-patience.ts";
import { classify } from "./errors.ts";

/** Lock not available within lock_timeout, deadlock, serialization failure: nothing was done, another attempt may do better. */
const passing = new Set(["55P03", "40P01", "40001"]);

export const lockRule: LockRule = {
  passing: (error) => {
    const { code } = error instanceof DataError ? error : classify(error);
    return code !== undefined && passing.has(code);
  },
  hint: "somebody holds a lock on it: look in pg_stat_activity for old transactions, end them, run it again",
};
