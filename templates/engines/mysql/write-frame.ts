import { FaultError } from "../../runtime/fault-error.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { storeResult } from "./replay.ts";
import type { ValueRow, Write } from "./statement.ts";
import type { WriteValues } from "./write-call.ts";
import { runSteps, type StepRunner } from "./write-steps.ts";

/** One attempt of a write of several statements. */
export interface WriteJob<R> {
  readonly statement: Write<R>;
  readonly write: WriteValues;
  readonly tenant: string | undefined;
  /** The caller has its answer: nothing more must be done. */
  readonly given: () => boolean;
  /** Throws for rows that cannot be read: what nobody could read again must not be committed. */
  readonly decode: (rows: readonly ValueRow[]) => void;
  /** The next thing to happen is that COMMIT leaves. */
  readonly committing: () => void;
}

/** Result rows; undefined when the change found no row, and then nothing was done. */
type Rows = readonly ValueRow[] | undefined;

/** In a transaction of its own. Whatever fails before COMMIT is undone. */
export const framed = async <R>(connection: MysqlConnection, job: WriteJob<R>): Promise<Rows> => {
  await connection.command("start transaction");
  let rows: Rows;
  try {
    rows = await changedAndStored(connection, job);
    if (job.given()) throw abandoned();
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
  if (rows === undefined) {
    await rollBack(connection);
    return undefined;
  }
  job.committing();
  await connection.command("commit");
  return rows;
};

const savepoint = "before_write";

/** In a transaction that somebody else ends. What came before a change that found no row is undone. */
export const within = async <R>(connection: MysqlConnection, job: WriteJob<R>): Promise<Rows> => {
  const undoable = job.statement.steps.before.length > 0;
  if (undoable) await connection.command(`savepoint ${savepoint}`);
  const rows = await changedAndStored(connection, job);
  if (undoable && rows === undefined)
    await connection.command(`rollback to savepoint ${savepoint}`);
  return rows;
};

const changedAndStored = async <R>(
  connection: MysqlConnection,
  job: WriteJob<R>,
): Promise<Rows> => {
  const { statement, write, tenant } = job;
  const run: StepRunner = (step) => {
    if (job.given()) throw abandoned();
    return connection.run(step, write.values, tenant);
  };
  const rows = await runSteps(statement, write, run);
  if (rows !== undefined) job.decode(rows);
  if (rows !== undefined && rows.length > 0 && write.operation !== undefined) {
    await storeResult(connection, write.operation, rows);
  }
  return rows;
};

/** Never rejects: a connection on which it failed is destroyed, and the server rolls back. */
export const rollBack = async (connection: MysqlConnection): Promise<void> => {
  if (connection.lost) return;
  await connection.command("rollback").catch((error: unknown) => connection.destroy(error));
};

export const abandoned = (): FaultError =>
  new FaultError("the call was given up", {
    kind: "timeout",
    outcome: "not-applied",
    transient: false,
    fatal: false,
  });
