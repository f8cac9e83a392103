import mysql from "mysql2/promise";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { uuidV7 } from "../../../../templates/runtime/uuid.ts";
import { collations, type Dialect } from "../../../../templates/engines/mysql/session-settings.ts";
import {
  anyItem,
  anyWord,
  bulk,
  itemId,
  itemRow,
  type NewRow,
  pageItems,
  prove,
  proveFound,
} from "./items.ts";

const written = "id, customer_id, status, placed_at, total_cents, note";
const columns = `${written}, created_at, updated_at`;

interface Row extends mysql.RowDataPacket {
  readonly id: string;
}

/** The driver with its own pool and prepared statements, exact values, and each row made into what a caller wants. */
export const open: OpenCalls = async ({ dsn, engine, contender }) => {
  const dialect: Dialect = engine === "mariadb" ? "mariadb" : "mysql";
  const url = new URL(String(dsn));
  const pool = mysql.createPool({
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    connectionLimit: 10,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    timezone: "Z",
  });
  pool.pool.on("connection", (connection) => {
    connection.query(`set names utf8mb4 collate ${collations[dialect]}`, () => {});
    connection.query("set session transaction isolation level read committed", () => {});
  });
  const rows = async (text: string, values: readonly (string | number)[]): Promise<Row[]> =>
    (await pool.execute<Row[]>(text, [...values]))[0];
  const get = async (id: string): Promise<unknown> =>
    (await rows(`select ${columns} from items where id = ?`, [id])).map(made)[0];
  const page = async (after: NewRow): Promise<unknown> => {
    const at = after.placedAt.toISOString().slice(0, 23).replace("T", " ");
    const found = await rows(
      `select ${columns} from items where status = ? and placed_at >= ? and (placed_at > ? or (placed_at = ? and id > ?))
        order by placed_at, id limit ${pageItems + 1}`,
      [after.status, at, at, at, after.id],
    );
    return { items: found.slice(0, pageItems).map(made), more: found.length > pageItems };
  };
  const insert = async (row: NewRow): Promise<unknown> => {
    const given = cells(row);
    const text = `insert into entries (${written}) values (?, ?, ?, ?, ?, ?)`;
    if (dialect === "mariadb") return (await rows(`${text} returning ${columns}`, given)).map(made);
    await pool.execute(text, given);
    return (await rows(`select ${columns} from entries where id = ?`, [row.id])).map(made);
  };
  // One text with all values in it, which is how the driver takes many rows; it cannot be prepared.
  const addAll = async (added: readonly NewRow[]): Promise<unknown> => {
    await pool.query(`insert into batches (${written}) values ?`, [added.map(cells)]);
    const ids = added.map(({ id }) => id);
    const [found] = await pool.query<Row[]>(`select ${columns} from batches where id in (?)`, [
      ids,
    ]);
    const byId = new Map(found.map((row) => [row.id, made(row)]));
    return ids.map((id) => byId.get(id));
  };
  // As text on MariaDB, where a prepared search that is run again may answer wrongly (MA-06).
  const found = async (text: string, values: readonly string[]): Promise<Row[]> =>
    dialect === "mariadb" && contender !== "prepared"
      ? (await pool.query<Row[]>(text, [...values]))[0]
      : rows(text, values);
  const search = async (word: string): Promise<unknown> => {
    const asked = `+${word}`;
    const hits = await found(
      `select ${columns}, match(note_search) against (? in boolean mode) as score from items
        where match(note_search) against (? in boolean mode) order by score desc, id limit ${pageItems + 1}`,
      [asked, asked],
    );
    return {
      items: hits.slice(0, pageItems).map((row) => ({ item: made(row), score: row["score"] })),
      more: hits.length > pageItems,
    };
  };
  prove(await get(itemId(3)));
  proveFound(await search("103"));
  return {
    calls: {
      get: () => get(anyItem().id),
      page: () => page(anyItem()),
      insert: () => insert({ ...itemRow(7), id: uuidV7() }),
      search: () => search(anyWord()),
      bulk: () => addAll(bulk()),
    },
    close: () => pool.end(),
  };
};

/** In the order of `written`. */
const cells = (row: NewRow): (string | number)[] => [
  row.id,
  row.customerId,
  row.status,
  sent(row.placedAt),
  row.totalCents,
  row.note,
];

const sent = (moment: Date): string => moment.toISOString().slice(0, 23).replace("T", " ");
const date = (text: string): Date => new Date(`${text.replace(" ", "T")}Z`);

const made = (row: Row): object => ({
  id: row.id,
  customerId: row["customer_id"],
  status: row["status"],
  placedAt: date(row["placed_at"]),
  totalCents: row["total_cents"],
  note: row["note"],
  createdAt: date(row["created_at"]),
  updatedAt: date(row["updated_at"]),
});
