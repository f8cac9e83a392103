import pg from "pg";
import { pageRows, type OpenContender } from "./contender.ts";
import { findText, insertText, pageText } from "./sql.ts";

/** The driver's pool with named statements. */
export const open: OpenContender = async ({ dsn, connections }) => {
  const pool = new pg.Pool({ connectionString: dsn, max: connections });
  return {
    find: async (id) => {
      const { rows } = await pool.query({ name: "find", text: findText, values: [id] });
      return rows[0];
    },
    page: async ({ status, placedAt, id }) => {
      const values = [status, placedAt, id, pageRows];
      return (await pool.query({ name: "page", text: pageText, values })).rows;
    },
    insert: async (row) => {
      const { id, customerId, status, placedAt, totalCents, note } = row;
      const values = [id, customerId, status, placedAt, totalCents, note];
      return (await pool.query({ name: "insert", text: insertText, values })).rows[0];
    },
    close: () => pool.end(),
  };
};
