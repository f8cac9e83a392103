import { DataError, programmingError } from "../../runtime/errors.ts";
import { verdictError } from "../../runtime/failure.ts";
import type { OpRuntime, OpSpec } from "../../runtime/op.ts";
import type { ReadOptions, WriteOptions } from "../../runtime/options.ts";
import { keptMs, onceScript } from "./keyed.ts";
import { outOfRange } from "./codec.ts";
import { fingerprintOf, keyPart } from "./record-key.ts";
import type { Argument, Judge, Reply } from "./op.ts";
import type { RedisRouter } from "./router.ts";
import { added, runScript } from "./script.ts";

/** What structures share: where they are. A store is one. */
export interface StructureHost {
  readonly router: RedisRouter;
  readonly runtime: OpRuntime;
  readonly namespace: string;
  /** Told of what ends no call. */
  readonly onError: (error: unknown) => void;
  /** Whose they are, where they belong to tenants. */
  readonly tenant?: string;
}

/** The same for what belongs to one tenant. @throws DataError programming for an empty one */
export function ofTenant(
  { router, runtime, namespace, onError }: StructureHost,
  tenant: string,
): StructureHost {
  if (tenant === "") throw programmingError("a structure belongs to a tenant, which must be named");
  return { router, runtime, namespace, onError, tenant };
}

/** What a generated adapter declares of one structure. */
export interface StructureDeclaration {
  /** `live.board`: prefix of its operations' names. */
  readonly name: string;
  /** Middle part of its keys. */
  readonly prefix: string;
  /** Milliseconds that one of the family lives after its last change; without it, until it is removed. */
  readonly ttlMs?: number;
}

/**
 * One changing command, its time to live and its operation id at once. KEYS as in record-scripts.ts; ARGV from 3: time to live or 0,
 * command, its arguments after the key.
 */
const change = onceScript(
  "KEYS[2]",
  `
reply = redis.call(ARGV[4], KEYS[1], unpack(ARGV, 5))
if ARGV[3] ~= '0' then redis.call('pexpire', KEYS[1], ARGV[3]) end`,
);

/** The same for a counter. ARGV from 3: time to live or 0, field, amount, least and most or ''. The sum is a text: Lua's numbers end at 2^53. */
const count = onceScript(
  "KEYS[2]",
  `
local old = redis.call('hget', KEYS[1], ARGV[4])
${added("ARGV[4]", "ARGV[5]")}
reply = redis.call('hget', KEYS[1], ARGV[4])
if ARGV[6] ~= '' and (tonumber(reply) < tonumber(ARGV[6]) or tonumber(reply) > tonumber(ARGV[7])) then
  if old then redis.call('hset', KEYS[1], ARGV[4], old) else redis.call('hdel', KEYS[1], ARGV[4]) end
  return 'range'
end
if ARGV[3] ~= '0' then redis.call('pexpire', KEYS[1], ARGV[3]) end`,
);

const judgeSum: Judge = (reply) => {
  if (reply === "range") throw new DataError(outOfRange);
};

/** Sends the commands of one structure. */
export class StructureCaller {
  readonly host: StructureHost;
  readonly #declaration: StructureDeclaration;
  readonly #specs = new Map<string, OpSpec>();

  constructor(host: StructureHost, declaration: StructureDeclaration) {
    this.host = host;
    this.#declaration = declaration;
  }

  /** `shop:live:board:{summer}`, a tenant's `{tenant:summer}`: what belongs to it carries its hash tag. */
  key(name: string): string {
    if (typeof name !== "string" || name === "")
      throw programmingError("the key of a structure must not be empty");
    const { namespace, tenant } = this.host;
    const inner =
      tenant === undefined
        ? name.replaceAll(/[%{}]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
        : `${keyPart(tenant)}:${keyPart(name)}`;
    return `${namespace}:${this.#declaration.prefix}:{${inner}}`;
  }

  async read(
    method: string,
    command: string,
    name: string,
    args: readonly Argument[],
    options?: ReadOptions,
  ): Promise<Reply> {
    const spec = this.spec(method, "read");
    return this.host.router.call(spec, command, [this.#checked(spec, name), ...args], options);
  }

  /** As the reference writes it: `args` after the key. */
  async write(
    method: string,
    command: string,
    name: string,
    args: readonly Argument[],
    options?: WriteOptions,
  ): Promise<Reply> {
    const { ttlMs } = this.#declaration;
    const spec = this.spec(method, "write");
    const key = this.#checked(spec, name);
    if (options?.operation === undefined && ttlMs === undefined)
      return this.host.router.call(spec, command, [key, ...args], options);
    const [keys, record] = kept(key, spec, [command, ...args], options);
    const given = [...record, ttlMs ?? 0, command, ...args];
    return runScript(this.host.router, spec, change, keys, given, options);
  }

  /** Adds to a whole number in a hash; the sum as a text. @throws DataError constraint when it would leave the bounds */
  async count(
    method: string,
    name: string,
    field: string,
    by: string,
    [least, most]: readonly [number | "", number | ""],
    options?: WriteOptions,
  ): Promise<string> {
    const spec = this.spec(method, "write");
    const key = this.#checked(spec, name);
    const [keys, record] = kept(key, spec, ["hincrby", field, by], options);
    const given = [...record, this.#declaration.ttlMs ?? 0, field, by, least, most];
    return String(await runScript(this.host.router, spec, count, keys, given, options, judgeSum));
  }

  /** A command whose arguments name the key themselves. */
  call(
    method: string,
    effect: OpSpec["effect"],
    command: string,
    args: readonly Argument[],
    options?: ReadOptions,
    judge?: Judge,
  ): Promise<Reply> {
    return this.host.router.call(this.spec(method, effect), command, args, options, judge);
  }

  /** One per method: telemetry keeps what it publishes of a spec with it. */
  spec(method: string, effect: OpSpec["effect"]): OpSpec {
    let spec = this.#specs.get(method);
    if (spec === undefined) {
      spec = { operation: `${this.#declaration.name}.${method}`, effect };
      this.#specs.set(method, spec);
    }
    return spec;
  }

  /** A wrong use, as an error of this method. */
  mistake(method: string, text: string, more?: { readonly hint: string }): Error {
    const call = {
      spec: this.spec(method, "read"),
      attempts: 0,
      runtime: this.host.runtime,
      options: {},
    };
    return verdictError(call, programmingError(text, more), 0);
  }

  #checked(spec: OpSpec, name: string): string {
    if (name !== "") return this.key(name);
    const call = { spec, attempts: 0, runtime: this.host.runtime, options: {} };
    throw verdictError(call, programmingError("the key of a structure must not be empty"), 0);
  }
}

/** What a script of keyed.ts takes: the keys, and what is recorded of the operation id. */
function kept(
  key: string,
  { operation: method }: OpSpec,
  stands: readonly Argument[],
  options: WriteOptions | undefined,
): readonly [keys: readonly string[], record: readonly Argument[]] {
  const operation = options?.operation;
  if (operation === undefined) return [[key], ["", keptMs]];
  const fingerprint = fingerprintOf(stands.map(String));
  return [
    [key, `${key}:operation:${method}:${operation}`],
    [fingerprint, keptMs],
  ];
}

/** A message, or undefined for what is no JSON: something else sent it. */
export function parsedMessage<M>(text: string): M | undefined {
  try {
    return JSON.parse(text) as M;
  } catch {
    return undefined;
  }
}

const most = 1_000;

/** @throws DataError programming for what is no number from 1 to 1,000 */
export function limitOf(limit = 50): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw programmingError(`limit must be a whole number from 1 to ${most}`);
}
