import type { OpSpec } from "../../runtime/op.ts";
import { programmingError } from "../../runtime/errors.ts";
import type { WriteOptions } from "../../runtime/options.ts";
import type { Argument, Reply } from "./op.ts";
import { fingerprintOf } from "./record-key.ts";
import type { RedisRouter } from "./router.ts";
import { runScript, script } from "./script.ts";

/** Milliseconds that an operation id is remembered: seven days. */
export const keptMs = 7 * 24 * 60 * 60 * 1_000;

/** Runs a command once per operation id: its reply is stored with it, atomically, and a replay returns the stored one. */
const once = script(`
local stored = redis.call('get', KEYS[1])
if stored then
  local record = cjson.decode(stored)
  if record.of ~= ARGV[1] then return redis.error_reply('OPERATION another command was recorded under this operation id') end
  if record.reply == cjson.null then return false end
  return record.reply
end
local reply = redis.call(unpack(ARGV, 3))
if type(reply) == 'table' and reply.ok then reply = reply.ok end
if reply == false then reply = cjson.null end
redis.call('set', KEYS[1], cjson.encode({ of = ARGV[1], reply = reply }), 'px', ARGV[2])
if reply == cjson.null then return false end
return reply`);

/**
 * A writing command with an operation id.
 *
 * @param namespace prefix of the record's key
 * @throws DataError conflict when other arguments were recorded under the same id
 */
export async function runOnce(
  router: RedisRouter,
  spec: OpSpec,
  namespace: string,
  command: string,
  args: readonly Argument[],
  options: WriteOptions & { readonly operation: string },
): Promise<Reply> {
  const fingerprint = fingerprintOf([command.toLowerCase(), ...args.map(String)]);
  const record = router.partitioned
    ? `${namespace}:operation:{${hashTag(String(args[0]))}}:${options.operation}`
    : `${namespace}:operation:${options.operation}`;
  return runScript(router, spec, once, [record], [fingerprint, keptMs, command, ...args], options);
}

/**
 * What decides the slot of a key: the text between its first `{` and the next `}`, or all of it.
 *
 * @throws DataError programming where no other key can have the same tag
 */
export function hashTag(key: string): string {
  const open = key.indexOf("{");
  const close = open === -1 ? -1 : key.indexOf("}", open + 1);
  if (close > open + 1) return key.slice(open + 1, close);
  if (!key.includes("}") && !key.includes("{")) return key;
  throw programmingError("an operation id needs a key whose hash tag another key can have", {
    hint: "put braces around a part of the key: {user1}:visits",
  });
}
