/** The statements of the layers that take SQL: those that our generated adapter sends. */
const columns = (alias: string): string =>
  ["id", "customer_id", "status", "placed_at", "total_cents", "note", "created_at", "updated_at"]
    .map((name) => `${alias}${name}`)
    .join(", ");

export const findText = `select ${columns("i.")} from items i where i.id = $1`;

export const pageText = `select ${columns("i.")} from items i
where i.status = $1 and (i.placed_at, i.id) > ($2, $3)
order by i.placed_at, i.id limit $4`;

export const insertText = `insert into entries (id, customer_id, status, placed_at, total_cents, note)
values ($1, $2, $3, $4, $5, $6) returning ${columns("")}`;
