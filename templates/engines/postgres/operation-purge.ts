import { Question } from "./ask.ts";
import { purgeBinding } from "./binding.ts";
import { purgeBatch, purgeText } from "./operation-text.ts";
import type { Lane } from "./wire.ts";

/** Removes the operation ids of all tenants that are older than 7 days, batch by batch. Rejects with the driver's error. */
export const purgeOperations = async (lane: Lane): Promise<void> => {
  let removed: number;
  do {
    const batch = new Question(purgeText, [], false, purgeBinding);
    lane.submit(batch);
    await batch.answer;
    removed = Number(/\d+$/.exec(batch.tag)?.[0] ?? 0);
  } while (removed >= purgeBatch);
};
