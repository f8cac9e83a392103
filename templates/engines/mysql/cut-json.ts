import { FaultError } from "../../runtime/fault-error.ts";
import { rowName } from "../../runtime/unreadable.ts";
import type { ValueRow } from "./statement.ts";

const bound = "max_allowed_packet";

/** Why a row that is larger than the server sends is none. */
export const packetHint = (what: string): string =>
  `${what} are larger than the server's ${bound}: raise it, or keep fewer in one`;

const cutFault = (what: string, cause: unknown): FaultError =>
  new FaultError(
    `what the server sent is cut at its ${bound}`,
    {
      kind: "constraint",
      outcome: "not-applied",
      transient: false,
      fatal: false,
      constraint: bound,
      hint: packetHint(what),
    },
    cause,
  );

/**
 * JSON as the server sends it. Both servers keep only whole JSON, and cut what a `select` makes of it with no more than a warning (1301,
 * MariaDB 1260): what cannot be parsed was cut.
 *
 * @throws FaultError constraint
 */
export const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw cutFault("the children of one row, or its JSON value,", cause);
  }
};

/** The same mapping; of a row that was cut it tells whose it is. */
export const toldRow =
  <R>(entity: string, key: readonly number[], row: (row: ValueRow) => R): ((row: ValueRow) => R) =>
  (values) => {
    try {
      return row(values);
    } catch (error) {
      if (!(error instanceof FaultError) || error.fault.constraint !== bound) throw error;
      const whose = rowName(
        entity,
        key.map((at) => values[at]),
      );
      throw cutFault(`the children of ${whose}, or its JSON value,`, error);
    }
  };
