/** Starts a real server with exactly the settings that `compose.yaml` gives it, so that each can be read back. */
import { afterAll, expect, test } from "vitest";
import type { ComposeService } from "../../src/engines/engine.ts";
import { engines } from "../../src/engines/registry.gen.ts";
import { cell, proving } from "../support/closing-table.ts";
import { columnOf, isMissing, privateServer } from "./servers.ts";

const method = "settings of compose.yaml";

/** The service of an engine whose stores share a server. @throws for another */
export function sharedService(engine: string): ComposeService {
  const compose = engines.find(({ id }) => id === engine)?.compose;
  if (compose === undefined || "of" in compose) throw new Error(`${engine} has no shared server`);
  return compose;
}

export const namedValues = ({ settings }: ComposeService): Readonly<Record<string, string>> =>
  Object.fromEntries(settings.map(({ name, value }) => [name, value]));

/**
 * One server with these settings, and what it says of each.
 *
 * @param told by name, what the server shows for a value that it writes otherwise
 * @param ask the server's words for the settings of these names
 */
export async function settingsAreTaken(
  engine: string,
  service: ComposeService,
  told: Readonly<Record<string, string>>,
  ask: (dsn: string, names: readonly string[]) => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  const given = namedValues(service);
  const server = await privateServer(engine, { settings: given });
  const of = { port: "test server", engine: columnOf(server), method };
  if (isMissing(server)) {
    cell(of, { kind: "not proven", why: server.reason });
    test.skip(`no server: ${server.reason}`, () => undefined);
    return;
  }
  afterAll(() => server.stop());
  test(
    `${columnOf(server)} has every setting of ${service.service}'s compose.yaml`,
    proving(of, async () => {
      const names = Object.keys(given);
      expect(names.length).toBeGreaterThan(0);
      for (const name of Object.keys(told)) expect(names).toContain(name);
      expect(await ask(server.dsn, names)).toEqual({ ...given, ...told });
    }),
  );
}
