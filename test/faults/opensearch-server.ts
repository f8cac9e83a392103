import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe } from "vitest";
import { httpFramer } from "../engines/opensearch/frames.ts";
import {
  columnOf,
  isMissing,
  type Missing,
  type PrivateServer,
  privateServer,
  type Server,
  type ServerNeed,
  sharedServer,
} from "../engines/servers.ts";
import { cell } from "../support/closing-table.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";

/** What the product promises beyond a deadline, milliseconds. */
export const grace = 250;

/** Runs a suite on a server, or records why it cannot run. */
const suiteOn = <S extends Server>(
  server: S | Missing,
  name: string,
  suite: (server: S) => void,
): void => {
  const proof = { port: "driver", engine: columnOf(server), method: name };
  if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });
  describe.skipIf(isMissing(server))(name, () => {
    if (isMissing(server)) return;
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    suite(server);
  });
};

/** The run's server with vectors, which conformance uses too. */
export const onSharedServer = async (
  name: string,
  suite: (server: Server) => void,
): Promise<void> => suiteOn(await sharedServer("opensearch", ["vector"]), name, suite);

export const onPrivateServer = async (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => {
  const server = await privateServer("opensearch", need);
  afterAll(async () => {
    if (!isMissing(server)) await server.stop();
  });
  suiteOn(server, name, suite);
};

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: httpFramer, seed });

export interface Verdict {
  readonly kind: string;
  readonly attempts: number;
  readonly code?: string;
  readonly hint?: string;
  readonly elapsed: number;
}

/** How a call ended, and after how many milliseconds. */
export async function verdict(promise: Promise<unknown>): Promise<Verdict> {
  const began = performance.now();
  const ended = (): number => performance.now() - began;
  return promise.then(
    () => ({ kind: "ok", attempts: 0, elapsed: ended() }),
    (error: Verdict & { readonly message: string }) => ({
      kind: error.kind ?? error.message,
      attempts: error.attempts,
      elapsed: ended(),
      ...(error.code === undefined ? {} : { code: error.code }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    }),
  );
}

/** @throws when it does not come to be in time */
export async function until(done: () => Promise<boolean>, ms = 15_000): Promise<number> {
  const began = performance.now();
  while (!(await done())) {
    if (performance.now() - began > ms) throw new Error("it never came to be");
    await sleep(50);
  }
  return performance.now() - began;
}
