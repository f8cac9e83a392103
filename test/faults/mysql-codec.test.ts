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
  numeric,
  rowsOf,
  text,
  timestamp,
  uuid,
  vector,
} from "../../templates/engines/mysql/codec.ts";
import { type Opened, openStore } from "../unit/mysql-driver/open-store.ts";
import { onSharedServers } from "./mysql-server.ts";

const plain = fc
  .string({ unit: "binary", maxLength: 12 })
  .filter((each) => !each.includes("\u0000"));
const common = { min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true };

interface Case<T> {
  readonly type: string;
  readonly codec: Codec<T>;
  readonly values: fc.Arbitrary<T>;
}
const one = <T>(type: string, codec: Codec<T>, values: fc.Arbitrary<T>): Case<unknown> =>
  ({ type, codec, values }) as unknown as Case<unknown>;

/** -0 is kept as 0. */
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0);
const cases: readonly Case<unknown>[] = [
  one("int", int, fc.integer()),
  one("bigint", bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  one("double", float, finite),
  one("decimal(30,10)", decimal, fc.stringMatching(/^[1-9]\d{0,18}\.\d{10}$/)),
  one("decimal(65,30)", numeric(65, 30), fc.stringMatching(/^-?[1-9]\d{34}\.\d{30}$/)),
  one("varchar(200)", text, plain),
  one(
    "longtext",
    text,
    fc.string({ unit: "binary", maxLength: 70_000 }).map((each) => each.replaceAll("\u0000", "")),
  ),
  one("char(36)", uuid, fc.uuid()),
  one("tinyint(1)", boolean, fc.boolean()),
  one("varchar(20)", enumeration<"new" | "paid">("new", "paid"), fc.constantFrom("new", "paid")),
  one(
    "date",
    date,
    fc.date(common).map((each) => each.toISOString().slice(0, 10)),
  ),
  one("datetime(3)", timestamp, fc.date(common)),
  one(
    "json",
    json(),
    fc
      .jsonValue({ maxDepth: 3, stringUnit: "binary", noUnicodeString: false } as object)
      .filter((each) => !/\\u0000|e[+-]|-0/.test(JSON.stringify(each))),
  ),
  one("varbinary(50)", binary, fc.uint8Array({ maxLength: 50 })),
  one(
    "varbinary(64)",
    vector(16),
    fc
      .float32Array({ minLength: 16, maxLength: 16, noNaN: true, noDefaultInfinity: true })
      .map((each) => each.map((n) => (n === 0 ? 0 : n))),
  ),
  one("json", array(text), fc.array(plain, { maxLength: 5 })),
  one(
    "json",
    array(bigint),
    fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 5 }),
  ),
  one(
    "json",
    array(nullable(int)) as Codec<unknown> as never,
    fc.array(fc.option(fc.integer()), { maxLength: 5 }),
  ),
];

await onSharedServers("values come back as they were", (server) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await openStore((await server.namespace()).dsn, { deadlineMs: 20_000 });
  });
  afterAll(() => opened.close());

  describe.each(cases.map((each, at) => ({ ...each, at })))(
    "$type ($at)",
    ({ type, codec, values, at }) => {
      it("alone, and as what it equals", async () => {
        await opened.store.raw(`create table v${at} (id int primary key, v ${type})`);
        const sample = fc.sample(values, { numRuns: 40, seed: 7 });
        for (const [id, value] of sample.entries()) {
          await opened.store.raw(`insert into v${at} values ($1, $2)`, [id, codec.encode(value)]);
        }
        const { rows } = await opened.store.raw(`select v from v${at} order by id`);
        expect(rows.map(([value]) => codec.decode(value))).toEqual(sample);
        if (type === "json" || type === "double" || type.startsWith("decimal")) return;
        for (const [id, value] of sample.entries()) {
          const same = await opened.store.raw(
            `select count(*) from v${at} where id = $1 and v = $2`,
            [id, codec.encode(value)],
          );
          expect(same.rows, JSON.stringify(String(value))).toEqual([["1"]]);
        }
      });
    },
  );

  it("a batch of rows through json_table, and children as JSON", async () => {
    await opened.store.raw(
      "create table child (n bigint primary key, price decimal(30,10), words varchar(50), bytes varbinary(20), ok tinyint(1), at datetime(3))",
    );
    const given = [
      [
        2n ** 62n,
        "1.5",
        'it\'s "so" \\ \u00e9\n',
        Buffer.from("00ff", "hex"),
        1,
        "2026-01-31 09:30:00.125",
      ],
      [-1n, null, null, null, 0, null],
    ];
    await opened.store.raw(
      `insert into child select n, price, words, unhex(bytes), ok, at from json_table($1, '$[*]' columns (
        n longtext path '$[0]', price longtext path '$[1]', words longtext path '$[2]', bytes longtext path '$[3]', ok longtext path '$[4]', at longtext path '$[5]')) given`,
      [rowsOf(given)],
    );
    const { rows } = await opened.store.raw(
      "select json_arrayagg(json_array(cast(n as char), cast(price as char), words, hex(bytes), ok, cast(at as char))) from child",
    );
    const children = json<readonly (readonly (string | number | null)[])[]>().decode(rows[0]?.[0]);
    const big = children.find(([n]) => n === `${2n ** 62n}`);
    expect(bigint.decode(big?.[0])).toBe(2n ** 62n);
    expect(decimal.decode(big?.[1])).toBe("1.5000000000");
    expect(text.decode(big?.[2])).toBe('it\'s "so" \\ \u00e9\n');
    expect(binary.decode(big?.[3])).toEqual(new Uint8Array([0, 255]));
    expect(boolean.decode(big?.[4])).toBe(true);
    expect(timestamp.decode(big?.[5])).toEqual(new Date("2026-01-31T09:30:00.125Z"));
  });

  it("arithmetic on a column is exact beyond what a double holds", async () => {
    await opened.store.raw("create table sums (n bigint primary key)");
    await opened.store.raw("insert into sums values ($1)", [9_007_199_254_740_993n]);
    await opened.store.raw("update sums set n = n + $1 where n = $2 and n - $1 >= 0", [
      2,
      9_007_199_254_740_993n,
    ]);
    const { rows } = await opened.store.raw("select n, n + $1, count(*) over () from sums", [1]);
    expect(rows[0]?.map(bigint.decode)).toEqual([
      9_007_199_254_740_995n,
      9_007_199_254_740_996n,
      1n,
    ]);
  });
});
