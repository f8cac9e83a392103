import pg from "pg";
import { pageRows, type OpenContender } from "./contender.ts";
import { findText, insertText, pageText } from "./sql.ts";

/** How the driver is asked for its rows. */
type RowForm = Pick<pg.QueryConfig, "types"> & { readonly rowMode?: "array" };

/** What our own transport does with the bare driver: one pipelined connection for finds, one for inserts, a pool for pages. */
export const openRaw =
  (form: RowForm): OpenContender =>
  async ({ dsn, connections }) => {
    const pipelined = { connectionString: dsn, pipeline: true } as pg.ClientConfig;
    const reads = new pg.Client(pipelined);
    const writes = new pg.Client(pipelined);
    const pool = new pg.Pool({ connectionString: dsn, max: connections - 2 });
    await Promise.all([reads.connect(), writes.connect()]);
    return {
      find: async (id) => {
        const { rows } = await reads.query({ ...form, name: "find", text: findText, values: [id] });
        return rows[0];
      },
      page: async ({ status, placedAt, id }) => {
        const values = [status, placedAt, id, pageRows];
        return (await pool.query({ ...form, name: "page", text: pageText, values })).rows;
      },
      insert: async (row) => {
        const { id, customerId, status, placedAt, totalCents, note } = row;
        const values = [id, customerId, status, placedAt, totalCents, note];
        const { rows } = await writes.query({ ...form, name: "insert", text: insertText, values });
        return rows[0];
      },
      close: async () => {
        await Promise.all([reads.end(), writes.end(), pool.end()]);
      },
    };
  };

/** Objects, with the driver's own parsers. */
export const open = openRaw({});
