/** The servers that this run can have: which providers there are, which sources they try, what a missing one means. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type EngineProvider,
  isMissing,
  type Missing,
  type PrivateServer,
  type Server,
  type ServerFacts,
  type ServerNeed,
} from "./contract.ts";
import { reasonOf } from "./command.ts";

const home = fileURLToPath(new URL(".", import.meta.url));

/** Every engine that has a folder with a provider here. */
export function knownEngines(): readonly string[] {
  return readdirSync(home)
    .filter((name) => existsSync(join(home, name, "provider.ts")))
    .sort();
}

/** @throws for an engine without a provider, naming those that have one. */
export async function providerOf(engine: string): Promise<EngineProvider> {
  if (!knownEngines().includes(engine))
    throw new Error(`no test server for "${engine}"; there are: ${knownEngines().join(", ")}`);
  const module: { default: EngineProvider } = await import(
    pathToFileURL(join(home, engine, "provider.ts")).href
  );
  return module.default;
}

/**
 * Facts of the server that `TEST_<ENGINE>_URL` names, if it names one.
 * @throws when nothing answers there: a named server that is down is a mistake to mend, not a reason to take another.
 */
export async function givenServer(provider: EngineProvider): Promise<ServerFacts | undefined> {
  const dsn = process.env[provider.variable];
  if (!dsn) return undefined;
  try {
    return { ...(await provider.describe(dsn)), origin: provider.variable };
  } catch (cause) {
    // oxlint-disable-next-line preserve-caught-error -- a driver's error may carry the DSN with its password
    throw new Error(`${provider.variable}: ${reasonOf(cause).replaceAll(dsn, "the server")}`);
  }
}

/** A server of one's own from the first source that can give it; all reasons together when none can. */
export async function startServer(
  engine: string,
  need: ServerNeed = {},
): Promise<PrivateServer | Missing> {
  const provider = await providerOf(engine);
  const reasons: string[] = [];
  for (const source of provider.sources) {
    const lacking = featuresOf(need).find((feature) => !source.offers.includes(feature));
    try {
      if (lacking) throw new Error(`has no ${lacking}`);
      return await source.start(need);
    } catch (cause) {
      reasons.push(`${source.name}: ${reasonOf(cause)}`);
    }
  }
  return { engine, reason: reasons.join("; ") };
}

function featuresOf(need: ServerNeed): readonly string[] {
  const implied = [need.tls && "tls", need.password && "password"];
  return [...(need.features ?? []), ...implied].filter((one) => typeof one === "string");
}

/** Adds what only a process of this machine can do with plain facts. */
export async function usable(facts: ServerFacts): Promise<Server> {
  const provider = await providerOf(facts.engine);
  return { ...facts, namespace: () => provider.namespace(facts) };
}

/** Engines whose absence is a failure: `REQUIRE_ENGINES=a,b`. @throws on a name that is no engine. */
export function requiredEngines(): readonly string[] {
  const names = (process.env["REQUIRE_ENGINES"] ?? "").split(",").map((name) => name.trim());
  const wanted = names.filter((name) => name !== "");
  const unknown = wanted.filter((name) => !knownEngines().includes(name));
  if (unknown.length > 0)
    throw new Error(
      `REQUIRE_ENGINES names ${unknown.join(", ")}; there are: ${knownEngines().join(", ")}`,
    );
  return wanted;
}

/** Passes the answer on, but for a required engine a missing server is an error. */
export function orFail<T extends ServerFacts>(answer: T | Missing): T | Missing {
  if (isMissing(answer) && requiredEngines().includes(answer.engine))
    throw new Error(
      `${answer.engine} is required (REQUIRE_ENGINES) and cannot be had: ${answer.reason}`,
    );
  return answer;
}
