import postgres from "postgres";
import { pageRows, type OpenContender } from "./contender.ts";

/** postgres.js prepares and pipelines by itself. */
export const open: OpenContender = async ({ dsn, connections }) => {
  const sql = postgres(dsn, { max: connections, fetch_types: false });
  return {
    find: async (id) => {
      const [row] =
        await sql`select id, customer_id, status, placed_at, total_cents, note, created_at, updated_at from items where id = ${id}`;
      return row;
    },
    page: async ({ status, placedAt, id }) =>
      sql`select id, customer_id, status, placed_at, total_cents, note, created_at, updated_at from items
        where status = ${status} and (placed_at, id) > (${placedAt}, ${id})
        order by placed_at, id limit ${pageRows}`,
    insert: async (row) => {
      const { id, customerId, status, placedAt, totalCents, note } = row;
      const [stored] =
        await sql`insert into entries (id, customer_id, status, placed_at, total_cents, note)
          values (${id}, ${customerId}, ${status}, ${placedAt}, ${totalCents}, ${note})
          returning id, customer_id, status, placed_at, total_cents, note, created_at, updated_at`;
      return stored;
    },
    close: () => sql.end(),
  };
};
