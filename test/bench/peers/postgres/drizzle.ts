import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text, timestamp, uuid, varchar } from "drizzle-orm/pg-core";
import pg from "pg";
import { pageRows, type OpenContender } from "./contender.ts";

const columns = {
  id: uuid("id").primaryKey(),
  customerId: uuid("customer_id").notNull(),
  status: text("status", { enum: ["new", "paid", "shipped"] }).notNull(),
  placedAt: timestamp("placed_at", { withTimezone: true, precision: 3 }).notNull(),
  totalCents: integer("total_cents").notNull(),
  note: varchar("note", { length: 200 }).notNull(),
  createdAt: timestamp("created_at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
};
const items = pgTable("items", columns);
const entries = pgTable("entries", columns);
const value = sql.placeholder;

/** All three prepared, insert too. */
export const open: OpenContender = async ({ dsn, connections }) => {
  const pool = new pg.Pool({ connectionString: dsn, max: connections });
  const db = drizzle(pool);
  const find = db
    .select()
    .from(items)
    .where(sql`${items.id} = ${value("id")}`)
    .prepare("find");
  const page = db
    .select()
    .from(items)
    .where(
      sql`${items.status} = ${value("status")} and (${items.placedAt}, ${items.id}) > (${value("placedAt")}, ${value("id")})`,
    )
    .orderBy(items.placedAt, items.id)
    .limit(pageRows)
    .prepare("page");
  const insert = db
    .insert(entries)
    .values({
      id: value("id"),
      customerId: value("customerId"),
      status: value("status"),
      placedAt: value("placedAt"),
      totalCents: value("totalCents"),
      note: value("note"),
    })
    .returning()
    .prepare("insert");
  return {
    find: async (id) => (await find.execute({ id }))[0],
    page: (after) => page.execute({ ...after }),
    insert: async (row) => (await insert.execute({ ...row }))[0],
    close: () => pool.end(),
  };
};
