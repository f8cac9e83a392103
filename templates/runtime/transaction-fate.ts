import { type DataError, programmingError } from "./errors.ts";

/**
 * What the statements of one run of a transaction know of its end. A caller that gave a statement up was told that nothing was applied, and the
 * statement may run on all the same: no COMMIT may follow it.
 */
export class TransactionFate {
  #refusal: DataError | undefined = undefined;
  /** COMMIT may have left: what was sent before it may be applied. */
  committing = false;

  /** The deadline or abort of a statement came before its answer. */
  giveUp(statement: string): void {
    this.#refusal ??= programmingError(
      `the transaction is rolled back, because its statement ${statement} was given up and may have run on`,
      {
        hint: "let the error of a statement leave the transaction's callback; give the statement or the transaction more time",
      },
    );
  }

  /** What a statement has written cannot be read: its caller was told that it is rolled back. */
  spoil(statement: string): void {
    this.#refusal ??= programmingError(
      `the transaction is rolled back, because the result of its statement ${statement} cannot be read`,
      { hint: "let the error of a statement leave the transaction's callback" },
    );
  }

  /** Why this run cannot be committed any more: a `DataError` programming that names the statement. */
  get refusal(): DataError | undefined {
    return this.#refusal;
  }
}
