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

/** What is still to come of a message: its head, a chunk's size, or bytes after which it ends or goes on with a chunk's size. */
type Rest =
  | { readonly kind: "head"; readonly text: string }
  | { readonly kind: "size"; readonly text: string; readonly line: string }
  | {
      readonly kind: "bytes";
      readonly count: number;
      readonly line: string;
      readonly next: "end" | "size";
    };

const between: Rest = { kind: "head", text: "" };
const headEnd = "\r\n\r\n";
const lineEnd = "\r\n";

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
  if (rest.kind === "size") return readSize(rest, bytes);
  const { line, next } = rest;
  const used = Math.min(rest.count, bytes.length);
  if (used < rest.count) return [{ ...rest, count: rest.count - used }, used];
  return next === "end" ? [between, used, line] : [{ kind: "size", text: "", line }, used];
}

function readHead(before: string, bytes: Buffer): readonly [Rest, number, string?] {
  const text = before + bytes.toString("latin1");
  const end = text.indexOf(headEnd);
  if (end < 0) return [{ kind: "head", text }, bytes.length];
  const used = end + headEnd.length - before.length;
  const head = text.slice(0, end);
  const line = head.slice(0, head.indexOf(lineEnd)).replace(/ ?HTTP\/1\.1 ?/, "");
  if (/^transfer-encoding: *chunked/im.test(head)) return [{ kind: "size", text: "", line }, used];
  const count = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return count === 0 ? [between, used, line] : [{ kind: "bytes", count, line, next: "end" }, used];
}

/** The last chunk is empty; trailers are not read. */
function readSize(
  { text: before, line }: Extract<Rest, { readonly kind: "size" }>,
  bytes: Buffer,
): readonly [Rest, number] {
  const text = before + bytes.toString("latin1");
  const end = text.indexOf(lineEnd);
  if (end < 0) return [{ kind: "size", text, line }, bytes.length];
  const size = Number.parseInt(text.slice(0, end), 16);
  const used = end + lineEnd.length - before.length;
  const next = size === 0 ? "end" : "size";
  return [{ kind: "bytes", count: size + lineEnd.length, line, next }, used];
}
