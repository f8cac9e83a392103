import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  array,
  bigint,
  binary,
  boolean,
  type Codec,
  date,
  decimal,
  enumeration,
  float,
  int,
  json,
  nullable,
  text,
  timestamp,
  uuid,
  vector,
} from "../../../templates/engines/postgres/codec.ts";
import { type Opened, openStore } from "./open-store.ts";

let opened: Opened;
beforeAll(async () => {
  opened = await openStore("pglite:memory");
  await opened.store.raw("create extension vector");
});
afterAll(() => opened.close());

/** A vector knows one zero. */
const plainZero = (value: Float32Array): Float32Array =>
  value.map((each) => (each === 0 ? 0 : each));

const plain = fc
  .string({ unit: "binary", maxLength: 12 })
  .filter((each) => !each.includes("\u0000"));
const common = { min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true };

interface Case<T> {
  readonly type: string;
  readonly codec: Codec<T>;
  readonly values: fc.Arbitrary<T>;
  readonly expected?: (value: T) => T;
}
const one = <T>(type: string, codec: Codec<T>, values: fc.Arbitrary<T>): Case<unknown> =>
  ({ type, codec, values }) as unknown as Case<unknown>;

const scalars: readonly Case<unknown>[] = [
  one("integer", int, fc.integer()),
  one("bigint", bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  one(
    "double precision",
    float,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0),
  ),
  one("numeric(30,10)", decimal, fc.stringMatching(/^[1-9]\d{0,18}\.\d{10}$/)),
  one("text", text, plain),
  one("uuid", uuid, fc.uuid()),
  one("boolean", boolean, fc.boolean()),
  one("text", enumeration<"new" | "paid">("new", "paid"), fc.constantFrom("new", "paid")),
  one(
    "date",
    date,
    fc.date(common).map((each) => each.toISOString().slice(0, 10)),
  ),
  one("timestamptz(3)", timestamp, fc.date(common)),
  one("bytea", binary, fc.uint8Array()),
  one(
    "vector(3)",
    vector(3),
    fc
      .float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 3, maxLength: 3 })
      .map(plainZero),
  ),
];

/** Sends a value, lets the server store it as its type, and reads what the server writes. */
const throughServer = async <T>(type: string, codec: Codec<T>, value: T): Promise<T> => {
  const { rows } = await opened.store.raw(`select $1::${type}`, [codec.encode(value)]);
  return codec.decode(rows[0]?.[0]);
};

describe("through a real server and back", () => {
  it.each(scalars)("$type", async ({ type, codec, values }) => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await throughServer(type, codec, value)).toStrictEqual(value);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it.each(scalars.filter(({ type }) => type !== "vector(3)"))(
    "array of $type with nulls",
    async ({ type, codec, values }) => {
      const list = array(nullable(codec));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.option(values), { maxLength: 5 }), async (value) => {
          expect(await throughServer(`${type}[]`, list, value)).toStrictEqual(value);
        }),
        { seed: 8, numRuns: 30 },
      );
    },
  );

  it("jsonb keeps the value, if not its spelling", async () => {
    const values = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !/\\u0000|-0|e[+-]/.test(JSON.stringify(value)));
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await throughServer("jsonb", json<unknown>(), value)).toEqual(value);
      }),
      { seed: 9, numRuns: 40 },
    );
  });

  it("timestamps before Christ and after the year 9999", async () => {
    for (const iso of [
      "-000043-03-15T12:00:00.000Z",
      "+012026-01-01T00:00:00.001Z",
      "0000-05-05T00:00:00.000Z",
    ]) {
      const value = new Date(iso);
      expect(await throughServer("timestamptz(3)", timestamp, value)).toStrictEqual(value);
    }
  });
});
