import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

/** Which backend to interrupt, and how to reach its server. */
export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions | undefined;
  readonly processId: number;
  readonly secretKey: number;
}

const message = (...words: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(4 * (words.length + 1));
  [buffer.length, ...words].forEach((word, at) => buffer.writeInt32BE(word | 0, 4 * at));
  return buffer;
};

const sslRequest = message(80_877_103);
const patienceMs = 2_000;

/**
 * Asks the server to interrupt whatever that backend runs at the moment (protocol message CancelRequest, on a connection of its own).
 * Resolves when the server has closed that connection, which it does after sending the signal. Never rejects: a request that gets lost is
 * followed by the grace period of the connection.
 */
export const sendCancelRequest = (target: CancelTarget): Promise<void> =>
  new Promise((resolve) => {
    const socket = connectTcp(target.port, target.host);
    const finish = (): void => {
      socket.destroy();
      resolve();
    };
    const send = (stream: Socket): void => {
      stream.on("error", finish).on("close", finish).resume();
      stream.write(message(80_877_102, target.processId, target.secretKey));
    };
    socket.setTimeout(patienceMs, finish);
    socket.once("error", finish).once("close", finish);
    socket.once("connect", () => {
      const { tls } = target;
      if (tls === undefined) return send(socket);
      socket.once("data", (answer) => {
        if (answer.toString("latin1") !== "S") return finish();
        const secure = connectTls({ ...tls, socket, host: target.host });
        secure.once("secureConnect", () => send(secure)).once("error", finish);
      });
      socket.write(sslRequest);
    });
  });
