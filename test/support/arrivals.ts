/** Reading a socket ahead of what is done with its bytes, so that a delay holds back each chunk and not the flow. */
import { once } from "node:events";
import type { Socket } from "node:net";

export interface Arrival {
  readonly bytes: Buffer;
  /** `performance.now()` of its arrival. */
  readonly at: number;
}

const heldLimitBytes = 4 * 1024 * 1024;

/** What arrives, then "end" when the peer ended in order; just over when the socket broke. */
export async function* arrivals(source: Socket): AsyncGenerator<Arrival | "end"> {
  const queue: (Arrival | "end")[] = [];
  let held = 0;
  let closed = false;
  let wake = (): void => undefined;
  source.on("data", (bytes: Buffer) => {
    queue.push({ bytes, at: performance.now() });
    held += bytes.length;
    if (held > heldLimitBytes) source.pause();
    wake();
  });
  source.once("end", () => {
    queue.push("end");
    wake();
  });
  source.once("close", () => {
    closed = true;
    wake();
  });
  for (;;) {
    const next = queue.shift();
    if (next === undefined && closed) return;
    if (next === undefined) {
      await new Promise<void>((done) => (wake = done));
      continue;
    }
    yield next;
    if (next === "end") return;
    held -= next.bytes.length;
    if (source.isPaused() && held <= heldLimitBytes) source.resume();
  }
}

/** Writes and waits while the peer is slow; nothing happens on a socket that is closed. */
export async function writeAll(sink: Socket, bytes: Buffer): Promise<void> {
  if (bytes.length === 0 || sink.destroyed || !sink.writable) return;
  if (sink.write(bytes)) return;
  const settled = new AbortController();
  const { signal } = settled;
  const quiet = (): undefined => undefined;
  await Promise.race([
    once(sink, "drain", { signal }).catch(quiet),
    once(sink, "close", { signal }).catch(quiet),
  ]);
  settled.abort();
}
