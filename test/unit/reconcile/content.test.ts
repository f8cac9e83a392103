import { expect, test } from "vitest";
import {
  contentOf,
  hashOf,
  inShape,
  normalise,
  normaliseText,
  shapeOf,
} from "../../../src/reconcile/content.ts";

test.each([
  ["", ""],
  ["a", "a\n"],
  ["a\r\nb", "a\nb\n"],
  ["\uFEFFa\n", "a\n"],
  ["a\rb\n", "a\rb\n"],
  ["\n", "\n"],
  ["a\n\n", "a\n\n"],
])("%j is %j to us", (text, expected) => {
  expect(normaliseText(text)).toBe(expected);
});

test("the shape of a text is kept, and never changes what it says", () => {
  const crlf = shapeOf("a\r\nb\r\n");
  expect(crlf).toEqual({ bom: false, eol: "\r\n", finalNewline: true });
  expect(inShape("x\ny\n", crlf)).toBe("x\r\ny\r\n");
  const bare = shapeOf("\uFEFFa");
  expect(bare).toEqual({ bom: true, eol: "\n", finalNewline: false });
  for (const text of ["", "x\n", "x\ny\n", "\n", "x\n\n"]) {
    expect(normaliseText(inShape(text, bare))).toBe(text);
  }
});

test("mixed line ends count as the commoner one", () => {
  expect(shapeOf("a\r\nb\r\nc\n").eol).toBe("\r\n");
  expect(shapeOf("a\r\nb\nc\n").eol).toBe("\n");
});

test("bytes are text only where they are UTF-8 without NUL", () => {
  expect(contentOf(Buffer.from("\uFEFFgröße\n"))).toBe("\uFEFFgröße\n");
  expect(contentOf(Buffer.from([0x67, 0xf6]))).toBeInstanceOf(Uint8Array);
  expect(contentOf(Buffer.from("a\0b"))).toBeInstanceOf(Uint8Array);
});

test("the hash does not depend on how git checked the file out", () => {
  const lf = hashOf(normalise("a\nb\n"));
  // printf 'a\nb\n' | sha256sum
  expect(lf).toBe("911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
  expect(hashOf(normalise("\uFEFFa\r\nb"))).toBe(lf);
});
