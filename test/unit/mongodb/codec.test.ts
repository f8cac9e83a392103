import { Double } from "mongodb";
import { expect, test } from "vitest";
import {
  array,
  defaulted,
  enumeration,
  float,
  int,
  int64,
  json,
  named,
  nullable,
  text,
  timestamp,
} from "../../../templates/engines/mongodb/codec.ts";

test("JSON that the driver takes for a value of its own is refused at any depth", () => {
  const codec = json<unknown>();
  const own = [{ _bsontype: "x" }, { $ref: "a", $id: "b" }];
  for (const value of own)
    for (const wrong of [value, [value], { a: { b: value } }])
      expect(() => codec.encode(wrong)).toThrow("_bsontype");
  for (const value of [{ $ref: "#/a" }, { $id: "b" }, { a: [null, 1, "x", { $gt: 2 }] }, null, 0])
    expect(codec.encode(value)).toEqual(value);
});

test("what is stored and no date is refused by its field, not read as an invalid Date", () => {
  const codecs = named("Article", {
    createdAt: timestamp(),
    publishedAt: nullable(timestamp()),
    sections: { at: array(timestamp()), read: int64() },
  });
  const at = new Date(0);
  for (const stored of [at, at.toISOString()]) expect(codecs.createdAt.decode(stored)).toEqual(at);
  expect(codecs.publishedAt.decode(undefined)).toBeNull();
  const refused = (field: string) =>
    expect.objectContaining({
      kind: "programming",
      message: expect.stringMatching(`^Article\\.${field}: what is stored cannot be read`),
    });
  for (const stored of [undefined, null, 0, "sentinel", {}, new Date(Number.NaN)]) {
    expect(() => codecs.createdAt.decode(stored)).toThrow(refused("createdAt"));
    expect(() => codecs.sections.at.decode([at, stored])).toThrow(refused("sections\\.at"));
  }
  expect(() => codecs.publishedAt.decode("sentinel")).toThrow(refused("publishedAt"));
  expect(() => codecs.sections.read.decode("sentinel")).toThrow(
    expect.objectContaining({ message: "Article.sections.read: what is stored cannot be read" }),
  );
});

test("a float is finite, as on every engine: after NaN a keyset page would find nothing", () => {
  for (const wrong of [Number.NaN, Infinity, -Infinity])
    expect(() => float().encode(wrong)).toThrow("float (finite)");
  expect(float().encode(-0)).toEqual(new Double(0));
});

test("what code of before leaves out reads as the default, else it is told by its field, and never as 0 or nothing", () => {
  const at = new Date(5);
  const codecs = named("Article", {
    state: defaulted(enumeration("draft", "live"), "draft"),
    at: defaulted(timestamp(), at),
    count: defaulted(int64(), 7n),
    title: text(),
    words: int(),
    rank: float(),
    tags: array(text()),
    extra: json<unknown>(),
  });
  for (const nothing of [undefined, null]) {
    expect(codecs.state.decode(nothing)).toBe("draft");
    expect(codecs.count.decode(nothing)).toBe(7n);
    for (const field of ["title", "words", "rank", "tags"] as const)
      expect(() => codecs[field].decode(nothing)).toThrow(
        `Article.${field}: what is stored cannot be read: nothing is there, and the spec calls it required`,
      );
  }
  const read = codecs.at.decode(undefined);
  expect(read).toEqual(at);
  expect(read).not.toBe(at);
  expect(codecs.state.decode("live")).toBe("live");
  expect(() => codecs.extra.decode(undefined)).toThrow("Article.extra");
  expect(codecs.extra.decode(null)).toBeNull();
});
