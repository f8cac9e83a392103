import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { dsn as rules } from "../../../src/engines/postgres/dsn.ts";
import { connectorOf } from "../../../templates/engines/postgres/connector.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";

const frame = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const welcome = Buffer.concat([
  frame("R", Buffer.alloc(4)),
  frame("K", Buffer.alloc(8)),
  frame("Z", Buffer.from("I")),
]);
const refusal = Buffer.concat([
  frame("E", Buffer.from("SERROR\0VERROR\0C58000\0Mno\0\0")),
  frame("Z", Buffer.from("I")),
]);

const sockets: Socket[] = [];
/** Lets everybody in and refuses every statement. */
const server = createServer((socket) => {
  sockets.push(socket);
  socket.on("error", () => {});
  socket.once("data", () => {
    socket.write(welcome);
    socket.on("data", () => socket.write(refusal));
  });
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it("a connection whose probe fails is ended, not left behind", async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const dsn = parseDsn(
    `postgresql://shop@127.0.0.1:${port}/shop?target_session_attrs=read-write`,
    rules,
  );
  await expect(connectorOf(dsn, { name: "test" })()).rejects.toMatchObject({
    fault: { outcome: "not-applied" },
  });
  expect(sockets).toHaveLength(1);
  await expect.poll(() => sockets[0]?.readableEnded === true || sockets[0]?.destroyed).toBe(true);
});
