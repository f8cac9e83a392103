/** Ports for servers that must keep theirs over a restart. */
import { createServer } from "node:net";
import { randomInt } from "node:crypto";

// Below the range from which systems take ports for outgoing connections: those could occupy a stopped server's port.
const lowest = 20_000;
const beyond = 32_000;

/** A port on the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, beyond);
    if (await bindable(port)) return port;
  }
  throw new Error(`no free port between ${lowest} and ${beyond}`);
}

function bindable(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });
}
