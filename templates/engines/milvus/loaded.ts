import type { Attempt } from "../../runtime/call.ts";
import type { MilvusChannel } from "./channel.ts";
import { isNotLoaded } from "./errors.ts";
import type { Reply } from "./service.ts";

/**
 * A call on a collection that has to be in memory. One that is not (a server that forgets with its process, an operator who released it) is
 * asked to be loaded; the call fails as one on a server that is starting, so it is tried again.
 */
export async function onLoaded(
  channel: MilvusChannel,
  method: string,
  request: { readonly collection_name: string },
  attempt: Attempt,
): Promise<Reply> {
  try {
    return await channel.call(method, request, attempt);
  } catch (error) {
    if (isNotLoaded(error)) {
      const { collection_name } = request;
      await channel.call("LoadCollection", { collection_name, replica_number: 1 }, attempt);
    }
    throw error;
  }
}
