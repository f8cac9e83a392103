import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  array,
  bigint,
  binary,
  boolean,
  branded,
  type Codec,
  date,
  decimal,
  enumeration,
  float,
  int,
  json,
  nullable,
  numeric,
  text,
  timestamp,
  uuid,
  vector,
} from "../../../templates/engines/postgres/codec.ts";

/** A vector knows one zero. */
const plainZero = (value: Float32Array): Float32Array =>
  value.map((each) => (each === 0 ? 0 : each));

const seed = 20_261;
const back = <T>(codec: Codec<T>, value: T): T => codec.decode(codec.encode(value));
const holds = <T>(codec: Codec<T>, values: fc.Arbitrary<T>): void => {
  fc.assert(
    fc.property(values, (value) => {
      expect(back(codec, value)).toStrictEqual(value);
    }),
    { seed },
  );
};
const plain = fc.string({ unit: "binary" }).filter((each) => !each.includes("\u0000"));

describe("codecs give back what they were given", () => {
  it("numbers", () => {
    holds(int, fc.integer());
    holds(bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    holds(float, fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutSign));
    expect(float.encode(-0)).toBe("0");
    holds(decimal, fc.stringMatching(/^-?\d{1,20}(\.\d{1,20})?$/));
  });

  it("texts, booleans, enums, json and bytes", () => {
    holds(text, plain);
    holds(boolean, fc.boolean());
    holds(
      enumeration<"new" | "paid">("new", "paid"),
      fc.constantFrom("new" as const, "paid" as const),
    );
    holds(json<unknown>(), fc.jsonValue({ noUnicodeString: false }).filter(survives));
    holds(binary, fc.uint8Array());
    holds(
      vector(3),
      fc
        .float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 3, maxLength: 3 })
        .map(plainZero),
    );
  });

  it("dates and timestamps of any year that PostgreSQL has", () => {
    const common = {
      min: new Date("0001-01-01"),
      max: new Date("9999-12-31"),
      noInvalidDate: true,
    };
    const written = { ...timestamp, encode: (value: Date) => asServer(timestamp.encode(value)) };
    holds(written, fc.date(common));
    expect(() => timestamp.encode(new Date(Number.NaN))).toThrow(TypeError);
    expect(timestamp.encode(new Date("-004712-01-01T00:00:00Z"))).toBe(
      "4713-01-01T00:00:00.000Z BC",
    );
    holds(
      date,
      fc.date(common).map((each) => each.toISOString().slice(0, 10)),
    );
  });

  it("arrays with nulls, quotes, backslashes, commas, braces and the word NULL", () => {
    const nasty = fc.constantFrom("NULL", "null", "", '"', "\\", "{}", "a,b", " x ", '\\"', "{\\}");
    holds(array(text), fc.array(fc.oneof(plain, nasty)));
    holds(array(nullable(text)), fc.array(fc.option(fc.oneof(plain, nasty))));
    holds(array(nullable(int)), fc.array(fc.option(fc.integer())));
    holds(array(binary), fc.array(fc.uint8Array()));
    holds(array(json<unknown>()), fc.array(fc.jsonValue().filter(survives)));
  });
});

/** -0 is kept as 0, as on every engine. */
const withoutSign = (value: number): number => value + 0;

/** json text cannot say -0. */
const survives = (value: unknown): boolean =>
  !JSON.stringify(value).includes("\\u0000") && noMinusZero(value);
const noMinusZero = (value: unknown): boolean =>
  !Object.is(value, -0) &&
  (typeof value !== "object" || value === null || Object.values(value).every(noMinusZero));
/** The server's spelling of an ISO text. */
const asServer = (iso: string): string => iso.replace("T", " ").replace(/\.?0*Z$/, "+00");

describe("what a server writes", () => {
  it.each([
    ["2026-11-21 13:54:04.12+00", "2026-11-21T13:54:04.120Z"],
    ["2026-11-21 13:54:04+00", "2026-11-21T13:54:04.000Z"],
    ["2026-11-21 13:54:04.123456+00", "2026-11-21T13:54:04.123Z"],
    ["2026-11-21 13:54:04.5+05:30", "2026-11-21T08:24:04.500Z"],
    ["2026-11-21 13:54:04-03", "2026-11-21T16:54:04.000Z"],
    ["0044-03-15 12:00:00+00 BC", "-000043-03-15T12:00:00.000Z"],
    ["12026-01-01 00:00:00+00", "+012026-01-01T00:00:00.000Z"],
    ["0050-06-01 00:00:00+00", "0050-06-01T00:00:00.000Z"],
  ])("timestamp %s", (written, iso) => {
    expect(timestamp.decode(written).toISOString()).toBe(iso);
  });

  it("booleans on the wire and inside json", () => {
    expect(["t", "true", "f", "false"].map((each) => boolean.decode(each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("infinity is refused, since no Date holds it", () => {
    expect(() => timestamp.decode("infinity")).toThrow("infinity");
  });

  it("null where the spec says not null is refused", () => {
    expect(() => int.decode(null)).toThrow("null is stored, and the field is required");
    expect(nullable(int).decode(null)).toBeNull();
    expect(nullable(int).encode(undefined)).toBeNull();
  });
});

describe("values that cannot be sent are refused before anything is", () => {
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ["int with a fraction", () => int.encode(1.5)],
    ["int over 32 bit", () => int.encode(2 ** 31)],
    ["bigint over 64 bit", () => bigint.encode(2n ** 63n)],
    ["decimal in words", () => decimal.encode("1e5; drop table x")],
    ["text with NUL", () => text.encode("a\u0000b")],
    ["text with half a character", () => text.encode("a\ud83d")],
    ["an id with half a character", () => branded().encode("\ude00")],
    ["decimal with more digits after the point", () => numeric(5, 2).encode("1.255")],
    ["decimal with more digits before the point", () => numeric(5, 2).encode("-1000")],
    ["json of undefined", () => json().encode(undefined)],
    ["json with NUL", () => json().encode("\u0000")],
    ["json with NUL after a backslash", () => json().encode("\\\u0000")],
    ["json with a NUL in a property's name", () => json().encode({ "a\u0000": 1 })],
    ["json with half a character", () => json().encode(["\ud83d"])],
    ["date with time", () => date.encode("2026-01-01T00:00:00Z")],
    ["a day that no calendar has", () => date.encode("2026-02-29")],
    ["the year 0", () => date.encode("0000-01-01")],
    ["a moment before PostgreSQL's first", () => timestamp.encode(new Date("-004713-11-23"))],
    ["uuid in braces", () => uuid.encode("{01890a5d-ac96-774b-bcce-b302099a8057}")],
    ["uuid of another length", () => uuid.encode("01890a5d-ac96-774b-bcce-b302099a805")],
    ["float NaN", () => float.encode(Number.NaN)],
    ["float infinity", () => float.encode(-Infinity)],
    ["vector with NaN", () => vector(1).encode(Float32Array.of(Number.NaN))],
    ["vector of other dimensions", () => vector(2).encode(Float32Array.of(1, 2, 3))],
    ["no list", () => array(int).encode("1" as unknown as readonly number[])],
    ["enum outside its set", () => enumeration<string>("a").encode("b")],
  ];
  it.each(wrong)("%s", (_what, encode) => {
    expect(encode).toThrow(TypeError);
  });
});

describe("values that only look wrong are sent", () => {
  it("decimals whose further digits are zeros", () => {
    const given = ["999.99", "-999.990", "+0001.5", ".5", "12.", "000"];
    expect(given.map((value) => numeric(5, 2).encode(value))).toEqual(given);
    expect(numeric(2, 2).encode("0.25")).toBe("0.25");
    expect(() => numeric(2, 2).encode("1.25")).toThrow("decimal (2 digits, 2 after the point)");
  });

  it("json that speaks of escapes, and whole characters beyond the first plane", () => {
    for (const value of ["\\u0000", "a\\\\u0000", { "\\ud800": "\\" }, "😀"]) {
      const codec = json<unknown>();
      expect(codec.decode(codec.encode(value))).toEqual(value);
    }
    expect(text.encode("😀")).toBe("😀");
  });
});
