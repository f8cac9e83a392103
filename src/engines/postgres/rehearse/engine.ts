import { PostgresMigrations } from "../../../../templates/engines/postgres/migrations.ts";
import type { RehearsalEngine, RehearsalStore } from "../../../migrate/rehearse/store.ts";
import type { Observation } from "../../../migrate/rehearse/observation.ts";
import type { Catalogue } from "../introspect/catalogue.ts";
import { catalogueDifferences, catalogueObjects } from "../introspect/differences.ts";
import { dropStatements } from "../introspect/drop-text.ts";
import { introspect, type Query } from "../introspect/read.ts";
import { openSessions, withSession } from "../introspect/session.ts";
import { fillTables } from "./fill.ts";
import { ledger, observe } from "./observe.ts";
import { passing, questionsOf } from "./questions.ts";

/** `migrate rehearse` on this engine: a database in memory, or one that is empty. */
export const rehearsal: RehearsalEngine = {
  open: async (dsn, root, texts) => {
    const { source, close } = await openSessions(dsn, root, extensionsOf(texts));
    const pooler = dsn.parameters.get("pgbouncer") === "true";
    let used = false;
    const store: RehearsalStore = {
      target: new PostgresMigrations(source, { pooler }),
      contents: () =>
        withSession(source, async (query) => {
          const { extensions: _, ...catalogue } = await introspect(query);
          const names = [...catalogueObjects({ ...catalogue, extensions: [] }).keys()];
          used = names.length === 0;
          return names;
        }),
      fill: (rows, seed, questions = []) =>
        withSession(source, (query, connection) =>
          passing(query, questions, async () =>
            fillTables(connection, await introspect(query, { without: [ledger] }), {
              rows,
              seed,
              texts,
            }),
          ),
        ),
      questions: questionsOf,
      observe: () => withSession(source, observe),
      differences: (is, should) => schemaDifferences(catalogueOf(is), catalogueOf(should)),
      close: async () => {
        // It was empty before: whoever comes next finds it so.
        if (used && dsn.scheme !== "pglite") await withSession(source, emptied).catch(() => {});
        await close();
      },
    };
    return store;
  },
};

/** Object by object: what others keep in the same schema, an extension above all, stays. */
async function emptied(query: Query): Promise<void> {
  const catalogue = await introspect(query, { without: [ledger] });
  for (const statement of dropStatements(catalogue, ledger)) await query(statement);
  await query(`drop table if exists ${ledger}`);
}

/** An extension stays when what used it goes: other schemas may use it, too. */
const schemaDifferences = (is: Catalogue, should: Catalogue): readonly string[] => {
  const extensions = is.extensions.filter((name) => should.extensions.includes(name));
  return catalogueDifferences({ ...is, extensions }, should);
};

const catalogueOf = ({ schema }: Observation): Catalogue => schema as Catalogue;

/** Extensions that the migrations make. */
const extensionsOf = (texts: readonly string[]): readonly string[] => [
  ...new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/create extension (?:if not exists )?"?([\w-]+)"?/gi)].map(
        ([, name = ""]) => name,
      ),
    ),
  ),
];
