/** From bytes to text: what is not plain UTF-8 text never reaches a parser. */

export type Decoded =
  | { readonly text: string }
  | { readonly offset: number; readonly what: string };

/** @returns the text without its byte order mark, or the byte offset of the first byte that no text holds */
export function decode(bytes: Uint8Array): Decoded {
  const control = firstControl(bytes);
  if (control >= 0)
    return { offset: control, what: `the byte 0x${hex(bytes[control])}, which no text holds` };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { offset: firstInvalid(bytes), what: "bytes that are not UTF-8" };
  }
}

const hex = (byte = 0): string => byte.toString(16).padStart(2, "0");

function firstControl(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f)
      return at;
  }
  return -1;
}

/** Length of the longest valid beginning, by bisection over a decoder that tolerates a cut character at the end. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let end = bytes.length;
  while (end - valid > 1) {
    const middle = (valid + end) >> 1;
    if (decodes(bytes.subarray(0, middle))) valid = middle;
    else end = middle;
  }
  return valid;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** 1-based line and column (in bytes) of a byte offset. */
export function bytePosition(
  bytes: Uint8Array,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
