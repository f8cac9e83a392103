import { readDefinitions } from "../../../../templates/engines/mysql/catalogue.ts";
import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import { ownLedger } from "../../../../templates/engines/mysql/migration-ledger.ts";
import type { Observation, PartRows } from "../../../migrate/rehearse/observation.ts";
import type { Dialect } from "../dialect.ts";
import { type LiveTable, readTables } from "../live/tables.ts";
import { identifier } from "../sql/quote.ts";

/** Tables without the migrations' own. */
export const usersTables = async (
  connection: LentConnection,
  dialect: Dialect,
): Promise<readonly LiveTable[]> =>
  (await readTables(connection, dialect)).filter(({ name }) => !name.startsWith(ownLedger));

/** Every row of every table by its key, with a digest of each value. */
export async function observe(connection: LentConnection, dialect: Dialect): Promise<Observation> {
  const parts = new Map<string, PartRows>();
  for (const table of await usersTables(connection, dialect))
    parts.set(table.name, await rowsOf(table, connection));
  return { parts, schema: await readDefinitions(connection, dialect.name), invalid: [] };
}

async function rowsOf(table: LiveTable, connection: LentConnection): Promise<PartRows> {
  const key = table.keys.find(({ primary }) => primary)?.columns;
  const place =
    key === undefined
      ? "''"
      : `concat_ws(',', ${key.map((name) => `hex(${identifier(name)})`).join(", ")})`;
  // What is computed of other columns is lost with them, and made with them.
  const columns = table.columns.filter(({ generated }) => !generated);
  const digests = columns.map(({ name }) => `sha2(${compared(table, name)}, 256)`);
  const { rows } = await connection.command(
    `select ${[place, ...digests].join(", ")} from ${identifier(table.name)} order by 1`,
  );
  return {
    keys: key === undefined ? undefined : rows.map(([text]) => String(text)),
    rows: rows.length,
    columns: new Map(
      columns.map(({ name }, at) => [
        name,
        rows.map((row) => {
          const value = row[at + 1];
          return value === null || value === undefined ? null : String(value);
        }),
      ]),
    ),
  };
}

/** MariaDB keeps JSON as it was written, where the order of properties says nothing; that a text is JSON, a check says. */
const compared = ({ checks }: LiveTable, name: string): string =>
  checks.includes(`json_valid(${name})`) ? `json_normalize(${identifier(name)})` : identifier(name);

/** What tells two catalogues apart, an object a line. */
export function schemaDifferences(is: Observation, should: Observation): readonly string[] {
  const [here, there] = [definitionsOf(is), definitionsOf(should)];
  const names = [...new Set([...here.keys(), ...there.keys()])].toSorted();
  return names.flatMap((name) => {
    const [own, other] = [here.get(name), there.get(name)];
    if (own === undefined) return [`${name}: is missing`];
    if (other === undefined) return [`${name}: is there, and should not be`];
    const [text, wanted] = [JSON.stringify(own), JSON.stringify(other)];
    return text === wanted || text === JSON.stringify(withCommentOf(own, name, other))
      ? []
      : [`${name}: is ${text}, not ${wanted}`];
  });
}

/** Where a definition has its comment. */
const commentPlaces: readonly (readonly [string, number])[] = [
  ["table ", 3],
  ["column ", 5],
];

/** A table that was there before may have no comments, and gets ours with its first change: that is no other schema. */
function withCommentOf(
  own: readonly unknown[],
  name: string,
  other: readonly unknown[],
): readonly unknown[] {
  const place = commentPlaces.find(([kind]) => name.startsWith(kind))?.[1];
  const [row, wanted] = [own[0], other[0]];
  if (place === undefined || !Array.isArray(row) || !Array.isArray(wanted)) return other;
  const isBare = row[place] === "" || wanted[place] === "";
  return isBare ? [wanted.with(place, row[place]), ...other.slice(1)] : other;
}

const definitionsOf = ({ schema }: Observation): ReadonlyMap<string, readonly unknown[]> =>
  schema as ReadonlyMap<string, readonly unknown[]>;
