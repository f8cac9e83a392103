import { FaultError } from "../../runtime/fault-error.ts";
import { classify } from "./errors.ts";

const isNull = "1048";

/**
 * What an upsert of a batch failed with: it sets a column of the key to null where it would strike the row of another key, or of another
 * tenant (MY-17), which no caller can know. That a unique value is taken is what the port's contract says of it.
 */
export function struckAnother(error: unknown, guards: readonly string[]): unknown {
  const { constraint, ...fault } = classify(error);
  if (fault.code !== isNull || constraint === undefined || !guards.includes(constraint))
    return error;
  return new FaultError(
    "a row has this key or unique value",
    { ...fault, violated: "unique" },
    error,
  );
}
