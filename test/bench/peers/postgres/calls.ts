/** A layer over PostgreSQL as the harness calls it, after a proof that it does what is measured. */
import type { OpenCalls } from "../../harness/contender-process.ts";
import { uuidV7 } from "../../../../templates/runtime/uuid.ts";
import {
  itemId,
  itemRow,
  pageRows,
  statuses,
  type After,
  type Contender,
  type OpenContender,
} from "./contender.ts";

export const open: OpenCalls = async ({ contender, dsn, connections, items }) => {
  const module = (await import(`./${contender}.ts`)) as { readonly open: OpenContender };
  const layer = await module.open({ dsn: String(dsn), connections: Number(connections) });
  const count = Number(items);
  const pages = pageStarts(count);
  await prove(layer, pages);
  let calls = 0;
  return {
    calls: {
      find: () => layer.find(itemId(Math.floor(Math.random() * count))),
      page: () => layer.page(pages[Math.floor(Math.random() * pages.length)] ?? never()),
      insert: () => layer.insert({ ...itemRow((calls += 1)), id: uuidV7() }),
    },
    close: () => layer.close(),
  };
};

/** The last row of every page of 20 but a status's last page. */
function pageStarts(count: number): readonly After[] {
  const starts: After[] = [];
  for (let page = 1; page * 20 * statuses.length < count; page += 1) {
    for (let status = 0; status < statuses.length; status += 1) {
      const index = (page * 20 - 1) * statuses.length + status;
      if (index + statuses.length < count) starts.push(itemRow(index));
    }
  }
  return starts;
}

/** @throws when a row, a page or an insert is not what every contender must give */
async function prove(layer: Contender, pages: readonly After[]): Promise<void> {
  const wanted = itemRow(5);
  const found = JSON.stringify(await layer.find(wanted.id));
  for (const part of [
    wanted.id,
    wanted.status,
    wanted.note,
    wanted.placedAt.toISOString().slice(0, 10),
  ])
    if (!found.includes(part)) throw new Error(`find gave ${found}`);
  const start = pages[7] ?? never();
  const page = await layer.page(start);
  const rows = Array.isArray(page) ? page : [];
  const ours = page as { readonly items?: readonly unknown[] };
  const given: readonly unknown[] = ours.items ?? rows;
  const complete = given.length === (ours.items ? 20 : pageRows);
  const first = itemId(Number.parseInt(start.id.slice(-12), 16) + statuses.length);
  if (!complete || !JSON.stringify(given[0]).includes(first))
    throw new Error(`page gave ${given.length} rows, not those from ${first}`);
  const row = { ...itemRow(1), id: uuidV7() };
  const stored = JSON.stringify(await layer.insert(row));
  if (!stored.includes(row.id) || !stored.includes(row.note))
    throw new Error(`insert gave ${stored}`);
}

function never(): never {
  throw new Error("too few items");
}
