import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { dockerAnswers } from "./docker.ts";
import { stopwatch } from "../support/stopwatch.ts";

afterEach(() => vi.unstubAllEnvs());

async function daemonThat(status: number | "hangs"): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "docker-ping-"));
  const daemon = createServer((request, reply) => {
    expect(request.url).toBe("/_ping");
    if (status !== "hangs") reply.writeHead(status).end("OK");
  });
  const path = join(folder, "docker.sock");
  await new Promise<void>((done) => daemon.listen(path, done));
  vi.stubEnv("DOCKER_HOST", `unix://${path}`);
  try {
    return await dockerAnswers();
  } finally {
    daemon.closeAllConnections();
    daemon.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test("Docker counts only when its daemon answers the ping", async () => {
  expect(await daemonThat(200)).toBe(true);
  expect(await daemonThat(500)).toBe(false);
});

test("a daemon that hangs is given up after a second", async () => {
  const start = stopwatch();
  expect(await daemonThat("hangs")).toBe(false);
  expect(start.elapsed()).toBeLessThan(3000);
});

test("a client program without a daemon is no Docker", async () => {
  vi.stubEnv("DOCKER_HOST", "unix:///nowhere/docker.sock");
  expect(await dockerAnswers()).toBe(false);
  vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:9");
  expect(await dockerAnswers()).toBe(false);
});
