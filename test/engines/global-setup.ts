/** Vitest global set-up: the broker lives as long as the run, and takes its servers with it. */
import { startBroker } from "./broker.ts";
import { requiredEngines } from "./registry.ts";
import { brokerVariable } from "./servers.ts";

/** @returns the tear-down. @throws when REQUIRE_ENGINES names something that is no engine. */
export default async function setup(): Promise<() => Promise<void>> {
  requiredEngines();
  const broker = await startBroker();
  process.env[brokerVariable] = String(broker.port);
  return () => broker.stop();
}
