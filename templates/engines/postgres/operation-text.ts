import type { WriteStatement } from "./statement.ts";

/** Values that come before a statement's own when its operation is recorded: tenant, name, id, fingerprint. */
export const operationValues = 4;

/** Its primary key: violated when two calls with one operation id race. */
export const operationKey = "operation_pkey";

export const storedResult = {
  name: "operation.stored",
  text: "select fingerprint, result from operation where tenant = $1 and name = $2 and id = $3",
} as const;

/** So that a purge never holds many row locks. */
export const purgeBatch = 1_000;

export const purgeText = `delete from operation where (tenant, name, id) in (
  select tenant, name, id from operation where at < now() - interval '7 days' limit ${purgeBatch})`;

const placeholder = /\$(\d+)/g;

/**
 * One statement that makes the change and stores its result under the operation id: both or neither. Its own parameters are moved behind
 * `operationValues`. No row changed, nothing stored. A replay finds no row or violates a key, and then reads what was stored.
 */
export const recordedText = (
  statement: Pick<WriteStatement<unknown>, "with" | "text" | "columns">,
): string => {
  const columns = Array.from({ length: statement.columns }, (_, at) => `c${at}`);
  const members = [
    ...(statement.with ?? []),
    `changed_row(${columns.join(", ")}) as (${statement.text})`,
  ];
  const shifted = members
    .join(", ")
    .replaceAll(placeholder, (_, position: string) => `$${Number(position) + operationValues}`);
  const row = columns.map((column) => `${column}::text`).join(", ");
  return `with ${shifted}, recorded_operation as (
  insert into operation (tenant, name, id, fingerprint, result)
  select $1::text, $2::text, $3::text, $4::text, json_agg(json_build_array(${row})) from changed_row having count(*) > 0)
select ${columns.join(", ")} from changed_row`;
};
