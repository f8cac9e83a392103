import { type DataError, isDataError } from "../../runtime/errors.ts";
import { type HealthState, reasonOf } from "../../runtime/health.ts";
import { evicting, infoField } from "./authority.ts";
import type { RedisCaller } from "./op.ts";
import type { RedisRouter } from "./router.ts";

interface Answer {
  readonly state: HealthState;
  readonly detail?: string;
}

const spec = { operation: "health", effect: "read" } as const;
const options = { retry: "never", deadlineMs: 1_000 } as const;
const fromBest: readonly HealthState[] = ["up", "degraded", "starting", "down"];

/** The worst answer of all servers that hold a part of the keys. Never rejects. */
export async function healthOf(router: RedisRouter, authority: boolean): Promise<Answer> {
  let servers: readonly RedisCaller[];
  try {
    servers = await router.everywhere();
  } catch (error) {
    return failed(error);
  }
  const answers = await Promise.all(servers.map((server) => ask(server, authority)));
  const rank = ({ state }: Answer): number => fromBest.indexOf(state);
  const worst = answers.toSorted((a, b) => rank(b) - rank(a))[0] ?? { state: "down" };
  const told = answers.filter(({ state }) => state === worst.state).length;
  return answers.length === 1 || worst.state === "up"
    ? worst
    : {
        ...worst,
        detail: `${told} of ${answers.length} primaries: ${worst.detail ?? worst.state}`,
      };
}

async function ask(server: RedisCaller, authority: boolean): Promise<Answer> {
  try {
    const sections = authority ? [] : ["replication"];
    return judge(String(await server.call(spec, "info", sections, options)), authority);
  } catch (error) {
    return failed(error);
  }
}

function judge(info: string, authority: boolean): Answer {
  if (/^(slave|replica)/.test(infoField(info, "role") ?? ""))
    return { state: "degraded", detail: "read-only replica" };
  const doubts = authority ? doubtsAbout(info) : [];
  return doubts.length === 0 ? { state: "up" } : { state: "degraded", detail: doubts.join("; ") };
}

/** Above this share of `maxmemory` writes are about to be refused. */
const nearlyFull = 0.9;

/** What keeps a server from being an authority as promised. Source: Redis documentation, "Persistence", "Key eviction". */
function doubtsAbout(info: string): readonly string[] {
  const evicts = evicting(info);
  const size = (name: string): number => Number(infoField(info, name) ?? 0);
  const limit = size("maxmemory");
  return [
    ...(evicts === undefined ? [] : [evicts]),
    ...(infoField(info, "aof_enabled") === "0"
      ? ["appendonly is off: a crash of the server loses what was written since its last snapshot"]
      : []),
    ...(infoField(info, "aof_last_write_status") === "err"
      ? ["the append-only file could not be written"]
      : []),
    ...(limit > 0 && size("used_memory") > limit * nearlyFull
      ? ["memory is nearly full: writes are about to be refused"]
      : []),
  ];
}

/** Codes of servers that no connection is kept to, whoever asks. */
const refusedServer = new Set(["EVICTION", "DATABASE"]);

/** Why, without the name of the probe, and what to do about it. */
function mended({ message, operation, hint }: DataError): string {
  const why = message.startsWith(`${operation}: `) ? message.slice(operation.length + 2) : message;
  return hint === undefined ? why : `${why}; ${hint}`;
}

function failed(error: unknown): Answer {
  if (!isDataError(error)) return { state: "down" };
  if (error.code === "LOADING") return { state: "starting", detail: "loading its data set" };
  const detail = refusedServer.has(error.code ?? "") ? mended(error) : reasonOf(error);
  return detail === undefined ? { state: "down" } : { state: "down", detail };
}
