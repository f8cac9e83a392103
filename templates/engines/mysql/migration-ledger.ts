import type {
  LedgerEntry,
  LedgerNote,
  Migration,
  Objects,
  Phase,
  Progress,
} from "../../runtime/migration.ts";
import { timestamp } from "./codec-time.ts";
import type { LentConnection } from "./lend.ts";
import { prepared } from "./prepared.ts";
import { collations, type Dialect } from "./session-settings.ts";
import type { Value } from "./statement.ts";

/** The store's own ledger. */
export const ownLedger = "schema_migration";

/** The ledger of another store, which cannot keep one. At most 64 characters, as names of tables are. */
export const guestLedger = (store: string): string => `${ownLedger}_of_${store}`.slice(0, 64);

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** Makes the ledger. */
export const makeLedger = async (
  connection: LentConnection,
  dialect: Dialect,
  ledger = ownLedger,
): Promise<void> => {
  await connection.command(`create table if not exists ${quoted(ledger)} (
  id varchar(255) not null primary key,
  hash char(64) not null,
  parents text not null,
  applied_at datetime(6) not null default current_timestamp(6),
  dirty boolean not null default false,
  phase varchar(20),
  step varchar(255),
  progress longtext,
  objects longtext
) engine = InnoDB default character set utf8mb4 collate ${collations[dialect]}`);
};

const exists = prepared(
  "select count(*) from information_schema.tables where table_schema = database() and table_name = $1",
);

const rows = (ledger: string): string =>
  `select id, hash, parents, applied_at, dirty, phase, step, progress, objects from ${quoted(ledger)} order by applied_at, id`;

/** Reads the ledger; empty when there is none. */
export const readLedger = async (
  connection: LentConnection,
  ledger = ownLedger,
): Promise<readonly LedgerEntry[]> => {
  const [found] = (await connection.run(exists, [ledger])).rows;
  if (Number(found?.[0]) === 0) return [];
  const answer = await connection.command(rows(ledger));
  return answer.rows.map(
    ([id, hash, parents, appliedAt, dirty, phase, step, progress, objects]) => ({
      id: String(id),
      hash: String(hash),
      parents: String(parents)
        .split(",")
        .filter((parent) => parent !== ""),
      appliedAt: timestamp.decode(appliedAt),
      dirty: Number(dirty) === 1,
      ...(typeof phase === "string" && { phase: phase as Phase }),
      ...(typeof step === "string" && { step }),
      ...(typeof progress === "string" && { progress: JSON.parse(progress) as Progress }),
      ...(typeof objects === "string" && { objects: JSON.parse(objects) as Objects }),
    }),
  );
};

/** The time of a row that was half-way is when it got there; its columns are set in order, so that \`dirty\` is still the old one. */
const record = (ledger: string): string => `insert into ${quoted(ledger)}
  (id, hash, parents, phase, dirty, step, progress) values ($1, $2, $3, $4, $5, $6, $7)
on duplicate key update applied_at = if(dirty, current_timestamp(6), applied_at), hash = $2, parents = $3, phase = $4,
  dirty = $5, step = $6, progress = $7`;

/** Writes what became of a migration. The catalogue on record is no longer right then: see {@link recordObjects}. */
export const writeNote = async (
  connection: LentConnection,
  note: LedgerNote,
  ledger = ownLedger,
): Promise<void> => {
  const { migration } = note;
  const put = (values: readonly Value[]): Promise<unknown> =>
    connection.run(prepared(record(ledger)), [...identity(migration), ...values]);
  if (note.state === "half-way") {
    await put([1, note.step, JSON.stringify(note.progress)]);
    return;
  }
  if (note.state === "applied") await put([0, null, null]);
  else
    await connection.run(prepared(`delete from ${quoted(ledger)} where id = $1`), [migration.id]);
  await connection.command(`update ${quoted(ledger)} set objects = null where objects is not null`);
};

const identity = ({ id, hash, parents, phase }: Migration): readonly Value[] => [
  id,
  hash,
  parents.join(","),
  phase ?? null,
];

/** One row holds the catalogue: the newest. */
export const recordObjects = async (
  connection: LentConnection,
  objects: Objects,
  ledger = ownLedger,
): Promise<void> => {
  const name = quoted(ledger);
  const text = `update ${name} join (select id from ${name} order by applied_at desc, id desc limit 1) newest
  on newest.id = ${name}.id set objects = $1`;
  await connection.run(prepared(text), [JSON.stringify(objects)]);
};
