/** The one function through which every call goes, against a server that answers what no good server should. */
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { getGRPCService } from "@zilliz/milvus2-sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classify } from "../../../templates/engines/milvus/errors.ts";
import { openStore, type OpenedMilvus } from "../../engines/milvus/opened.ts";
import { callOp } from "../../../templates/runtime/call.ts";
import { stopwatch } from "../../support/stopwatch.ts";

type Answer = object | Error | "silence";
let answer: Answer = {};
let seen: { readonly metadata: Record<string, unknown>; cancelled: boolean } | undefined;

const { service } = getGRPCService(
  { serviceName: "milvus.proto.milvus.MilvusService" },
  { keepCase: true },
);
const getVersion: handleUnaryCall<object, object> = (call, reply) => {
  const now = { metadata: call.metadata.getMap(), cancelled: false };
  seen = now;
  call.on("cancelled", () => (now.cancelled = true));
  if (answer === "silence") return;
  if (answer instanceof Error) reply(answer);
  else reply(null, answer);
};

const server = new Server();
let port = 0;
let opened: OpenedMilvus;

beforeAll(async () => {
  server.addService(service, { GetVersion: getVersion });
  port = await new Promise<number>((bound, failed) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, made) =>
      error === null ? bound(made) : failed(error),
    );
  });
  opened = openStore(`milvus://app:secret@127.0.0.1:${port}/shop`, { deadlineMs: 2_000 });
});
afterAll(async () => {
  await opened.close();
  server.forceShutdown();
});

const ask = (
  options: { deadlineMs?: number; signal?: AbortSignal } = {},
  effect: "read" | "write" = "read",
) =>
  callOp(
    opened.store.runtime,
    { operation: "test.call", effect },
    { retry: "never", ...options },
    (attempt) => opened.store.channel.call("GetVersion", {}, attempt),
  );

test("a reply whose status is a success in both codes is the answer", async () => {
  answer = { status: {}, version: "2.6.14" };
  expect((await ask())["version"]).toBe("2.6.14");
});

test("a call whose caller was answered while it waited for its turn is not sent", async () => {
  answer = { status: {}, version: "2.6.14" };
  seen = undefined;
  const attempt = {
    settled: true,
    sent: true,
    onAbandon: undefined,
    attempts: 1,
    remainingMs: () => 1_000,
  };
  await expect(opened.store.channel.call("GetVersion", {}, attempt)).rejects.toThrow(
    "before it was sent",
  );
  expect([seen, attempt.sent]).toEqual([undefined, false]);
});

test("a reply without status is a failure, however well it came", async () => {
  answer = {};
  await expect(ask()).rejects.toMatchObject({ kind: "programming" });
  answer = { version: "2.6.14" };
  await expect(ask()).rejects.toMatchObject({ kind: "programming" });
});

test.each([
  [{ code: 100 }, "unavailable", "100"],
  [{ error_code: 4 }, "unavailable", "4"],
  [{ code: 1 }, "outcome-unknown", "1"],
  [{ code: 1400 }, "auth", "1400"],
  [{ code: 8, error_code: 49 }, "overloaded", "8"],
] as const)("status %j is %s", async (given, kind, code) => {
  answer = { status: { ...given, reason: 'because of "a value"' }, version: "2.6.14" };
  await expect(ask({}, "write")).rejects.toMatchObject({ kind, code });
});

test("what a server's reason quotes is not told", async () => {
  answer = { status: { code: 1100, reason: 'cannot parse "a value"' } };
  const error: unknown = await ask().catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: "programming", code: "1100" });
  expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain("a value");
});

test("a call that the server does not have is told so", async () => {
  const call = callOp(
    opened.store.runtime,
    { operation: "test.call", effect: "read" },
    undefined,
    (attempt) => opened.store.channel.call("GetReplicas", {}, attempt),
  );
  await expect(call).rejects.toMatchObject({
    kind: "programming",
    code: String(status.UNIMPLEMENTED),
  });
  const unknown = callOp(
    opened.store.runtime,
    { operation: "test.call", effect: "read" },
    undefined,
    (attempt) => opened.store.channel.call("NoSuchCall", {}, attempt),
  );
  await expect(unknown).rejects.toMatchObject({ kind: "programming" });
});

test("user, password and database go with every call; neither shows in what the store prints", async () => {
  answer = { status: {}, version: "1" };
  await ask();
  expect(seen?.metadata).toMatchObject({
    authorization: Buffer.from("app:secret").toString("base64"),
    dbname: "shop",
  });
  expect(JSON.stringify(opened.store.runtime.telemetry.identity)).not.toContain("secret");
});

test("a deadline and an abort end the call here and at the server", async () => {
  answer = "silence";
  const began = stopwatch();
  await expect(ask({ deadlineMs: 200 }, "write")).rejects.toMatchObject({
    kind: "outcome-unknown",
  });
  await expect(ask({ deadlineMs: 200 })).rejects.toMatchObject({ kind: "timeout" });
  expect(began.elapsed()).toBeLessThan(2 * (200 + 250));
  const abort = new AbortController();
  seen = undefined;
  const call = ask({ signal: abort.signal });
  await expect.poll(() => seen?.cancelled).toBe(false);
  abort.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  await expect.poll(() => seen?.cancelled).toBe(true);
});

test("more calls than there is room for wait, and are overloaded when their time is up", async () => {
  answer = "silence";
  const full = openStore(`milvus://127.0.0.1:${port}`, {
    deadlineMs: 2_000,
    pool: { max: 1, acquireTimeoutMs: 100 },
  });
  await full.store.channel.load();
  const one = () =>
    callOp(
      full.store.runtime,
      { operation: "test.call", effect: "read" },
      { deadlineMs: 1_500, retry: "never" },
      (attempt) => full.store.channel.call("GetVersion", {}, attempt),
    ).then(
      () => "answered",
      (error: { readonly kind?: string }) => error.kind,
    );
  const all = await Promise.all(Array.from({ length: 103 }, one));
  expect(all.filter((kind) => kind === "overloaded")).toHaveLength(3);
  expect(all.filter((kind) => kind === "timeout")).toHaveLength(100);
  expect(full.store.channel.calls).toEqual({ used: 0, pending: 0 });
  await full.close();
});

test("nothing listens: unavailable at once, and known not to be applied", async () => {
  const nowhere = openStore("milvus://127.0.0.1:1", { deadlineMs: 3_000 });
  const call = callOp(
    nowhere.store.runtime,
    { operation: "test.call", effect: "write" },
    { retry: "never" },
    (attempt) => nowhere.store.channel.call("GetVersion", {}, attempt),
  );
  await expect(call).rejects.toMatchObject({ kind: "unavailable" });
  expect((await nowhere.store.health()).state).toBe("down");
  await nowhere.close();
});

test("what no rule knows is in doubt", () => {
  expect(classify(new TypeError("no such thing"))).toMatchObject({ outcome: "unknown" });
});
