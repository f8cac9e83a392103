import { FaultError } from "../../runtime/fault-error.ts";
import type { Fault } from "../../runtime/fault.ts";
import { classify } from "./errors.ts";

const isNull = "1048";
const primary = "PRIMARY";

/**
 * What an upsert of a batch failed with: it sets a column of the key to null where it would strike the row of another key, or of another
 * tenant (MY-17), which no caller can know. That a unique value is taken is what the port's contract says of it.
 */
export function struckAnother(error: unknown, guards: readonly string[]): unknown {
  const { constraint, ...fault } = classify(error);
  if (fault.code !== isNull || constraint === undefined || !guards.includes(constraint))
    return error;
  return anotherRow(fault, error);
}

/**
 * What the insert of an upsert failed with where its update finds no row. A primary key that is taken all the same is another tenant's: which
 * index says so is told to nobody, as PostgreSQL's policies tell it.
 */
export function strangersKey(error: unknown): unknown {
  const { constraint, ...fault } = classify(error);
  return fault.violated === "unique" && constraint === primary ? anotherRow(fault, error) : error;
}

const anotherRow = (fault: Fault, cause: unknown): FaultError =>
  new FaultError("a row has this key or unique value", { ...fault, violated: "unique" }, cause);
