/** Redis's protocol, versions 2 and 3, as far as one must know it to tell which reply is whose. */
import type { Framer, Piece } from "../../support/frames.ts";

/** A request is one command; messages that the server pushes answer none. */
export function redisFramer(): Framer {
  return { requests: commandReader(), pieces: replyReader() };
}

function commandReader(): Framer["requests"] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const done: string[] = [];
    for (let command = readCommand(held); command; command = readCommand(held)) {
      done.push(command.text);
      held = held.subarray(command.size);
    }
    return done;
  };
}

interface Command {
  readonly text: string;
  readonly size: number;
}

/** One whole command, as an array of strings or as a plain line. */
function readCommand(bytes: Buffer): Command | undefined {
  const first = lineAt(bytes, 0);
  if (!first) return undefined;
  if (!first.text.startsWith("*")) return { text: first.text, size: first.end };
  const words: string[] = [];
  let at = first.end;
  for (let left = Number(first.text.slice(1)); left > 0; left -= 1) {
    const length = lineAt(bytes, at);
    if (!length) return undefined;
    const size = Number(length.text.slice(1));
    at = length.end + size + 2;
    if (at > bytes.length) return undefined;
    words.push(bytes.toString("utf8", length.end, length.end + Math.min(size, 200)));
  }
  return { text: words.join(" "), size: at };
}

function lineAt(
  bytes: Buffer,
  from: number,
): { readonly text: string; readonly end: number } | undefined {
  const stop = bytes.indexOf("\r\n", from, "latin1");
  return stop < 0 ? undefined : { text: bytes.toString("latin1", from, stop), end: stop + 2 };
}

/** Values still to come at each depth of nesting, and what is open in the innermost one. */
interface Progress {
  line: string;
  /** Bytes of a long string still to come, its line end included. */
  rest: number;
  /** Values still to come; the last entry is the innermost. Empty between two replies. */
  open: number[];
  pushed: boolean;
}

function replyReader(): Framer["pieces"] {
  const progress: Progress = { line: "", rest: 0, open: [], pushed: false };
  let reply = 0;
  return (chunk) => {
    const found: Piece[] = [];
    for (let start = 0; start < chunk.length;) {
      if (progress.open.length === 0) {
        progress.open = [1];
        progress.pushed = chunk[start] === ">".charCodeAt(0);
      }
      const end = consume(progress, chunk, start);
      const last = progress.open.length === 0;
      const number = progress.pushed ? -1 : reply;
      found.push({ bytes: chunk.subarray(start, end), reply: number, last });
      if (last && !progress.pushed) reply += 1;
      start = end;
    }
    return found;
  };
}

/** Reads on until a top-level value ends or the bytes do; gives where. */
function consume(progress: Progress, chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && progress.open.length > 0) {
    if (progress.rest > 0) {
      const part = Math.min(progress.rest, chunk.length - at);
      progress.rest -= part;
      at += part;
      if (progress.rest === 0) closeValue(progress);
      continue;
    }
    progress.line += String.fromCharCode(chunk[at] ?? 0);
    at += 1;
    if (!progress.line.endsWith("\r\n")) continue;
    openValue(progress, progress.line);
    progress.line = "";
  }
  return at;
}

function openValue(progress: Progress, line: string): void {
  const size = Number(line.slice(1, -2));
  switch (line[0]) {
    case "$":
    case "=":
    case "!":
      if (size < 0) closeValue(progress);
      else progress.rest = size + 2;
      return;
    case "*":
    case "~":
    case ">":
      return openGroup(progress, size);
    case "%":
      return openGroup(progress, size * 2);
    case "|":
      // An attribute comes before the value that it describes: one value more at this depth.
      return openGroup(progress, size * 2 + 1);
    default:
      closeValue(progress);
  }
}

function openGroup(progress: Progress, values: number): void {
  if (values > 0) progress.open.push(values);
  else closeValue(progress);
}

/** One value is complete, and so is each group whose last value it was. */
function closeValue(progress: Progress): void {
  while (progress.open.length > 0) {
    const left = (progress.open.pop() ?? 0) - 1;
    if (left > 0) {
      progress.open.push(left);
      return;
    }
  }
}
