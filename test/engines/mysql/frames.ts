/** MySQL's protocol, as far as one must know it to tell which reply is whose (internals manual, "Client/Server Protocol"). */
import type { Framer, Piece } from "../../support/frames.ts";

const headerBytes = 4;
const commands = { quit: 0x01, query: 0x03, prepare: 0x16, execute: 0x17, close: 0x19 } as const;
const sslFlag = 0x0800;
const largest = 0xff_ff_ff;

/** What the server's packets answer. */
interface Expected {
  /** Number of the request. */
  readonly request: number;
  readonly kind: "prepare" | "result";
}

/** What both directions know of a connection. */
interface Session {
  /** Until the server has accepted the login, its packets answer no request. */
  loggedIn: boolean;
  encrypted: boolean;
  readonly expected: Expected[];
  /** Texts by statement id, as the server gave it. */
  readonly statements: Map<number, string>;
  readonly preparing: string[];
}

/** A request is one command that the server answers: a query, a preparation or an execution. */
export function mysqlFramer(): Framer {
  const session: Session = {
    loggedIn: false,
    encrypted: false,
    expected: [],
    statements: new Map(),
    preparing: [],
  };
  return { requests: requestReader(session), pieces: replyReader(session) };
}

function requestReader(session: Session): Framer["requests"] {
  let held: Buffer = Buffer.alloc(0);
  let numbered = 0;
  /** The rest of a packet larger than 16 MiB follows in others. */
  let continues = false;
  const packet = (payload: Buffer): string | undefined => {
    const follows = continues;
    continues = payload.length === largest;
    if (follows || payload.length === 0) return undefined;
    const text = textOf(session, payload);
    if (text === undefined) return undefined;
    const kind = payload[0] === commands.prepare ? "prepare" : "result";
    session.expected.push({ request: numbered, kind });
    numbered += 1;
    return text;
  };
  return (chunk) => {
    const done: string[] = [];
    if (session.encrypted) return done;
    held = Buffer.concat([held, chunk]);
    while (held.length >= headerBytes && held.length >= headerBytes + held.readUIntLE(0, 3)) {
      const size = headerBytes + held.readUIntLE(0, 3);
      const payload = held.subarray(headerBytes, size);
      held = held.subarray(size);
      if (session.loggedIn) {
        const text = packet(payload);
        if (text !== undefined) done.push(text);
      } else if (payload.length === 32 && (payload.readUInt32LE(0) & sslFlag) !== 0) {
        session.encrypted = true;
        return done;
      }
    }
    return done;
  };
}

/** The text of a command that is answered; undefined for one that is not. */
function textOf(session: Session, payload: Buffer): string | undefined {
  const [command] = payload;
  if (command === commands.quit || command === commands.close) return undefined;
  if (command === commands.execute) {
    return session.statements.get(payload.readUInt32LE(1)) ?? "unknown statement";
  }
  // Query attributes come before the text of a query: here always none, in two bytes.
  const start = command === commands.query && payload[1] === 0 && payload[2] === 1 ? 3 : 1;
  const text = payload.toString("utf8", start);
  if (command === commands.prepare) session.preparing.push(text);
  return text;
}

/** One reply under way. */
interface Reply {
  /** Packets that must still come of a preparation; of a result, lists that must still end. */
  left: number;
  first: boolean;
}

function replyReader(session: Session): Framer["pieces"] {
  let header: number[] = [];
  let rest = 0;
  let body: number[] = [];
  let size = 0;
  let reply: Reply = { left: 0, first: true };

  /** Whether the reply of the oldest request ends with this packet. */
  const ends = (start: Buffer, length: number, kind: Expected["kind"]): boolean => {
    const [type] = start;
    if (type === 0xff) return true;
    if (kind === "prepare") return preparationEnds(start);
    const end = type === 0xfe && length < 9;
    if (reply.first) {
      reply.first = false;
      reply.left = 2;
      return type === 0x00;
    }
    if (end) reply.left -= 1;
    return reply.left === 0;
  };
  /** A head, then its parameters and an end, then its columns and an end. */
  const preparationEnds = (start: Buffer): boolean => {
    if (reply.first) {
      reply.first = false;
      const columns = start.readUInt16LE(5);
      const parameters = start.readUInt16LE(7);
      session.statements.set(start.readUInt32LE(1), session.preparing.shift() ?? "");
      reply.left = [columns, parameters].reduce((sum, n) => sum + (n > 0 ? n + 1 : 0), 0);
    } else {
      reply.left -= 1;
    }
    return reply.left === 0;
  };
  /** Consumes one packet or the part of it that is here. */
  const step = (chunk: Buffer, from: number): { readonly end: number; readonly whole: boolean } => {
    let at = from;
    while (header.length < headerBytes && at < chunk.length) {
      header.push(chunk[at] ?? 0);
      at += 1;
      if (header.length === headerBytes) {
        rest = Buffer.from(header).readUIntLE(0, 3);
        size = rest;
        body = [];
      }
    }
    const part = Math.min(rest, chunk.length - at);
    if (body.length < 12) body.push(...chunk.subarray(at, at + Math.min(part, 12)));
    rest -= part;
    const whole = header.length === headerBytes && rest === 0;
    if (whole) header = [];
    return { end: at + part, whole };
  };
  /** Whether a reply ends here; before the login only its success is looked for. */
  const complete = (): boolean => {
    const start = Buffer.from(body);
    if (!session.loggedIn) {
      // The greeting begins with its version, 10; what follows is the login's.
      if (start[0] === 0x00) session.loggedIn = true;
      return false;
    }
    const [oldest] = session.expected;
    return oldest !== undefined && ends(start, size, oldest.kind);
  };
  return (chunk) => {
    if (session.encrypted) return [{ bytes: chunk, reply: -1, last: false }];
    const found: Piece[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length;) {
      const { end, whole } = step(chunk, at);
      at = end;
      const answers = session.loggedIn ? (session.expected[0]?.request ?? -1) : -1;
      const last = whole && complete();
      if (last) {
        session.expected.shift();
        reply = { left: 0, first: true };
      }
      if (!last && at < chunk.length && answers === (session.expected[0]?.request ?? -1)) continue;
      found.push({ bytes: chunk.subarray(start, at), reply: answers, last });
      start = at;
    }
    return found;
  };
}
