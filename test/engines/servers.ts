/** What test files use: a shared server to work on, a private one to break. */
import { askBroker, startBroker, type Answer, type Broker } from "./broker.ts";
import {
  isMissing,
  type Missing,
  type PrivateServer,
  type Server,
  type ServerNeed,
} from "./contract.ts";
import { orFail, startServer, usable } from "./registry.ts";

export { columnOf, isMissing } from "./contract.ts";
export type { Missing, Namespace, PrivateServer, Server, ServerNeed } from "./contract.ts";

/** Set by the global set-up for the workers. */
export const brokerVariable = "ASYNC_DB_STARTER_TEST_BROKER";

let own: Promise<Broker> | undefined;

/**
 * The run's one server of this engine with these features (or the one that `TEST_<ENGINE>_URL` names). Take a `namespace()` of it per
 * suite.
 * @throws when the engine is required and cannot be had, or when the named server does not answer.
 */
export async function sharedServer(
  engine: string,
  features: readonly string[] = [],
): Promise<Server | Missing> {
  const answer: Answer = await askBroker(await brokerPort(), engine, features);
  if ("failure" in answer) throw new Error(answer.failure);
  const checked = orFail(answer);
  return isMissing(checked) ? checked : usable(checked);
}

/**
 * A server that nobody else uses; stop it at the end of the suite (it dies with this process anyway). A server that the
 * environment names is never taken for this: private ones get killed.
 * @throws when the engine is required and this need cannot be met.
 */
export async function privateServer(
  engine: string,
  need: ServerNeed = {},
): Promise<PrivateServer | Missing> {
  return orFail(await startServer(engine, need));
}

/** Outside the test runner (a script, a bench) this process is its own broker. */
async function brokerPort(): Promise<number> {
  const port = Number(process.env[brokerVariable]);
  if (port > 0) return port;
  own ??= startBroker();
  return (await own).port;
}
