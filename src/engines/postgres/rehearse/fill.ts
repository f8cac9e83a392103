import { ask } from "../../../../templates/engines/postgres/ask.ts";
import type { Connection } from "../../../../templates/engines/postgres/wire.ts";
import type { Filled } from "../../../migrate/rehearse/store.ts";
import type { Catalogue } from "../introspect/catalogue.ts";
import { identifier } from "../sql/quote.ts";
import { closeCircle, deferrable } from "./circle.ts";
import { fillPart } from "../../families/sql/rehearse/fill-part.ts";
import { Random } from "../../families/sql/rehearse/random.ts";
import type { Row } from "../../families/sql/rehearse/row.ts";
import { insertRows } from "./insert-rows.ts";
import { tablePlan } from "./row.ts";
import { parentsFirst, withPartitionKeys } from "./table-order.ts";

/** Puts generated rows into every table, parents first; what the database refuses is made again otherwise, or left out and told. */
export async function fillTables(
  connection: Connection,
  read: Catalogue,
  {
    rows,
    seed,
    texts = [],
  }: { readonly rows: number; readonly seed: number; readonly texts?: readonly string[] },
): Promise<readonly Filled[]> {
  const catalogue = withPartitionKeys(read);
  const { order, circular } = parentsFirst(catalogue);
  const late = circular.filter(({ constraint }) => !constraint.deferrable);
  for (const key of late) await ask(connection, deferrable(key, true));
  await ask(connection, "begin");
  try {
    const filled: Filled[] = [];
    for (const table of order) {
      const plan = await tablePlan(connection, table, catalogue, circular, texts);
      const insert = (made: readonly Row[]) => insertRows(connection, table, made);
      filled.push(await fillPart({ part: table.name, plan, insert }, rows, new Random(seed)));
    }
    for (const key of circular) await ask(connection, closeCircle(key, catalogue));
    await ask(connection, "commit");
    for (const { name } of order) await ask(connection, `analyze ${identifier(name)}`);
    return filled;
  } catch (error) {
    await ask(connection, "rollback");
    throw error;
  } finally {
    for (const key of late) await ask(connection, deferrable(key, false));
  }
}
