import { setTimeout as pause } from "node:timers/promises";
import { DataError } from "../../runtime/errors.ts";
import type { CallOptions } from "../../runtime/options.ts";
import { superseded } from "../../runtime/view-claim.ts";
import type { Ask } from "./collections.ts";
import { at } from "./columns.ts";
import { field } from "./definition.ts";
import { loadStateAbsent, loadStateLoaded } from "./progress.ts";

const pollMs = 100;
/** Milliseconds that loading or indexing may take when the caller names no deadline. */
const longest = 30 * 60_000;

export const patience = (options: CallOptions | undefined): number =>
  performance.now() + (options?.deadlineMs ?? longest);

export async function loaded(ask: Ask, collection: string, end: number): Promise<void> {
  for (;;) {
    const { state } = await ask("GetLoadState", { collection_name: collection });
    if (state === loadStateLoaded) return;
    if (state === loadStateAbsent) throw superseded();
    await waited(end, "the collection is not loaded yet");
  }
}

/** A sealed segment is searched row by row until its index is there; and its index is what publishing promises. */
export async function indexed(ask: Ask, collection: string, end: number): Promise<void> {
  for (;;) {
    const reply = await ask("DescribeIndex", {
      collection_name: collection,
      index_name: field.vector,
    });
    const list = reply["index_descriptions"];
    const first: unknown = Array.isArray(list) ? list[0] : undefined;
    if (Number(at(first, "pending_index_rows") ?? 0) === 0) return;
    await waited(end, "the index is not built yet");
  }
}

async function waited(end: number, message: string): Promise<void> {
  if (performance.now() > end)
    throw new DataError({ kind: "timeout", message, hint: "begin again: it goes on there" });
  await pause(pollMs);
}
