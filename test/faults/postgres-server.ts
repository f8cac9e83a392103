import type { TestContext } from "vitest";
import { isMissing, sharedServer } from "../engines/servers.ts";

/** A database of the run's server, or a skip with its reason. */
export const serverDsn = async (context?: Pick<TestContext, "skip">): Promise<string> => {
  const server = await sharedServer("postgres");
  if (isMissing(server)) {
    context?.skip(server.reason);
    throw new Error(server.reason);
  }
  return (await server.namespace()).dsn;
};
