import { ownLedger } from "../../../../templates/engines/mysql/migration-ledger.ts";
import { MysqlMigrations } from "../../../../templates/engines/mysql/migrations.ts";
import { lend, type LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import { readDefinitions } from "../../../../templates/engines/mysql/catalogue.ts";
import type { RehearsalEngine, RehearsalStore } from "../../../migrate/rehearse/store.ts";
import type { Dialect } from "../dialect.ts";
import { openSessions } from "../live/session.ts";
import { identifier } from "../sql/quote.ts";
import { fillTables } from "./fill.ts";
import { passing, questionsOf } from "./questions.ts";
import { observe, schemaDifferences, usersTables } from "./observe.ts";

/** `migrate rehearse` on a server of this family: in a database that is empty. */
export const rehearsalOf = (dialect: Dialect): RehearsalEngine => ({
  open: async (dsn, root) => {
    const { source, close } = await openSessions(dsn, root, dialect);
    let used = false;
    const store: RehearsalStore = {
      target: new MysqlMigrations(source, dialect.name),
      contents: () =>
        lend(source, async (connection) => {
          const names = await contentsOf(connection, dialect);
          used = names.length === 0;
          return names;
        }),
      fill: (rows, seed, questions = []) =>
        lend(source, (connection) =>
          passing(connection, questions, async () =>
            fillTables(connection, await usersTables(connection, dialect), rows, seed),
          ),
        ),
      questions: questionsOf,
      observe: () => lend(source, (connection) => observe(connection, dialect)),
      differences: schemaDifferences,
      close: async () => {
        // It was empty before: whoever comes next finds it so.
        if (used) await lend(source, (connection) => emptied(connection, dialect)).catch(() => {});
        await close();
      },
    };
    return store;
  },
});

/** The ledger counts too: where one is, somebody's migrations ran. */
async function contentsOf(
  connection: LentConnection,
  { name }: Dialect,
): Promise<readonly string[]> {
  const { rows } = await connection.command(
    `select concat('table ', table_name) from information_schema.tables where table_schema = database() and table_name like '${ownLedger.replaceAll("_", "\\_")}%'`,
  );
  const ledgers = rows.map(([table]) => String(table));
  return [...ledgers, ...(await readDefinitions(connection, name)).keys()];
}

const kinds = ["view", "table", "procedure", "function"] as const;

async function emptied(connection: LentConnection, dialect: Dialect): Promise<void> {
  const names = await contentsOf(connection, dialect);
  await connection.command("set session foreign_key_checks = 0");
  for (const kind of kinds)
    for (const text of names) {
      const name = text.startsWith(`${kind} `) ? text.slice(kind.length + 1) : "";
      if (name === "" || name.endsWith(" definition")) continue;
      await connection.command(`drop ${kind} if exists ${identifier(name)}`);
    }
}
