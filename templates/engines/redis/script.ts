import { createHash } from "node:crypto";
import type { OpOptions, OpSpec } from "../../runtime/op.ts";
import { isDataError } from "../../runtime/errors.ts";
import type { Argument, Judge, RedisCaller, Reply } from "./op.ts";

/** A Lua script that Redis runs atomically; sent by its digest, with its text only where the server does not know it. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

/** @param text Lua; keys as KEYS, arguments as ARGV */
export function script(text: string): Script {
  return { text, digest: createHash("sha1").update(text).digest("hex") };
}

/** Lua that adds to a whole number in the hash KEYS[1]; what leaves 64 bits is the reply `range`. */
export const added = (field: string, by: string): string => `
local sum = redis.pcall('hincrby', KEYS[1], ${field}, ${by})
if type(sum) == 'table' and sum.err then
  if string.find(sum.err, 'would overflow', 1, true) or string.find(sum.err, 'out of range', 1, true) then return 'range' end
  return sum
end`;

/** Runs a script. NOSCRIPT is a reply, so nothing was applied and the text may follow, within what is left of the deadline. */
export async function runScript(
  caller: RedisCaller,
  spec: OpSpec,
  { text, digest }: Script,
  keys: readonly string[],
  args: readonly Argument[],
  options?: OpOptions,
  judge?: Judge,
): Promise<Reply> {
  const rest = [keys.length, ...keys, ...args];
  const began = performance.now();
  try {
    return await caller.call(spec, "evalsha", [digest, ...rest], options, judge);
  } catch (error) {
    if (!isDataError(error) || error.code !== "NOSCRIPT") throw error;
    const limit = options?.deadlineMs ?? caller.defaultDeadlineMs;
    const deadlineMs = Math.max(1, limit - (performance.now() - began));
    return caller.call(spec, "eval", [text, ...rest], { ...options, deadlineMs }, judge);
  }
}
