import { MysqlMigrations } from "../../../../templates/engines/mysql/migrations.ts";
import { guestLedger, ownLedger } from "../../../../templates/engines/mysql/migration-ledger.ts";
import { lend } from "../../../../templates/engines/mysql/lend.ts";
import { type Adoption, AdoptionRefused, type LiveEngine } from "../../../migrate/baseline/live.ts";
import type { Snapshot } from "../../../migrate/step.ts";
import { operationTable } from "../ddl/naming.ts";
import type { Dialect } from "../dialect.ts";
import { openSessions } from "../live/session.ts";
import { partName, schemaOf, storePartName } from "../schema/snapshot.ts";
import type { TablePart } from "../schema/shape.ts";
import { adoptSchema } from "./adopt/schema.ts";
import type { MysqlCatalogue, MysqlTable } from "./catalogue.ts";
import { introspect } from "./read.ts";
import { baselineSteps, markAdopted } from "./steps.ts";

/** `migrate baseline` on a server of this family. */
export const liveOf = (dialect: Dialect): LiveEngine => ({
  open: async (dsn, root) => {
    const { source, close } = await openSessions(dsn, root, dialect);
    return {
      target: new MysqlMigrations(source, dialect.name),
      mark: () =>
        lend(source, async (connection) => {
          await connection.command(markAdopted(ownLedger));
        }),
      adopt: (except) =>
        lend(source, async (connection) =>
          adoptionOf(await introspect(connection, dialect), dialect, except),
        ),
      close,
    };
  },
});

/** Ledgers of the migrations and the data layer's operation ids are no part of a schema that was there before. */
const isOwn = ({ name }: MysqlTable): boolean =>
  name === ownLedger || name.startsWith(guestLedger("")) || name === operationTable;

function adoptionOf(
  catalogue: MysqlCatalogue,
  dialect: Dialect,
  except: readonly string[],
): Adoption {
  refuseForeignOperations(catalogue);
  const theirs = { ...catalogue, tables: catalogue.tables.filter((table) => !isOwn(table)) };
  return {
    schema: adoptSchema(theirs, dialect, except),
    steps: baselineSteps(theirs, ownLedger),
    present: (snapshot) => presentOf(snapshot, catalogue),
  };
}

/** The data layer keeps operation ids in a table of that name; somebody else's cannot be it. */
function refuseForeignOperations({ tables }: MysqlCatalogue): void {
  const found = tables.find(({ name }) => name === operationTable);
  const columns = new Set(found?.columns.map(({ name }) => name));
  if (found === undefined || ["tenant", "fingerprint", "result"].every((name) => columns.has(name)))
    return;
  throw new AdoptionRefused(
    `the database has a table "${operationTable}" of its own, which is what the data layer calls its operation ids`,
    "rename it, or give the data layer a database of its own",
  );
}

/** Every table of the spec is there, since the spec was made of them; what else the data layer wants may not be. */
function presentOf(snapshot: Snapshot, { tables }: MysqlCatalogue): Snapshot {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const schema = schemaOf(snapshot);
  const hasStore = byName.has(operationTable) && schema.store !== undefined;
  return new Map<string, unknown>([
    ...schema.tables.flatMap((part) => {
      const table = byName.get(part.table.name);
      return table === undefined ? [] : [[partName(table.name), presentPart(part, table)] as const];
    }),
    ...(hasStore ? [[storePartName, schema.store] as const] : []),
  ]);
}

function presentPart(part: TablePart, { collation, indexes, constraints }: MysqlTable): TablePart {
  const there = new Set([...indexes, ...constraints].map(({ name }) => name));
  const isThere = ({ name }: { readonly name: string }): boolean => there.has(name);
  const { table } = part;
  return {
    ...part,
    table: {
      ...table,
      collation,
      indexes: table.indexes.filter(isThere),
      constraints: table.constraints.filter(isThere),
    },
  };
}
