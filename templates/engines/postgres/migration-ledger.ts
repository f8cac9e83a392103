import type {
  LedgerEntry,
  LedgerNote,
  Migration,
  Objects,
  Phase,
  Progress,
} from "../../runtime/migration.ts";
import { ask } from "./ask.ts";
import { timestamp } from "./codec-time.ts";
import type { Lane } from "./wire.ts";

/** The store's own ledger. */
export const ownLedger = "schema_migration";

/** The ledger of another store, which cannot keep one. */
export const guestLedger = (store: string): string => `schema_migration_of_${store}`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const table = (ledger: string): string => `create table if not exists ${quoted(ledger)} (
  id text primary key,
  hash text not null,
  parents text not null,
  applied_at timestamptz(3) not null default now(),
  dirty boolean not null default false,
  phase text,
  step text,
  progress text,
  objects text
)`;

/** What a ledger of an earlier version lacks. */
const laterColumns = ["phase", "step", "progress", "objects"] as const;

/** Asked first, because `add column if not exists` takes its lock even where nothing is to be added. */
const missing = `select name from unnest($1::text[]) as wanted(name)
where to_regclass($2) is not null and not exists (
  select from pg_attribute where attrelid = to_regclass($2) and attname = name)`;

/** Makes the ledger, or brings one of an earlier version up to date in place. */
export const makeLedger = async (lane: Lane, ledger = ownLedger): Promise<void> => {
  await ask(lane, table(ledger));
  const names = await ask(lane, missing, [`{${laterColumns.join(",")}}`, quoted(ledger)]);
  if (names.length === 0) return;
  const adding = names.map(([name]) => `add column if not exists ${name} text`).join(", ");
  await ask(lane, `alter table ${quoted(ledger)} ${adding}`);
};

/** The rows as JSON, whatever columns they have. */
const rows = (
  ledger: string,
): string => `select id, hash, parents, applied_at, dirty, to_jsonb(ledger)::text
from ${quoted(ledger)} ledger order by applied_at, id`;

/** Reads the ledger; empty when there is none. */
export const readLedger = async (
  lane: Lane,
  ledger = ownLedger,
): Promise<readonly LedgerEntry[]> => {
  const [known] = await ask(lane, "select to_regclass($1)::text", [quoted(ledger)]);
  if (known?.[0] === null || known === undefined) return [];
  return (await ask(lane, rows(ledger))).map(([id, hash, parents, appliedAt, dirty, all]) => ({
    id: id ?? "",
    hash: hash ?? "",
    parents: (parents ?? "").split(",").filter((parent) => parent !== ""),
    appliedAt: timestamp.decode(appliedAt),
    dirty: dirty === "t",
    ...laterFields(all ?? "{}"),
  }));
};

type Later = Pick<LedgerEntry, "phase" | "step" | "progress" | "objects">;

/** What the runner itself wrote there. */
const laterFields = (row: string): Later => {
  const { phase, step, progress, objects } = JSON.parse(row) as Readonly<
    Record<(typeof laterColumns)[number], string | null | undefined>
  >;
  return {
    ...(typeof phase === "string" && { phase: phase as Phase }),
    ...(typeof step === "string" && { step }),
    ...(typeof progress === "string" && { progress: JSON.parse(progress) as Progress }),
    ...(typeof objects === "string" && { objects: JSON.parse(objects) as Objects }),
  };
};

const record = (
  ledger: string,
): string => `insert into ${quoted(ledger)} as kept (id, hash, parents, phase, dirty, step, progress)
values ($1, $2, $3, $4, $5::boolean, $6, $7)
on conflict (id) do update set hash = excluded.hash, parents = excluded.parents, phase = excluded.phase, dirty = excluded.dirty,
  step = excluded.step, progress = excluded.progress,
  applied_at = case when kept.dirty then now() else kept.applied_at end`;

const forget = (ledger: string): string => `delete from ${quoted(ledger)} where id = $1`;

const forgetObjects = (ledger: string): string =>
  `update ${quoted(ledger)} set objects = null where objects is not null`;

/** Writes what became of a migration. The catalogue on record is no longer right then: see {@link recordObjects}. */
export const writeNote = async (
  lane: Lane,
  note: LedgerNote,
  ledger = ownLedger,
): Promise<void> => {
  const { migration } = note;
  if (note.state === "half-way") {
    const progress = JSON.stringify(note.progress);
    await ask(lane, record(ledger), [...identity(migration), "t", note.step, progress]);
    return;
  }
  if (note.state === "reverted") await ask(lane, forget(ledger), [migration.id]);
  else await ask(lane, record(ledger), [...identity(migration), "f", null, null]);
  await ask(lane, forgetObjects(ledger));
};

/** One row holds the catalogue: the newest. */
const keepObjects = (ledger: string): string => `update ${quoted(ledger)} set objects = case
  when id = (select id from ${quoted(ledger)} order by applied_at desc, id desc limit 1) then $1 end`;

export const recordObjects = async (
  lane: Lane,
  objects: Objects,
  ledger = ownLedger,
): Promise<void> => {
  await ask(lane, keepObjects(ledger), [JSON.stringify(objects)]);
};

const identity = ({ id, hash, parents, phase }: Migration): (string | null)[] => [
  id,
  hash,
  parents.join(","),
  phase ?? null,
];

/** The role by its quoted name, where there is one and the ledger is ours to grant. */
const grantee = `select quote_ident(rolname) from pg_roles where rolname = $1 and exists (
  select from pg_class where oid = to_regclass('schema_migration') and pg_has_role(relowner, 'usage'))`;

/** Lets the application's role read the ledger for its start-up probe, or takes that back so that the role can be dropped. */
export const shareLedger = async (
  lane: Lane,
  role: string,
  change: "grant" | "revoke",
): Promise<void> => {
  const [found] = await ask(lane, grantee, [role]);
  const name = found?.[0];
  if (typeof name !== "string") return;
  await ask(
    lane,
    change === "grant"
      ? `grant select on schema_migration to ${name}`
      : `revoke select on schema_migration from ${name}`,
  );
};
