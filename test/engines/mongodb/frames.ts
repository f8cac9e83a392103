/** MongoDB's wire protocol, as far as one must know it to tell which reply is whose: every message begins with its length. */
import type { Framer, Piece } from "../../support/frames.ts";

/** A request is one message; its text is the command and what it is about: `insert items`, `commitTransaction`. */
export function mongoFramer(): Framer {
  return { requests: messageReader(), pieces: replyReader() };
}

function messageReader(): Framer["requests"] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const done: string[] = [];
    while (held.length >= 16 && held.length >= held.readInt32LE(0)) {
      const size = held.readInt32LE(0);
      done.push(textOf(held.subarray(0, size)));
      held = held.subarray(size);
    }
    return done;
  };
}

const opMsg = 2013;
const bsonString = 2;

/** Header (16), flags (4), kind of section (1), length of the document (4), then its first element: type, name, value. */
function textOf(message: Buffer): string {
  if (message.readInt32LE(12) !== opMsg || message.length < 27) return "";
  const end = message.indexOf(0, 26);
  const command = message.toString("utf8", 26, end);
  if (message[25] !== bsonString) return command;
  const size = message.readInt32LE(end + 1);
  return `${command} ${message.toString("utf8", end + 5, end + 4 + size)}`;
}

/** One connection has one request in flight, so replies come in the order of the requests. */
function replyReader(): Framer["pieces"] {
  let reply = 0;
  let head: Buffer = Buffer.alloc(0);
  let rest = 0;
  return (chunk) => {
    const found: Piece[] = [];
    for (let start = 0; start < chunk.length;) {
      const began = start;
      if (rest === 0) {
        const more = chunk.subarray(start, start + 4 - head.length);
        head = Buffer.concat([head, more]);
        start += more.length;
        if (head.length === 4) rest = head.readInt32LE(0) - 4;
      }
      const end = Math.min(chunk.length, start + rest);
      rest -= end - start;
      const last = head.length === 4 && rest === 0;
      found.push({ bytes: chunk.subarray(began, end), reply, last });
      if (last) {
        reply += 1;
        head = Buffer.alloc(0);
      }
      start = end;
    }
    return found;
  };
}
