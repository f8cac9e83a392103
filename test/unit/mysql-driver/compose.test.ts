import { describe, expect, it } from "vitest";
import { composePatch, composeRead } from "../../../templates/engines/mysql/compose.ts";
import {
  fingerprintOf,
  resultText,
  storedRows,
} from "../../../templates/engines/mysql/operation.ts";
import { prepared, tenantPlace } from "../../../templates/engines/mysql/prepared.ts";
import {
  dynamicRead,
  keyedRead,
  type OrderTerm,
  write,
} from "../../../templates/engines/mysql/statement.ts";
import { amend, id } from "./items.ts";

describe("placeholders", () => {
  it("become question marks in the order of the text, each as often as it is used", () => {
    expect(prepared("update t set a = $2, b = $2 where id = $1 and tenant = $tenant")).toEqual({
      text: "update t set a = ?, b = ? where id = ? and tenant = ?",
      pieces: ["update t set a = ", ", b = ", " where id = ", " and tenant = ", ""],
      places: [1, 1, 0, tenantPlace],
      scoped: true,
    });
  });

  it("are text within literals, quoted names and comments", () => {
    const text = "select '$1', \"it''s $2\", '\\'$3', `$4`, $1 /* $tenant */ -- $5\n from t # $6";
    expect(prepared(text)).toMatchObject({ places: [0], scoped: false });
    expect(prepared(text).text).toBe(text.replace(", $1 /*", ", ? /*"));
  });

  it("a statement of an entity with tenants cannot leave the tenant out", () => {
    const declared = { name: "a.get", collection: "a", scoped: true, row: () => null };
    expect(() => keyedRead({ ...declared, text: "select 1 from a where id = $1" })).toThrow(
      "lacks $tenant",
    );
    const writes = { ...declared, entity: "A", key: [] };
    const text = "update a set b = 1 where id = $1 and tenant = $tenant";
    expect(() => write({ ...writes, text, result: { select: "select b from a" } })).toThrow(
      "lacks $tenant",
    );
    expect(() => write({ ...writes, text, exists: "select 1 from a" })).toThrow("lacks $tenant");
    expect(write({ ...writes, text }).steps.change.scoped).toBe(true);
  });
});

const listing = (order: readonly OrderTerm[]): ReturnType<typeof dynamicRead<null>> =>
  dynamicRead({
    name: "orders.list",
    collection: "orders",
    select: "select id from orders",
    where: ["customer_id = $1"],
    optional: ["status = {0}", "placed_at >= {0}"],
    order,
    row: () => null,
    cursor: [],
  });
const newestFirst: readonly OrderTerm[] = [
  { column: "placed_at", direction: "desc", cast: "cast({0} as datetime(3))" },
  { column: "id", direction: "desc" },
];

describe("dynamic reads", () => {
  it("only the parts that are given are in the text, and values are always bound", () => {
    const { statement: made, values } = composeRead(
      listing(newestFirst),
      { fixed: ["c"], optional: [undefined, "2026-01-01"] },
      { after: ["t", "i"], limit: 21 },
    );
    expect(made.spec.text).toBe(
      "select id from orders where customer_id = $1 and placed_at >= $2" +
        " and placed_at <= cast($3 as datetime(3))" +
        " and ((placed_at < cast($3 as datetime(3))) or (placed_at = cast($3 as datetime(3)) and id < $4))" +
        " order by placed_at desc, id desc limit $5",
    );
    expect(values).toEqual(["c", "2026-01-01", "t", "i", 21]);
    expect(made.prepared.places).toEqual([0, 1, 2, 2, 2, 3, 4]);
  });

  it("a combination is composed once", () => {
    const statement = listing(newestFirst);
    const read = (status: string | undefined, limit: number) =>
      composeRead(statement, { fixed: ["a"], optional: [status] }, { after: undefined, limit })
        .statement;
    expect(read("new", 2)).toBe(read("old", 9));
    expect(read(undefined, 2)).not.toBe(read("new", 2));
  });

  it("nulls come first ascending and last descending", () => {
    const after = (direction: "asc" | "desc", value: string | null): string | undefined =>
      composeRead(
        listing([
          { column: "note", direction, nullable: true },
          { column: "id", direction: "asc" },
        ]),
        { fixed: ["c"] },
        { after: [value, "i"], limit: 2 },
      ).statement.spec.text?.replace(/^.*customer_id = \$1 and (.*) order by.*$/, "$1");
    expect(after("asc", "x")).toBe("note >= $2 and ((note > $2) or (note = $2 and id > $3))");
    expect(after("asc", null)).toBe("((note is not null) or (note is null and id > $2))");
    expect(after("desc", "x")).toBe("(((note < $2 or note is null)) or (note = $2 and id > $3))");
    expect(after("desc", null)).toBe("note is null and ((false) or (note is null and id > $2))");
  });
});

describe("patches", () => {
  it("set what is given, and null is a value", () => {
    const { statement, values, shape } = composePatch(amend, [id(1)], { note: null }, 3);
    expect(statement.text).toBe(
      "update item set note = $2, version = version + 1 where id = $1 and version = $3",
    );
    expect([values, shape]).toEqual([[id(1), null, 3], "note|v"]);
  });

  it("of nothing still find their row", () => {
    const bare = { ...amend, always: [], composed: new Map() };
    expect(composePatch(bare, [id(1)], {}, undefined).statement.text).toBe(
      "update item set id = $1 where id = $1",
    );
  });
});

describe("operations", () => {
  it("a fingerprint is of shape and values, without those that the call made", () => {
    const print = fingerprintOf("", ["made", 1, 2n, new Uint8Array([1])], [0]);
    expect(print).toHaveLength(43);
    expect(fingerprintOf("", ["other", 1, 2n, new Uint8Array([1])], [0])).toBe(print);
    expect(fingerprintOf("", ["other", 1, 3n, new Uint8Array([1])], [0])).not.toBe(print);
    expect(fingerprintOf("note", ["other", 1, 2n, new Uint8Array([1])], [0])).not.toBe(print);
  });

  it("a stored result comes back as it was, bytes included", () => {
    const row = ["text", 7, "9007199254740993", null, new Uint8Array([0, 255])];
    const [back] = storedRows(resultText([row]));
    expect(back?.slice(0, 4)).toEqual(row.slice(0, 4));
    expect(Buffer.from(back?.[4] as Uint8Array)).toEqual(Buffer.from([0, 255]));
    expect(() => storedRows("{}")).toThrow(TypeError);
  });
});
