import type { Credentials } from "../engine.ts";
import { credentials as single } from "../redis/credentials.ts";

/** Source: Redis documentation, ACL: each node has its own. */
export const credentials: Credentials = {
  ...single,
  rotation: `on every node, replicas too, since none tells another: ${single.rotation}`,
};
