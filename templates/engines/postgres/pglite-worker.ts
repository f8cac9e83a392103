import { parentPort, workerData } from "node:worker_threads";
import { PgliteEngine } from "./pglite-engine.ts";
import { plainError, type PgliteMessage, type PgliteRequest } from "./pglite-protocol.ts";

/** Holds PGlite in a thread of its own: a long statement blocks this one, and the caller's deadline still strikes. */
const port = parentPort;
if (port === null) throw new Error("pglite-worker runs in a worker thread");

const tell = (message: PgliteMessage): void => port.postMessage(message);

const serve = (engine: PgliteEngine): void => {
  let turn: Promise<void> = Promise.resolve();
  port.on("message", (request: PgliteRequest) => {
    turn = turn.then(async () => {
      if ("close" in request) {
        await engine.close();
        port.close();
        return;
      }
      const { id, frames, bindings } = request;
      try {
        tell({ id, reply: await engine.run(frames, bindings) });
      } catch (error) {
        tell({ id, reply: { error: plainError(error) } });
      }
    });
  });
  tell({ opened: true });
};

try {
  const folder: unknown = Reflect.get(Object(workerData), "folder");
  serve(await PgliteEngine.open(typeof folder === "string" ? folder : undefined));
} catch (error) {
  tell({ failed: plainError(error) });
}
