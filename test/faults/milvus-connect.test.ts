// Wrong addresses, TLS on one side, strange authorities, strangers that answer: told as what they are, in time, without secrets.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { filled, nearestOf, noteView, openStore } from "../engines/milvus/opened.ts";
import { freePort } from "../engines/ports.ts";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { stopwatch } from "../support/stopwatch.ts";
import { grace, onShared } from "./suite.ts";

const secret = "sentinelvalue";
const deadlineMs = 1_000;
const view = noteView("connect");

await onShared("milvus", "wrong addresses, TLS, strangers", (server) => {
  const { hostname, port } = new URL(server.dsn);
  const trusted = makeCertificate();
  const elsewhere = makeCertificate({ addresses: [], hosts: ["elsewhere.example"] });
  const open: Server[] = [];
  let folder: string;

  /** Port of a server that listens from now on. */
  const listening = async (made: Server): Promise<number> => {
    open.push(made);
    await new Promise<void>((begun) => made.listen(0, "127.0.0.1", begun));
    const address = made.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  /** The server behind TLS. */
  const behind = ({ certPem, keyPem }: Certificate): Promise<number> => {
    const front = createTlsServer(
      { cert: certPem, key: keyPem, ALPNProtocols: ["h2"] },
      (client) => {
        const upstream = connect(Number(port), hostname);
        for (const socket of [client, upstream]) socket.on("error", () => upstream.destroy());
        client.pipe(upstream).pipe(client);
      },
    );
    front.on("tlsClientError", () => {});
    return listening(front);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "milvus-tls-"));
    const file = join(folder, "ca.pem");
    await writeFile(file, `${trusted.caPem}\n${elsewhere.caPem}`);
    // Read once, when the driver is loaded.
    process.env["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = file;
  });
  afterAll(async () => {
    for (const one of open) one.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a read is told at an address, and what a probe says. */
  async function told(scheme: string, at: string) {
    const opened = openStore(`${scheme}://app:${secret}@${at}/default`, { deadlineMs });
    await opened.store.channel.load();
    const began = stopwatch();
    const near = opened.store.session.nearest(nearestOf(view), filled(0), []);
    const error = await near.catch((cause: unknown) => cause);
    expect(began.elapsed()).toBeLessThan(deadlineMs + grace);
    const health = await opened.store.health();
    expect(health.state).toBe("down");
    await opened.close();
    expect(inspect([error, health], { depth: 8, showHidden: true })).not.toContain(secret);
    return { error, detail: health.detail };
  }

  it("nobody listens", async () => {
    const { error, detail } = await told("milvus", `127.0.0.1:${await freePort()}`);
    expect(error).toMatchObject({
      kind: "unavailable",
      attempts: 3,
      message: expect.stringContaining("no server answers there"),
      hint: expect.stringContaining("host and port"),
    });
    expect(detail).toContain("no server answers there");
  });

  it("a host that nobody knows", async () => {
    const { error } = await told("milvus", "nowhere.invalid:19530");
    expect(error).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("no address is known of this host"),
      hint: expect.stringContaining("host and port"),
    });
  });

  it("somebody listens, and says nothing", async () => {
    const { error } = await told("milvus", `127.0.0.1:${await listening(createServer())}`);
    expect(error).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("no connection within its time"),
    });
  });

  it("a web server answers", async () => {
    const { error } = await told("milvus", `127.0.0.1:${await listening(createHttpServer())}`);
    expect(error).toMatchObject({
      kind: "unavailable",
      attempts: 1,
      message: expect.stringContaining("no gRPC server"),
    });
  });

  it("TLS is asked of a server that speaks none", async () => {
    const { error, detail } = await told("milvus+https", `${hostname}:${port}`);
    expect(error).toMatchObject({
      kind: "unavailable",
      attempts: 1,
      message: expect.stringContaining("TLS is spoken on one side only"),
      hint: "milvus: is gRPC, milvus+https: is gRPC over TLS",
    });
    expect(detail).toContain("TLS is spoken on one side only");
  });

  it("plain text is spoken to a server that wants TLS", async () => {
    const { error } = await told("milvus", `127.0.0.1:${await behind(trusted)}`);
    expect(error).toMatchObject({
      kind: "unavailable",
      hint: expect.stringContaining("milvus+https: is gRPC over TLS"),
    });
  });

  it("a certificate of a strange authority, or of another host", async () => {
    const strange = await behind(makeCertificate());
    for (const at of [strange, await behind(elsewhere)]) {
      const { error, detail } = await told("milvus+https", `127.0.0.1:${at}`);
      expect(error).toMatchObject({
        kind: "auth",
        attempts: 1,
        hint: expect.stringContaining("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"),
      });
      expect(detail).toContain("certificate is not trusted");
    }
  });

  it("a certificate of an authority that was named is good", async () => {
    const opened = openStore(`milvus+https://127.0.0.1:${await behind(trusted)}/default`);
    await opened.store.channel.load();
    expect(await opened.store.health()).toMatchObject({ state: "up" });
    await opened.close();
  });
});
