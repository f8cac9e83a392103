import { expect, test } from "vitest";
import { entityBlocks } from "../../../src/slice/entity-blocks.ts";

const spec = `# yaml-language-server: $schema=x
version: 1
entities:
  # the first
  Note:
    comment: |
      Order:
        a text, no entity

    fields:
      id: { type: uuid, key: true }
  Order: { fields: {
      id: { type: uuid, key: true } } }
workloads:
  notes:
    kind: transactional
    entities: [Note, Order]
    access:
      Note:
        get: {}
      Order:
        get: {}
    scale: { rows: 10 }
  near: { kind: cache, from: Note }
`;

test("each entry about an entity is a piece of its own, and all pieces together are the text", () => {
  const pieces = entityBlocks(spec) ?? [];
  expect(pieces.map(({ text }) => text).join("")).toBe(spec);
  expect(pieces.map(({ entity, isOwn }) => [entity, isOwn])).toEqual([
    [undefined, undefined],
    ["Note", true],
    ["Order", true],
    [undefined, undefined],
    ["Note", false],
    ["Order", false],
    [undefined, undefined],
  ]);
  expect(pieces[1]?.text).toContain("a text, no entity");
  expect(pieces[6]?.text).toBe("    scale: { rows: 10 }\n  near: { kind: cache, from: Note }\n");
});

test.each([
  ["CRLF", spec.replaceAll("\n", "\r\n")],
  ["no final newline", spec.trimEnd()],
  ["wide indentation", spec.replaceAll(/^( +)/gm, "$1$1")],
])("%s is cut as well", (_, text) => {
  const pieces = entityBlocks(text) ?? [];
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  expect(pieces.flatMap(({ entity }) => entity ?? [])).toEqual(["Note", "Order", "Note", "Order"]);
});

test("a spec without blocks is one piece", () => {
  const text = '{ "version": 1, "entities": { "Note": {} } }\n';
  expect(entityBlocks(text)).toEqual([{ text }]);
});

test.each([
  ["an anchor", spec.replace("Note:\n", "Note: &note\n")],
  ["an alias", spec.replace("{ rows: 10 }", "*scale")],
  ["a tab", spec.replace("# the first", "#\tthe first")],
  ["a quoted key", spec.replace("  Order: {", '  "Order": {')],
  ["an entry less deep than the first", spec.replace("  Order: {", " Order: {")],
])("%s: the cut is not sure", (_, text) => {
  expect(text).not.toBe(spec);
  expect(entityBlocks(text)).toBeUndefined();
});
