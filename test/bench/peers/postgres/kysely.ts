import { Kysely, PostgresDialect, sql, type Generated } from "kysely";
import pg from "pg";
import { pageRows, type OpenContender, type Status } from "./contender.ts";

interface Row {
  id: string;
  customer_id: string;
  status: Status;
  placed_at: Date;
  total_cents: number;
  note: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export const open: OpenContender = async ({ dsn, connections }) => {
  const pool = new pg.Pool({ connectionString: dsn, max: connections });
  const db = new Kysely<{ items: Row; entries: Row }>({ dialect: new PostgresDialect({ pool }) });
  return {
    find: (id) => db.selectFrom("items").selectAll().where("id", "=", id).executeTakeFirst(),
    page: ({ status, placedAt, id }) =>
      db
        .selectFrom("items")
        .selectAll()
        .where("status", "=", status)
        .where(sql<boolean>`(placed_at, id) > (${placedAt}, ${id})`)
        .orderBy("placed_at")
        .orderBy("id")
        .limit(pageRows)
        .execute(),
    insert: ({ id, customerId, status, placedAt, totalCents, note }) =>
      db
        .insertInto("entries")
        .values({
          id,
          customer_id: customerId,
          status,
          placed_at: placedAt,
          total_cents: totalCents,
          note,
        })
        .returningAll()
        .executeTakeFirst(),
    close: () => db.destroy(),
  };
};
