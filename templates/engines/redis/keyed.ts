import type { OpSpec } from "../../runtime/op.ts";
import { programmingError } from "../../runtime/errors.ts";
import type { WriteOptions } from "../../runtime/options.ts";
import type { Argument, Reply } from "./op.ts";
import { fingerprintOf } from "./record-key.ts";
import type { RedisRouter } from "./router.ts";
import { runScript, type Script, script } from "./script.ts";

/** Milliseconds that an operation id is remembered: seven days. */
export const keptMs = 7 * 24 * 60 * 60 * 1_000;

/**
 * A script that is run once per operation id: its reply is stored with it, atomically, and a replay returns the stored one. As MessagePack,
 * since cjson rounds whole numbers of more than 14 digits.
 *
 * @param operation Lua: the key of the operation's record, or nil. ARGV[1] is the fingerprint of what the id stands for, ARGV[2] the
 *   milliseconds it is kept.
 * @param body Lua that sets `reply`
 */
export const onceScript = (operation: string, body: string): Script =>
  script(`
local operation = ${operation}
if operation then
  local stored = redis.call('get', operation)
  if stored then
    local at = string.find(stored, '\\n', 1, true)
    if string.sub(stored, 1, at - 1) ~= ARGV[1] then
      return redis.error_reply('OPERATION another command was recorded under this operation id')
    end
    return cmsgpack.unpack(string.sub(stored, at + 1))
  end
end
local reply
${body}
if operation then redis.call('set', operation, ARGV[1] .. '\\n' .. cmsgpack.pack(reply), 'px', ARGV[2]) end
return reply`);

const command = onceScript("KEYS[1]", "reply = redis.call(unpack(ARGV, 3))");

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
  name: string,
  args: readonly Argument[],
  options: WriteOptions & { readonly operation: string },
): Promise<Reply> {
  const fingerprint = fingerprintOf([name.toLowerCase(), ...args.map(String)]);
  const record = router.partitioned
    ? `${namespace}:operation:{${hashTag(String(args[0]))}}:${options.operation}`
    : `${namespace}:operation:${options.operation}`;
  return runScript(router, spec, command, [record], [fingerprint, keptMs, name, ...args], options);
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
