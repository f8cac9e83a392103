/** PostgreSQL's protocol, as far as one must know it to tell which reply is whose (manual, "Message Formats"). */
import type { Framer, Piece } from "../../support/frames.ts";

const headerBytes = 5;
const sslRequest = 80877103;
const gssRequest = 80877104;

/** A request is what the server answers with one ReadyForQuery: a simple query, or everything up to a Sync. */
export function postgresFramer(): Framer {
  const negotiation = { pending: 0, encrypted: false };
  const requests = requestReader(negotiation);
  const pieces = replyReader(negotiation);
  return { requests, pieces };
}

/** Questions about encryption that come before the first message and are answered by one bare byte each. */
interface Negotiation {
  pending: number;
  encrypted: boolean;
}

function requestReader(negotiation: Negotiation): Framer["requests"] {
  let held: Buffer = Buffer.alloc(0);
  let started = false;
  let parts: string[] = [];
  const statements = new Map<string, string>();
  const take = (size: number): Buffer => {
    const message = held.subarray(0, size);
    held = held.subarray(size);
    return message;
  };
  const opening = (): boolean => {
    if (held.length < 8 || held.length < held.readInt32BE(0)) return false;
    const code = take(held.readInt32BE(0)).readInt32BE(4);
    if (code === sslRequest || code === gssRequest) negotiation.pending += 1;
    else started = true;
    return true;
  };
  const message = (done: string[]): boolean => {
    if (held.length < headerBytes || held.length < held.readInt32BE(1) + 1) return false;
    const whole = take(held.readInt32BE(1) + 1);
    const type = String.fromCharCode(whole[0] ?? 0);
    const [first = "", second = ""] = whole.subarray(headerBytes).toString("latin1").split("\0", 2);
    if (type === "P") statements.set(first, Buffer.from(second, "latin1").toString());
    if (type === "B") parts.push(statements.get(second) ?? second);
    if (type === "Q") parts.push(Buffer.from(first, "latin1").toString());
    if (type === "Q" || type === "S") {
      done.push(parts.join("; "));
      parts = [];
    }
    return true;
  };
  return (chunk) => {
    const done: string[] = [];
    if (negotiation.encrypted) return done;
    held = Buffer.concat([held, chunk]);
    while (started ? message(done) : opening());
    return done;
  };
}

function replyReader(negotiation: Negotiation): Framer["pieces"] {
  let reply = -1;
  let header: number[] = [];
  let rest = 0;
  /** Consumes one message or the part of it that is here; gives where it ends and whether it ends a reply. */
  const step = (chunk: Buffer, from: number): { readonly end: number; readonly ready: boolean } => {
    let at = from;
    while (header.length < headerBytes && at < chunk.length) {
      header.push(chunk[at] ?? 0);
      at += 1;
      if (header.length === headerBytes) rest = Buffer.from(header).readInt32BE(1) - 4;
    }
    const body = Math.min(rest, chunk.length - at);
    rest -= body;
    const complete = header.length === headerBytes && rest === 0;
    const ready = complete && header[0] === "Z".charCodeAt(0);
    if (complete) header = [];
    return { end: at + body, ready };
  };
  return (chunk) => {
    const found: Piece[] = [];
    let at = 0;
    while (negotiation.pending > 0 && at < chunk.length) {
      negotiation.pending -= 1;
      negotiation.encrypted ||= chunk[at] !== "N".charCodeAt(0);
      at += 1;
    }
    if (negotiation.encrypted) return [{ bytes: chunk, reply: -1, last: false }];
    if (at > 0) found.push({ bytes: chunk.subarray(0, at), reply: -1, last: false });
    for (let start = at; at < chunk.length;) {
      const { end, ready } = step(chunk, at);
      at = end;
      if (!ready && at < chunk.length) continue;
      found.push({ bytes: chunk.subarray(start, at), reply, last: ready && reply >= 0 });
      start = at;
      if (ready) reply += 1;
    }
    return found;
  };
}
