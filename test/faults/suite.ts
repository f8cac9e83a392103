/** How fault suites get their server, and how their calls end. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe } from "vitest";
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
import { stopwatch } from "../support/stopwatch.ts";

/** Runs a suite on a server, or records why it cannot run. */
function suiteOn<S extends Server>(
  server: S | Missing,
  name: string,
  title: string,
  suite: (server: S) => void,
): void {
  const proof = { port: "driver", engine: columnOf(server), method: name };
  if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });
  describe.skipIf(isMissing(server))(title, () => {
    if (isMissing(server)) return;
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    suite(server);
  });
}

export interface SuiteOptions {
  /** What the server has to have or to be set to. */
  readonly need?: ServerNeed;
  /** Name of the suite where several engines run it; its own by default. */
  readonly title?: string;
}

/** On the run's server, which other suites use too. */
export async function onShared(
  engine: string,
  name: string,
  suite: (server: Server) => void,
  { need, title = name }: SuiteOptions = {},
): Promise<void> {
  suiteOn(await sharedServer(engine, need?.features), name, title, suite);
}

/** On a server of its own, which it may kill. */
export async function onPrivate(
  engine: string,
  name: string,
  suite: (server: PrivateServer) => void,
  { need, title = name }: SuiteOptions = {},
): Promise<void> {
  const server = await privateServer(engine, need);
  afterAll(async () => {
    if (!isMissing(server)) await server.stop();
  });
  suiteOn(server, name, title, suite);
}

/** What the product promises beyond a deadline, milliseconds. */
export const grace = 250;

export interface Verdict {
  readonly kind: string;
  readonly attempts: number;
  readonly code?: string;
  readonly hint?: string;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** How a call ended, and after how many milliseconds. */
export async function verdict(promise: Promise<unknown>): Promise<Verdict> {
  const began = stopwatch();
  const ended = (): number => began.elapsed();
  return promise.then(
    () => ({ kind: "ok", attempts: 0, elapsed: ended() }),
    ({ kind, attempts, code, hint, message }: Verdict & { readonly message: string }) => ({
      kind: kind ?? message,
      attempts,
      elapsed: ended(),
      ...(code === undefined ? {} : { code }),
      ...(hint === undefined ? {} : { hint }),
    }),
  );
}

/** Asks until the answer is yes, for `ms` at most; tells how long it took. @throws when it does not come to be in time */
export async function until(ms: number, done: () => boolean | Promise<boolean>): Promise<number> {
  const began = stopwatch();
  while (!(await done())) {
    if (began.elapsed() > ms) throw new Error("it never came to be");
    await sleep(10);
  }
  return began.elapsed();
}

/** Calls until one is answered, for `ms` at most. @throws the last call's error, with the time that all took */
export async function answered<T>(ms: number, call: () => Promise<T>): Promise<T> {
  const began = stopwatch();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (began.elapsed() > ms)
        throw new Error(`no answer within ${ms} ms; the last call's error is the cause`, {
          cause: error,
        });
    }
    await sleep(10);
  }
}
