import { DataError, isDataError } from "../../runtime/errors.ts";
import type { LockRule } from "../../runtime/migration-patience.ts";
import type { StepText } from "../../runtime/migration.ts";
import { classify } from "./errors.ts";

/** Where in its file a statement stands. */
export interface StatementPlace {
  readonly file: string;
  readonly step: StepText;
  /** Lines before the statement within its step. */
  readonly line: number;
}

/** Lock wait, deadlocks: nothing was done, another attempt may do better. */
const passing = new Set(["1205", "1213", "1467"]);

export const lockRule: LockRule = {
  passing: (error) => {
    const { code } = isDataError(error) ? error : classify(error);
    return code !== undefined && passing.has(code);
  },
  hint: "somebody holds a lock on it: look in information_schema.processlist for old transactions, end them, run it again",
};

/**
 * A migration's own text may be told: it holds no values of users. A duplicate's message holds one, and is told without it. Where no
 * statement ran, a fault that ends its connection is no finding about the files: the command tells by it which store it was.
 */
export const migrationError = (error: unknown, place?: StatementPlace): unknown => {
  if (isDataError(error)) return error;
  const fault = classify(error);
  const { kind, code } = fault;
  const message = (error instanceof Error ? error.message : String(error)).replace(
    /Duplicate entry '.*' for key/s,
    "Duplicate entry for key",
  );
  return new DataError({
    kind: kindOf(kind),
    operation: "migrate",
    message: place === undefined ? message : `${placeText(place)}: ${message}`,
    code,
    ...(place === undefined && fault.fatal && { hint: fault.hint, fault }),
  });
};

const kindOf = (kind: ReturnType<typeof classify>["kind"]): DataError["kind"] => {
  if (kind === "connection" || kind === "overload") return "unavailable";
  return kind === "auth" ? "auth" : "programming";
};

/** `0002-note.up.sql:14: step orders-add-note` */
export const placeText = ({ file, step, line }: StatementPlace): string =>
  `${file}:${step.line + line}: step ${step.name}`;
