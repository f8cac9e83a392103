/** HTTP/1.1 without pipelining, as far as one must know it to tell which reply is whose. */
import type { Framer, Piece } from "../../support/frames.ts";

/** A request's text is its method and path. */
export function httpFramer(): Framer {
  const requests = messageReader();
  const replies = messageReader();
  let reply = 0;
  return {
    requests: (chunk) =>
      requests(chunk).flatMap(({ ended }) => (ended === undefined ? [] : [ended])),
    pieces: (chunk) =>
      replies(chunk).map(({ bytes, ended }): Piece => {
        const piece = { bytes, reply, last: ended !== undefined };
        if (piece.last) reply += 1;
        return piece;
      }),
  };
}

/** Bytes of one message; `ended` when it is whole: its first line without the protocol's version. */
interface Part {
  readonly bytes: Buffer;
  readonly ended?: string;
}

/** What is still to come of a message. */
type Rest =
  | { readonly kind: "head"; readonly text: string }
  | { readonly kind: "body"; readonly line: string; readonly bytes: number }
  | { readonly kind: "chunks"; readonly line: string; readonly tail: string };

const between: Rest = { kind: "head", text: "" };
const headEnd = "\r\n\r\n";
const lastChunk = "\r\n0\r\n\r\n";

function messageReader(): (chunk: Buffer) => readonly Part[] {
  let rest: Rest = between;
  return (chunk) => {
    const parts: Part[] = [];
    for (let start = 0; start < chunk.length;) {
      const began = start;
      let ended: string | undefined;
      for (; start < chunk.length && ended === undefined;) {
        const [next, used, line] = step(rest, chunk.subarray(start));
        [rest, ended] = [next, line];
        start += used;
      }
      const bytes = chunk.subarray(began, start);
      parts.push(ended === undefined ? { bytes } : { bytes, ended });
    }
    return parts;
  };
}

/** Reads on: what is left then, how many bytes it took, and the first line of a message that has ended. */
function step(rest: Rest, bytes: Buffer): readonly [Rest, number, string?] {
  if (rest.kind === "head") return readHead(rest.text, bytes);
  const { line } = rest;
  if (rest.kind === "body") {
    const used = Math.min(rest.bytes, bytes.length);
    if (used === rest.bytes) return [between, used, line];
    return [{ ...rest, bytes: rest.bytes - used }, used];
  }
  // An answer ends with its chunk here, since the next one waits for a request.
  const tail = (rest.tail + bytes.toString("latin1")).slice(-lastChunk.length);
  if (tail === lastChunk) return [between, bytes.length, line];
  return [{ kind: "chunks", line, tail }, bytes.length];
}

function readHead(before: string, bytes: Buffer): readonly [Rest, number, string?] {
  const text = before + bytes.toString("latin1");
  const end = text.indexOf(headEnd);
  if (end < 0) return [{ kind: "head", text }, bytes.length];
  const used = end + headEnd.length - before.length;
  const head = text.slice(0, end);
  const line = head.slice(0, head.indexOf("\r\n")).replace(/ ?HTTP\/1\.1 ?/, "");
  if (/^transfer-encoding: *chunked/im.test(head))
    return [{ kind: "chunks", line, tail: "\r\n" }, used];
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return length === 0 ? [between, used, line] : [{ kind: "body", line, bytes: length }, used];
}
