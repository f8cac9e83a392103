import { createHash } from "node:crypto";
import type { OpSpec } from "../../runtime/op.ts";
import type { WriteOptions } from "../../runtime/options.ts";
import type { Argument, RedisConnection, Reply } from "./connection.ts";
import { runScript, script } from "./script.ts";

const keptMs = 7 * 24 * 60 * 60 * 1_000;

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
export function runOnce(
  connection: RedisConnection,
  spec: OpSpec,
  namespace: string,
  command: string,
  args: readonly Argument[],
  options: WriteOptions & { readonly operation: string },
): Promise<Reply> {
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([command.toLowerCase(), ...args.map(String)]))
    .digest("base64url");
  const record = `${namespace}:operation:${options.operation}`;
  return runScript(
    connection,
    spec,
    once,
    [record],
    [fingerprint, keptMs, command, ...args],
    options,
  );
}
