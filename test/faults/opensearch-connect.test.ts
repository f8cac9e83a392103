// Wrong addresses, TLS on one side, strange authorities, wrong passwords, strangers that answer: told as what they are, once, without secrets.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { viewTarget } from "../../templates/engines/opensearch/view-target.ts";
import { type Front, startFront } from "../engines/opensearch/front.ts";
import {
  findIn,
  note,
  noteView,
  type OpenedSearch,
  openStore,
  place,
  upsert,
} from "../engines/opensearch/opened.ts";
import { freePort } from "../engines/ports.ts";
import { makeCertificate } from "../support/certificate.ts";
import { onSharedServer } from "./opensearch-server.ts";
import { grace } from "./suite.ts";

const secret = "sentinel-secret";
const view = noteView("notes");
const all = findIn(view);

interface Told {
  readonly kind: string;
  readonly message: string;
  readonly attempts: number;
  readonly code?: string;
  readonly hint?: string;
}

await onSharedServer("wrong addresses, TLS, credentials", (server) => {
  let folder: string;
  let path: string;
  let direct: OpenedSearch;
  const fronts: Front[] = [];
  const certificate = makeCertificate();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opensearch-tls-"));
    await writeFile(join(folder, "right.pem"), certificate.caPem);
    await writeFile(join(folder, "wrong.pem"), makeCertificate().caPem);
    const { dsn } = await server.namespace();
    path = new URL(dsn.replace(/^opensearch/, "http")).pathname;
    direct = openStore(dsn, { deadlineMs: 20_000 });
    const target = await place(direct, view);
    await target.live().write([upsert(note(1), 1n)]);
    await direct.settle();
  });
  afterAll(async () => {
    await direct.close();
    for (const front of fronts) await front.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const front = async (options: Parameters<typeof startFront>[1] = {}): Promise<Front> => {
    const started = await startFront(server.dsn, options);
    fronts.push(started);
    return started;
  };
  const at = (port: number, login = `app:${secret}`, scheme = "opensearch"): string =>
    `${scheme}://${login}@127.0.0.1:${port}${path}`;
  const ca = (file: string): string => `?ca=${encodeURIComponent(join(folder, file))}`;

  const attempt = (call: () => Promise<unknown>): Promise<Told> =>
    call().then(
      () => ({ kind: "ok", message: "", attempts: 0 }),
      (error: Told) => {
        const printed = `${inspect(error, { depth: 8, showHidden: true })} ${JSON.stringify(error)}`;
        expect(printed).not.toContain(secret);
        expect(printed).not.toContain(Buffer.from(`app:${secret}`).toString("base64"));
        return error;
      },
    );

  /** How a search, a write and the health check end there. */
  async function told(dsn: string): Promise<readonly [Told, Told, string]> {
    const opened = openStore(dsn, { deadlineMs: 2_000 });
    const began = performance.now();
    const read = await attempt(() => opened.store.session.list(all, "note", () => []));
    const write = await attempt(() =>
      viewTarget(opened.store, view.declared)
        .live()
        .write([upsert(note(2), 1n)]),
    );
    expect(performance.now() - began).toBeLessThan(2 * (2_000 + grace));
    const { state, detail } = await opened.store.health();
    expect(inspect(opened.store, { depth: 9 })).not.toContain(secret);
    expect(opened.stray).toEqual([]);
    await opened.close();
    return [read, write, detail ?? state];
  }
  const both = (of: Partial<Told>): readonly unknown[] => [
    expect.objectContaining(of),
    expect.objectContaining(of),
  ];

  it("a port where nothing listens is unavailable, and says where to look", async () => {
    const hint = expect.stringContaining("host and port") as string;
    const nowhere = { kind: "unavailable", code: "ECONNREFUSED", hint };
    expect((await told(at(await freePort()))).slice(0, 2)).toEqual(both(nowhere));
  });

  it("a name that nobody has is unavailable", async () => {
    const [read] = await told(`opensearch://app:${secret}@nowhere.invalid:9200${path}`);
    expect(read).toMatchObject({ kind: "unavailable", hint: expect.stringContaining("host") });
  });

  it("TLS verified by its authority works, with a password of any letters", async () => {
    const password = "a:b@c/ü%";
    const { port } = await front({
      tls: certificate,
      users: new Map([[`app:${password}`, { mayWrite: true }]]),
    });
    const login = `app:${encodeURIComponent(password)}`;
    const [read, write, health] = await told(
      `${at(port, login, "opensearch+https")}${ca("right.pem")}`,
    );
    expect([read.kind, write.kind]).toEqual(["ok", "ok"]);
    expect(health).not.toContain("auth");
  });

  it.each(["wrong.pem", undefined])(
    "F15: a certificate that %s did not sign is an auth error, not tried again",
    async (file) => {
      const { port, requests } = await front({ tls: certificate });
      const dsn = `${at(port, undefined, "opensearch+https")}${file === undefined ? "" : ca(file)}`;
      const untrusted = { kind: "auth", attempts: 1, hint: expect.stringContaining("ca=") };
      const health = expect.stringContaining("certificate is not trusted") as string;
      expect(await told(dsn)).toEqual([...both(untrusted), health]);
      expect(requests()).toBe(0);
    },
  );

  it("F15: a certificate of another host is an auth error", async () => {
    const { port } = await front({ tls: makeCertificate({ hosts: ["elsewhere"], addresses: [] }) });
    const [read] = await told(`${at(port, undefined, "opensearch+https")}`);
    expect(read).toMatchObject({ kind: "auth", attempts: 1 });
  });

  it("TLS to a server that speaks plain HTTP says so, once", async () => {
    const dsn = server.dsn.replace("opensearch://", `opensearch+https://app:${secret}@`);
    const oneSided = {
      kind: "unavailable",
      attempts: 1,
      hint: expect.stringContaining("opensearch+https: is HTTP over TLS"),
    };
    expect((await told(`${dsn}${path}`)).slice(0, 2)).toEqual(both(oneSided));
  });

  it("plain HTTP to a server that speaks TLS is unavailable, and says what may be meant", async () => {
    const { port } = await front({ tls: certificate });
    const [read, write] = await told(at(port));
    expect(read).toMatchObject({ kind: "unavailable", hint: expect.stringContaining("https") });
    expect(["unavailable", "outcome-unknown"]).toContain(write.kind);
  });

  it("F15: wrong credentials are an auth error, not tried again", async () => {
    const { port, requests } = await front({
      users: new Map([["app:right", { mayWrite: true }]]),
    });
    const wrong = { kind: "auth", code: "401", attempts: 1, hint: expect.stringContaining("DSN") };
    const health = expect.stringContaining("auth (401)") as string;
    expect(await told(at(port))).toEqual([...both(wrong), health]);
    expect(requests()).toBe(3);
  });

  it("F15: a user that may only read reads; its write is an auth error", async () => {
    const { port } = await front({ users: new Map([[`app:${secret}`, { mayWrite: false }]]) });
    const [read, write] = await told(at(port));
    expect(read.kind).toBe("ok");
    expect(write).toMatchObject({ kind: "auth", code: "security_exception", attempts: 1 });
  });

  it.each([
    ["a page", 200, "text/html", "<html>sign in</html>"],
    ["JSON of another service", 200, "application/json", '{"status":"ok"}'],
    ["a list", 200, "application/json", "[]"],
    ["nothing", 204, "text/plain", ""],
  ])(
    "%s in place of an answer is no empty answer, and no write that was done",
    async (_, status, type, body) => {
      const { port } = await front({
        instead: () => ({ status, headers: { "content-type": type }, body }),
      });
      const [read, write] = await told(at(port));
      expect(read).toMatchObject({ kind: "unavailable", hint: expect.stringContaining("DSN") });
      expect(write.kind).toBe("outcome-unknown");
    },
  );

  it("a server of another protocol is unavailable", async () => {
    const greeter = createServer(
      (socket) => void socket.resume().end("220 mail.example ESMTP\r\n"),
    );
    await new Promise<void>((done) => greeter.listen(0, "127.0.0.1", done));
    const address = greeter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const [read] = await told(at(port));
    expect(read).toMatchObject({ kind: "unavailable", hint: expect.any(String) });
    await new Promise((done) => greeter.close(done));
  });

  it("a path that no index may begin with is the program's fault", async () => {
    const opened = openStore(`${server.dsn}/_Staging`);
    expect(await attempt(() => place(opened, view))).toMatchObject({
      kind: "programming",
      code: "invalid_index_name_exception",
      hint: expect.stringContaining("path of the DSN"),
    });
    await opened.close();
  });

  it("a file of authorities that is not there is refused when the store is opened", () => {
    expect(() => openStore(`${at(1, undefined, "opensearch+https")}${ca("none.pem")}`)).toThrow(
      /none\.pem/,
    );
  });
});
