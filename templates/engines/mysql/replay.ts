import { DataError } from "../../runtime/errors.ts";
import { classify, FaultError } from "./errors.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import {
  type OperationKey,
  recordOperation,
  resultText,
  storedOperation,
  storedRows,
} from "./operation.ts";
import type { ValueRow } from "./statement.ts";

/** What was stored under an operation id; undefined when nothing was. @throws DataError conflict for an id used with other content */
export const storedResult = async (
  connection: MysqlConnection,
  { tenant, name, id, fingerprint }: OperationKey,
): Promise<readonly ValueRow[] | undefined> => {
  const { rows } = await connection.run(storedOperation, [tenant, name, id]);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row[0] === fingerprint) return storedRows(row[1]);
  throw new DataError({
    kind: "conflict",
    message: "this operation id was used with other content",
    hint: "an operation id stands for one call with one content; make a new id for another",
  });
};

/** Stores the result in the transaction of the change. @throws FaultError conflict when another call with this id was faster */
export const storeResult = async (
  connection: MysqlConnection,
  { tenant, name, id, fingerprint }: OperationKey,
  rows: readonly ValueRow[],
): Promise<void> => {
  try {
    await connection.run(recordOperation, [tenant, name, id, fingerprint, resultText(rows)]);
  } catch (error) {
    const { violated, code = "" } = classify(error);
    if (violated !== "unique") throw error;
    throw new FaultError(
      "another call with this operation id was faster",
      { kind: "conflict", outcome: "not-applied", transient: true, fatal: false, code },
      error,
    );
  }
};
