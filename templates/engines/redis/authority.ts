import { programmingError } from "../../runtime/errors.ts";
import type { Greeting } from "./connection.ts";

/** Fields of a reply to INFO. */
export function infoField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

/** Why a server may not hold records, or undefined. Source: Redis documentation, "Key eviction". */
export function evicting(info: string): string | undefined {
  const policy = infoField(info, "maxmemory_policy");
  return policy === undefined || policy === "noeviction"
    ? undefined
    : `maxmemory-policy is ${policy}: it throws records away when memory is full`;
}

/**
 * Asked of every new connection of a store that holds records. A server that may not be asked (NOPERM) is believed; its health says so.
 *
 * @throws DataError programming when the server may evict them
 */
export const refuseEviction: Greeting = async (ask) => {
  let info: string;
  try {
    info = String(await ask("info", "memory"));
  } catch (error) {
    if (error instanceof Error && error.name === "ReplyError") return;
    throw error;
  }
  const why = evicting(info);
  if (why === undefined) return;
  throw programmingError(why, {
    code: "EVICTION",
    hint: "set maxmemory-policy noeviction on this server, and keep caches in another one",
  });
};
