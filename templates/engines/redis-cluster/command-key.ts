import type { Argument } from "../redis/op.ts";

const keyless: ReadonlySet<string> = new Set([
  "cluster",
  "config",
  "dbsize",
  "echo",
  "flushall",
  "flushdb",
  "info",
  "ping",
  "pubsub",
  "scan",
  "script",
  "time",
]);
/** Commands whose first key is their second argument, after a subcommand or a count. */
const second: ReadonlySet<string> = new Set([
  "bitop",
  "lmpop",
  "memory",
  "object",
  "sintercard",
  "xgroup",
  "xinfo",
  "zdiff",
  "zinter",
  "zintercard",
  "zmpop",
  "zunion",
]);
const scripts: ReadonlySet<string> = new Set([
  "eval",
  "evalsha",
  "eval_ro",
  "evalsha_ro",
  "fcall",
  "fcall_ro",
]);

/**
 * The key that decides where a command goes; undefined for one that any node may answer. A channel is published through the same node
 * always: messages sent through several would overtake each other.
 */
export function commandKey(name: string, args: readonly Argument[]): string | undefined {
  const command = name.toLowerCase();
  if (keyless.has(command)) return undefined;
  if (scripts.has(command)) return Number(args[1]) > 0 ? String(args[2]) : undefined;
  if (command === "xread" || command === "xreadgroup")
    return textAt(args, args.findIndex((arg) => String(arg).toLowerCase() === "streams") + 1);
  return textAt(args, second.has(command) ? 1 : 0);
}

function textAt(args: readonly Argument[], at: number): string | undefined {
  const key = args[at];
  return key === undefined ? undefined : String(key);
}
