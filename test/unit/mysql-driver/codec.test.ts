import { describe, expect, it } from "vitest";
import * as codec from "../../../templates/engines/mysql/codec.ts";

const refuses = (encode: () => unknown): void => expect(encode).toThrow(TypeError);

describe("what a type cannot hold is refused before it is sent", () => {
  it("numbers", () => {
    refuses(() => codec.int.encode(2 ** 31));
    refuses(() => codec.int.encode(1.5));
    refuses(() => codec.bigint.encode(2n ** 63n));
    refuses(() => codec.bigint.encode(1 as unknown as bigint));
    refuses(() => codec.float.encode(Number.NaN));
    expect(codec.float.encode(-0)).toBe(0);
    refuses(() => codec.float.encode(Number.POSITIVE_INFINITY));
    refuses(() => codec.decimal.encode("1e5"));
    refuses(() => codec.decimal.encode("1".repeat(66)));
    refuses(() => codec.numeric(5, 2).encode("1234.5"));
    refuses(() => codec.numeric(5, 2).encode("1.234"));
    expect(codec.numeric(5, 2).encode("123.4500")).toBe("123.45");
    expect(codec.numeric(5, 2).encode("-007.10")).toBe("-7.1");
    expect(codec.numeric(5, 2).encode("-0.00")).toBe("0");
    expect(codec.numeric(5, 2).encode("+.5")).toBe("0.5");
  });

  it("texts", () => {
    refuses(() => codec.text.encode("a\u0000b"));
    refuses(() => codec.text.encode("\ud800"));
    refuses(() => codec.text.encode(7 as unknown as string));
    refuses(() => codec.uuid.encode("not a uuid"));
    refuses(() => codec.enumeration<"a">("a").encode("b" as "a"));
    expect(() => codec.enumeration("a").decode("b")).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^"b" is stored/),
        hint: expect.stringContaining("deploy the spec that has this member"),
      }),
    );
    expect(() => codec.enumeration("a").decode("of somebody")).toThrow(/^a text is stored/);
    expect(codec.uuid.encode("00000000-0000-7000-8000-00000000000A")).toBe(
      "00000000-0000-7000-8000-00000000000a",
    );
  });

  it("times", () => {
    refuses(() => codec.date.encode("2026-13-01"));
    refuses(() => codec.date.encode("0000-01-01"));
    refuses(() => codec.timestamp.encode(new Date(Number.NaN)));
    refuses(() => codec.timestamp.encode(new Date("+010000-01-01T00:00:00Z")));
    expect(codec.timestamp.encode(new Date("2026-01-31T09:30:00.250Z"))).toBe(
      "2026-01-31 09:30:00.250",
    );
    expect(codec.timestamp.decode("2026-01-31 09:30:00")).toEqual(new Date("2026-01-31T09:30:00Z"));
    expect(codec.timestamp.decode("2026-01-31 09:30:00.250999")).toEqual(
      new Date("2026-01-31T09:30:00.250Z"),
    );
    expect(codec.timestamp.decode("0044-03-15 12:00:00").getUTCFullYear()).toBe(44);
  });

  it("structures", () => {
    refuses(() => codec.json().encode(undefined));
    refuses(() => codec.json().encode({ a: "\u0000" }));
    refuses(() => codec.binary.encode("x" as unknown as Uint8Array));
    refuses(() => codec.vector(1).encode(Float32Array.of(Number.NaN)));
    refuses(() => codec.vector(3).encode(Float32Array.of(1, 2)));
    refuses(() => codec.array(codec.int).encode(undefined as unknown as readonly number[]));
    refuses(() => codec.date.encode("2026-02-29"));
    refuses(() => codec.array(codec.int).decode("{}"));
  });

  it("null where the spec says not null", () => {
    for (const each of [codec.text, codec.int, codec.bigint, codec.timestamp, codec.date]) {
      expect(() => each.decode(null)).toThrow(/null/);
    }
    expect(codec.nullable(codec.int).decode(null)).toBeNull();
    expect(codec.nullable(codec.int).encode(undefined)).toBeNull();
  });
});
