import { writeFileSync } from "node:fs";
import type { Reporter } from "vitest/node";

/** Names the file that gets the errors outside of any test, as a JSON list of texts, each with its causes. */
export const unhandledErrorsVariable = "ASYNC_DB_STARTER_UNHANDLED";

interface Thrown {
  readonly message?: string | undefined;
  readonly cause?: unknown;
}

/** Vitest's JSON says only that a run failed, not that a worker's process ended; this reporter does. */
export default class UnhandledErrors implements Reporter {
  onTestRunEnd(_modules: unknown, errors: readonly Thrown[]): void {
    const file = process.env[unhandledErrorsVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(errors.map(textOf)));
  }
}

const textOf = ({ message = "", cause }: Thrown): string =>
  typeof cause === "object" && cause !== null ? `${message}\n${textOf(cause)}` : message;
