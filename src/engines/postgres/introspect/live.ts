import { PostgresMigrations } from "../../../../templates/engines/postgres/migrations.ts";
import { type Adoption, AdoptionRefused, type LiveEngine } from "../../../migrate/baseline/live.ts";
import type { Snapshot } from "../../../migrate/step.ts";
import { storePartName } from "../schema/snapshot.ts";
import { remark } from "../../families/sql/remark.ts";
import type { TablePart } from "../schema/shape.ts";
import { operationTable } from "../ddl/naming.ts";
import { adoptSchema } from "./adopt/schema.ts";
import type { Catalogue, CatalogueTable } from "./catalogue.ts";
import { dropStatements, markAdopted } from "./drop-text.ts";
import { introspect } from "./read.ts";
import { schemaSections } from "./schema-text.ts";
import { openSessions, withSession } from "./session.ts";

/** Tables of the data layer's own: they are no part of a schema that was there before. */
const ledger = "schema_migration";
const ownTables = [ledger, operationTable];

/** `migrate baseline` on this engine. */
export const live: LiveEngine = {
  open: async (dsn, root) => {
    const { source, close } = await openSessions(dsn, root);
    const pooler = dsn.parameters.get("pgbouncer") === "true";
    return {
      target: new PostgresMigrations(source, { pooler }),
      mark: () =>
        withSession(source, async (query) => {
          await query(markAdopted(ledger));
        }),
      adopt: (except) =>
        withSession(source, async (query) => adoptionOf(await introspect(query), except)),
      close,
    };
  },
};

function adoptionOf(catalogue: Catalogue, except: readonly string[]): Adoption {
  refuseForeignOperations(catalogue);
  const tables = catalogue.tables.filter(({ name }) => !ownTables.includes(name));
  const theirs = { ...catalogue, tables };
  const sections = schemaSections(theirs).map(({ title, statements }) =>
    [remark(title), ...statements].join("\n"),
  );
  return {
    schema: adoptSchema(theirs, except),
    steps: [
      {
        name: "baseline",
        title: "what was there when the store was adopted",
        up: sections.join("\n\n"),
        down: dropStatements(theirs, ledger).join("\n"),
        reversibility: "loses-data",
        risks: ["none"],
        transactional: true,
      },
    ],
    present: (snapshot) => presentOf(snapshot, catalogue),
  };
}

/** The data layer keeps operation ids in a table of that name; somebody else's cannot be it. */
function refuseForeignOperations({ tables }: Catalogue): void {
  const found = tables.find(({ name }) => name === operationTable);
  const columns = new Set(found?.columns.map(({ name }) => name));
  if (found === undefined || ["tenant", "fingerprint", "result"].every((name) => columns.has(name)))
    return;
  throw new AdoptionRefused(
    `the database has a table "${operationTable}" of its own, which is what the data layer calls its operation ids`,
    "rename it, or give the data layer a schema of its own (search_path)",
  );
}

/** Every table of the spec is there, since the spec was made of them; what else the data layer wants may not be. */
function presentOf(snapshot: Snapshot, { tables }: Catalogue): Snapshot {
  const byName = new Map(tables.map((table) => [table.name, table]));
  return new Map(
    [...snapshot].flatMap(([part, content]): readonly (readonly [string, unknown])[] => {
      if (part === storePartName) return byName.has(operationTable) ? [[part, content]] : [];
      if (!isTablePart(content)) return [[part, content]];
      const table = byName.get(content.table.name);
      return table === undefined ? [] : [[part, presentPart(content, table)]];
    }),
  );
}

function presentPart(part: TablePart, { indexes, constraints }: CatalogueTable): TablePart {
  const there = new Set([...indexes, ...constraints].map(({ name }) => name));
  const isThere = ({ name }: { readonly name: string }): boolean => there.has(name);
  const { table } = part;
  return {
    ...part,
    table: {
      ...table,
      indexes: table.indexes.filter(isThere),
      constraints: table.constraints.filter(isThere),
    },
  };
}

const isTablePart = (content: unknown): content is TablePart =>
  typeof content === "object" && content !== null && "kind" in content && content.kind === "table";
