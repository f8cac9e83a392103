import { Buffer, isUtf8 } from "node:buffer";
import { hash } from "node:crypto";

/** What a file holds: text where the bytes are UTF-8 without NUL, bytes otherwise. */
export type Content = string | Uint8Array;

/** How a user's editor or git stores a text: what a rewrite has to keep. */
export interface TextShape {
  readonly bom: boolean;
  readonly eol: "\n" | "\r\n";
  readonly finalNewline: boolean;
}

const bom = "\uFEFF";
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes as text where they are text; a byte order mark is kept. */
export function contentOf(bytes: Uint8Array): Content {
  return isUtf8(bytes) && !bytes.includes(0) ? decoder.decode(bytes) : bytes;
}

/**
 * The text as the generator thinks of it: no byte order mark, LF, final newline.
 * Two texts that differ only by what autocrlf or an editor's save changes are equal after it.
 */
export function normaliseText(text: string): string {
  const unmarked = text.startsWith(bom) ? text.slice(1) : text;
  const lf = unmarked.includes("\r\n") ? unmarked.replaceAll("\r\n", "\n") : unmarked;
  return lf === "" || lf.endsWith("\n") ? lf : `${lf}\n`;
}

/** {@link normaliseText} for text, the bytes themselves for anything else. */
export function normalise(content: Content): Content {
  return typeof content === "string" ? normaliseText(content) : content;
}

/** Equality of two contents already passed through {@link normalise}. */
export function sameContent(a: Content, b: Content): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return Buffer.compare(a, b) === 0;
}

/** sha256 (hex) of a content already passed through {@link normalise}. */
export function hashOf(content: Content): string {
  return hash("sha256", content, "hex");
}

/** The shape of a text on disk. Mixed line ends count as the commoner one. */
export function shapeOf(text: string): TextShape {
  const crlf = occurrences(text, "\r\n");
  const lf = occurrences(text, "\n") - crlf;
  return {
    bom: text.startsWith(bom),
    eol: crlf > lf ? "\r\n" : "\n",
    finalNewline: text.endsWith("\n") || text === "" || text === bom,
  };
}

/** A text in the shape that its file has on disk, so that a rewrite changes only what changed. */
export function inShape(text: string, shape: TextShape): string {
  const plain = normaliseText(text);
  // Behind an empty last line the newline is content: without it the text would be another one.
  const ended = shape.finalNewline || !/[^\n]\n$/.test(plain) ? plain : plain.slice(0, -1);
  const lines = shape.eol === "\r\n" ? ended.replaceAll("\n", "\r\n") : ended;
  return shape.bom ? bom + lines : lines;
}

function occurrences(text: string, needle: string): number {
  let count = 0;
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) count += 1;
  return count;
}
