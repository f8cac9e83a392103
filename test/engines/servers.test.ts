import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { columnOf, isMissing, type ServerFacts } from "./contract.ts";
import { cell, proving } from "../support/closing-table.ts";
import { alive } from "./process-table.ts";
import { knownEngines, orFail, providerOf, requiredEngines, usable } from "./registry.ts";
import { privateServer, sharedServer } from "./servers.ts";

afterEach(() => vi.unstubAllEnvs());

/** A cluster's DSN names several hosts after commas, which no URL does. */
const firstHost = (dsn: string): string => dsn.replace(/,[^/?]*/, "");

/** Resolves on the first byte or the end; how a server answers that accepts but does not speak first is not asked. */
function accepts(dsn: string): Promise<boolean> {
  const { hostname, port } = new URL(firstHost(dsn));
  return new Promise((done) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && alive(pid); tries += 1) await sleep(50);
  return !alive(pid);
}

/** A child process that starts a private server, says which, and then waits to be killed. */
async function owner(engine: string): Promise<{ pid: number; server: number; kill(): void }> {
  const module = fileURLToPath(new URL("servers.ts", import.meta.url));
  const script = `
    const { privateServer } = await import(${JSON.stringify(module)});
    const server = await privateServer(${JSON.stringify(engine)});
    console.log(server.pid ?? 0);
    setTimeout(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((done, fail) => {
    child.stdout.once("data", (chunk: Buffer) => done(chunk.toString()));
    child.once("exit", () => fail(new Error("the owner ended early")));
  });
  return { pid: child.pid ?? 0, server: Number(line), kill: () => void child.kill("SIGKILL") };
}

for (const engine of knownEngines()) {
  const shared = await sharedServer(engine);
  const how = isMissing(shared)
    ? `no server: ${shared.reason}`
    : `${shared.kind} ${shared.version}`;

  const proof = { port: "test server", engine: columnOf(shared), method: "lifecycle" };
  if (isMissing(shared)) cell(proof, { kind: "not proven", why: shared.reason });
  const prove = (name: string, limitMs: number, body: () => Promise<void>): void =>
    test(name, proving(proof, body), limitMs);

  describe.skipIf(isMissing(shared))(`${engine}, ${how}`, () => {
    prove("is shared: a second asking gives the same process", 30_000, async () => {
      const again = await sharedServer(engine);
      expect(again).toMatchObject({ engine, ...(isMissing(shared) ? {} : { dsn: shared.dsn }) });
    });

    prove("a namespace is a place of its own and can be dropped", 60_000, async () => {
      if (isMissing(shared)) return expect.unreachable();
      const [one, other] = await Promise.all([shared.namespace(), shared.namespace()]);
      expect(one.name).not.toBe(other.name);
      await (await providerOf(engine)).describe(one.dsn);
      await one.drop();
      await other.drop();
    });

    prove(
      "a private server survives kill -9 with its port, and stops without a trace",
      240_000,
      async () => {
        const server = await privateServer(engine);
        if (isMissing(server)) return expect.unreachable();
        const before = server.pidNow() ?? 0;
        expect(alive(before)).toBe(true);
        await server.kill9();
        expect(alive(before)).toBe(false);
        expect(await accepts(server.dsn)).toBe(false);
        await server.restart();
        expect(await (await providerOf(engine)).describe(server.dsn)).toMatchObject({ engine });
        const after = server.pidNow() ?? 0;
        expect(after).not.toBe(before);
        await server.stop();
        await server.stop();
        expect(alive(after)).toBe(false);
        expect(await accepts(server.dsn)).toBe(false);
      },
    );

    prove("a frozen server holds connections without an answer until thawed", 240_000, async () => {
      const server = await privateServer(engine);
      if (isMissing(server)) return expect.unreachable();
      await server.freeze();
      const provider = await providerOf(engine);
      let answered = false;
      const asking = provider.describe(server.dsn).then(() => (answered = true));
      await sleep(300);
      expect(answered).toBe(false);
      await server.thaw();
      await asking;
      await server.stop();
    });

    prove("the server dies with a test process that is killed", 240_000, async () => {
      const child = await owner(engine);
      expect(alive(child.server)).toBe(true);
      child.kill();
      expect(await gone(child.server)).toBe(true);
    });

    test("a need that no source can meet is missing with every reason, an error when required", async () => {
      const need = { features: ["teleportation"] };
      vi.stubEnv("REQUIRE_ENGINES", "");
      const answer = await privateServer(engine, need);
      expect(answer).toMatchObject({ engine, reason: expect.stringContaining("teleportation") });
      vi.stubEnv("REQUIRE_ENGINES", engine);
      await expect(privateServer(engine, need)).rejects.toThrow("is required (REQUIRE_ENGINES)");
    });

    test("a DSN that is named but dead is an error that does not show its password", async () => {
      const { variable } = await providerOf(engine);
      const { protocol } = new URL(isMissing(shared) ? "" : firstHost(shared.dsn));
      vi.stubEnv(variable, `${protocol}//user:s3cret@127.0.0.1:9/x`);
      vi.stubEnv("ASYNC_DB_STARTER_TEST_BROKER", "");
      vi.resetModules();
      const fresh = await import("./servers.ts");
      const failure = await fresh.sharedServer(engine).catch((cause: unknown) => String(cause));
      expect(failure).toContain(variable);
      expect(failure).not.toContain("s3cret");
    }, 60_000);

    test("a named DSN is used as it is", async () => {
      if (isMissing(shared)) return expect.unreachable();
      const { variable } = await providerOf(engine);
      vi.stubEnv(variable, shared.dsn);
      vi.stubEnv("ASYNC_DB_STARTER_TEST_BROKER", "");
      vi.resetModules();
      const fresh = await import("./servers.ts");
      const given = await fresh.sharedServer(engine);
      expect(given).toMatchObject({ dsn: shared.dsn, origin: variable });
      expect(given).not.toHaveProperty("pid");
    });
  });
}

test("requirements name engines only", () => {
  vi.stubEnv("REQUIRE_ENGINES", "oracle-of-delphi");
  expect(() => requiredEngines()).toThrow("there are:");
  vi.stubEnv("REQUIRE_ENGINES", " ,");
  expect(requiredEngines()).toEqual([]);
});

test("what is missing and not required is passed on with its reason", () => {
  vi.stubEnv("REQUIRE_ENGINES", "");
  const missing = { engine: knownEngines()[0] ?? "", reason: "none here" };
  expect(orFail(missing)).toBe(missing);
});

test("an unknown engine is refused, naming the known ones", async () => {
  const facts: ServerFacts = {
    engine: "unheard-of",
    dsn: "x://y",
    kind: "real",
    version: "1",
    origin: "z",
    features: [],
  };
  await expect(usable(facts)).rejects.toThrow(knownEngines().join(", "));
  expect(existsSync(fileURLToPath(new URL("unheard-of", import.meta.url)))).toBe(false);
});
